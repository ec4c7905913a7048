package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/view"
)

// why says what TKGI is for. It fits a terminal of 80 columns.
const why = `The mistake needs TKGI on the foundation. Without it Ops Manager has CredHub
Maestro check that the new CA is deployed before it activates one, and refuses
curl too. Beside TKGI it does not ask Maestro, and only the resource refuses.`

// mistake plays activate without the apply changes before it: refused by the
// resource, and then done with raw API calls.
func (s *stage) mistake(ctx context.Context) error {
	s.Console.Println(s.Console.Warn(why))
	s.heading()
	for _, l := range []leg{{title: "look", state: "settled", run: look}, {title: "generate", state: "generated", run: put("generate")}} {
		if err := s.play(ctx, l); err != nil {
			return err
		}
	}
	if err := s.play(ctx, leg{title: "activate, by the resource", says: refused, run: refusal}); err != nil {
		return err
	}
	if !s.Verbose {
		s.Console.Println(s.message())
	}
	s.Console.Println(s.Console.OK("refused, and nothing was changed."))
	if err := s.play(ctx, leg{title: "the same by curl", says: outage, run: raw}); err != nil {
		return err
	}
	s.sum()
	s.damage()
	return nil
}

// refusal is a put of activate that has to be refused, for the reason that the demo is
// about, and to change nothing.
func refusal(ctx context.Context, s *stage) error {
	err := s.put(ctx, "activate")
	switch {
	case err == nil:
		return fmt.Errorf("activate without apply changes: %w", errExpected)
	case !strings.Contains(s.said.String(), "activate refused (not-reached)"):
		return fmt.Errorf("activate failed, and not because the candidate has not reached the products: %w", err)
	case s.foundation.Dump().Active() != s.old:
		return errors.New("activate was refused, and the active CA is another one all the same")
	}
	return nil
}

// message is what the resource said when it refused, without what it said before.
func (s *stage) message() string {
	said := s.said.String()
	begin := strings.LastIndexByte(said[:max(strings.Index(said, "error:"), 0)], '\n') + 1
	return strings.TrimRight(said[begin:], "\n")
}

// raw sends the calls one after the other, as curl would, and has to break something.
func raw(ctx context.Context, s *stage) error {
	client, err := opsman.New(opsman.Config{Target: s.server.URL, Username: username, Password: password, CACert: s.server.CAPEM})
	if err != nil {
		return err
	}
	defer client.Close()
	candidate := s.builds.Version["candidate"]
	s.say("$ curl -X POST …/certificate_authorities/" + candidate + "/activate")
	if _, err := client.Activate(ctx, candidate); err != nil {
		return err
	}
	s.say("$ curl -X POST …/certificate_authorities/active/regenerate")
	if _, err := client.Regenerate(ctx); err != nil {
		return err
	}
	s.say("$ curl -X POST …/installations")
	if err := s.foundation.Operator(sim.Action{Do: "apply"}); err != nil { //nolint:contextcheck // it does not wait
		return err
	}
	if err := s.foundation.WaitIdle(ctx); err != nil {
		return err
	}
	if len(s.foundation.Dump().Broken) == 0 {
		return fmt.Errorf("raw API calls in the wrong order broke nothing: %w", errExpected)
	}
	return nil
}

// damage shows what broke.
func (s *stage) damage() {
	state := s.foundation.Dump()
	most := len(state.Broken)
	if !s.Verbose {
		s.Console.Println("curl, as in a runbook: POST …/activate, …/active/regenerate, …/installations")
		most = 3
	}
	view.Broken(s.Console, state, most)
	for _, i := range state.Installations {
		if i.Status == "failed" {
			s.Console.Println(s.Console.Error(fmt.Sprintf("installation %d failed", i.ID)), "and the foundation is half way between two CAs.")
		}
	}
}
