package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/console/terminal"
)

// leg is one job of a pipeline: what it runs, and the state that it leads to.
type leg struct {
	title string
	phase string
	run   func(context.Context, *stage) error
}

func put(phase string) func(context.Context, *stage) error {
	return func(ctx context.Context, s *stage) error { return s.put(ctx, phase) }
}

func applyAndVerify(ctx context.Context, s *stage) error {
	if err := s.apply(ctx); err != nil {
		return err
	}
	return s.put(ctx, "verify")
}

// legs are the whole procedure.
var legs = []leg{
	{"look", "settled", func(ctx context.Context, s *stage) error { return s.get(ctx) }},
	{"apply changes before the rotation", "settled", func(ctx context.Context, s *stage) error { return s.apply(ctx) }},
	{"generate", "generated", put("generate")},
	{"apply changes 1: trust the new CA", "trusted", applyAndVerify},
	{"activate", "activated", put("activate")},
	{"regenerate", "regenerated", put("regenerate")},
	{"apply changes 2: new leaf certificates", "replaced", applyAndVerify},
	{"delete the old CA", "retired", put("delete")},
	{"apply changes 3: remove trust in the old CA", "settled", applyAndVerify},
}

// rotate plays the whole procedure and shows after every leg what it came to.
func (s *stage) rotate(ctx context.Context) error {
	before := s.foundation.Dump().CAs[0].GUID
	var rows [][]string
	for _, l := range legs {
		s.Console.Println()
		s.Console.Println(s.Console.Heading("▼ " + l.title))
		started := time.Now()
		if err := l.run(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", l.title, err)
		}
		if s.version["state"] != l.phase {
			return fmt.Errorf("%s: the state is %s, expected %s", l.title, s.version["state"], l.phase)
		}
		s.show()
		rows = append(rows, []string{l.title, s.Console.OK(l.phase), fmt.Sprintf("%.1fs", time.Since(started).Seconds())})
	}
	return s.conclude(before, rows)
}

// show is the CA table and the handshakes so far.
func (s *stage) show() {
	state := s.foundation.Dump()
	var rows [][]string
	for _, ca := range state.CAs {
		role := "inactive"
		if ca.Active {
			role = s.Console.OK("active")
		}
		trusting, signed := state.Reach(ca.GUID)
		rows = append(rows, []string{ca.GUID, role, fmt.Sprintf("%d of %d VMs", trusting, len(state.VMs)), fmt.Sprintf("%d of %d VMs", signed, len(state.VMs))})
	}
	s.Console.Println(s.Console.Heading("state"), s.Console.OK(s.version["state"]))
	s.Console.Println(terminal.Table(s.Console.Styles, []string{"CA", "", "trusted by", "signed the leaf of"}, rows))
	s.handshakes()
}

func (s *stage) handshakes() {
	state := s.foundation.Dump()
	broken := s.Console.OK("0 broken")
	if n := len(state.Broken); n > 0 {
		broken = s.Console.Error(fmt.Sprintf("%d broken", n))
	}
	s.Console.Println(fmt.Sprintf("handshakes between VMs: %d good, %s", state.Good, broken))
}

// conclude checks what was promised: one CA, a new one, and no outage.
func (s *stage) conclude(before string, rows [][]string) error {
	state := s.foundation.Dump()
	s.Console.Println()
	s.Console.Println(terminal.Table(s.Console.Styles, []string{"job", "state", "took"}, rows))
	switch {
	case len(state.Broken) > 0:
		return fmt.Errorf("%d handshakes broke, the first between %s and %s", len(state.Broken), state.Broken[0].Client, state.Broken[0].Server)
	case len(state.CAs) != 1 || state.CAs[0].GUID == before:
		return fmt.Errorf("the foundation has %d CAs, the first is %s: expected one new one", len(state.CAs), state.CAs[0].GUID)
	}
	s.Console.Println(s.Console.OK("settled:"), "the root CA", before, "was replaced by", s.Console.OK(state.CAs[0].GUID)+",",
		fmt.Sprintf("%d handshakes, none broken", state.Good))
	return nil
}
