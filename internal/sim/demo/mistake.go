package demo

import (
	"context"
	"fmt"

	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// mistake plays activate without the apply changes before it: refused by the
// resource, and then done with raw API calls. The foundation has a TKGI tile, so
// Ops Manager leaves out its own safety checks without a word.
func (s *stage) mistake(ctx context.Context) error {
	s.Console.Println(s.Console.Muted("A TKGI tile is installed: Ops Manager then silently leaves out its own safety checks."))
	for _, l := range []leg{{"look", "settled", func(ctx context.Context, s *stage) error { return s.get(ctx) }}, {"generate", "generated", put("generate")}} {
		s.Console.Println()
		s.Console.Println(s.Console.Heading("▼ " + l.title))
		if err := l.run(ctx, s); err != nil {
			return err
		}
	}
	s.Console.Println()
	s.Console.Println(s.Console.Heading("▼ activate, without the apply changes: by the resource"))
	if err := s.put(ctx, "activate"); err == nil {
		return fmt.Errorf("activate without apply changes: %w", errExpected)
	}
	s.Console.Println(s.Console.OK("refused, and nothing was changed."))

	s.Console.Println()
	s.Console.Println(s.Console.Heading("▼ the same by raw API calls, as a runbook would"))
	if err := s.raw(ctx); err != nil {
		return err
	}
	return s.damage(ctx)
}

// raw sends the calls one after the other, as curl would.
func (s *stage) raw(ctx context.Context) error {
	client, err := opsman.New(opsman.Config{Target: s.server.URL, Username: username, Password: password, CACert: s.server.CAPEM})
	if err != nil {
		return err
	}
	defer client.Close()
	candidate := s.version["candidate"]
	s.Console.Println(s.Console.Muted("$ curl -X POST …/certificate_authorities/" + candidate + "/activate"))
	if _, err := client.Activate(ctx, candidate); err != nil {
		return err
	}
	s.Console.Println(s.Console.Muted("$ curl -X POST …/certificate_authorities/active/regenerate"))
	if _, err := client.Regenerate(ctx); err != nil {
		return err
	}
	s.Console.Println(s.Console.Muted("$ curl -X POST …/installations"))
	if err := s.foundation.Operator(sim.Action{Do: "apply"}); err != nil { //nolint:contextcheck // it does not wait
		return err
	}
	return s.foundation.WaitIdle(ctx)
}

// damage shows what broke.
func (s *stage) damage(_ context.Context) error {
	state := s.foundation.Dump()
	if len(state.Broken) == 0 {
		return fmt.Errorf("raw API calls in the wrong order broke nothing: %w", errExpected)
	}
	s.handshakes()
	const shown = 4
	for _, h := range state.Broken[:min(shown, len(state.Broken))] {
		s.Console.Println(s.Console.Error("  broken:"), h.Client, "→", h.Server+":", s.Console.Muted(h.Reason))
	}
	for _, i := range state.Installations {
		if i.Status == "failed" {
			s.Console.Println(s.Console.Error(fmt.Sprintf("installation %d failed", i.ID)), "and the foundation is half way between two CAs.")
		}
	}
	return nil
}
