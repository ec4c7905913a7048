package demo

import (
	"context"
	"fmt"
)

func put(phase string) func(context.Context, *stage) error {
	return func(ctx context.Context, s *stage) error { return s.put(ctx, phase) }
}

func look(ctx context.Context, s *stage) error { return s.get(ctx) }

func applyAndVerify(ctx context.Context, s *stage) error {
	if err := s.apply(ctx); err != nil {
		return err
	}
	return s.put(ctx, "verify")
}

// legs are the whole procedure.
var legs = []leg{
	{title: "look", state: "settled", run: look},
	{title: "apply changes before the rotation", state: "settled", run: func(ctx context.Context, s *stage) error { return s.apply(ctx) }},
	{title: "generate", state: "generated", run: put("generate")},
	{title: "apply changes 1: trust the new CA", state: "trusted", run: applyAndVerify},
	{title: "activate", state: "activated", run: put("activate")},
	{title: "regenerate", state: "regenerated", run: put("regenerate")},
	{title: "apply changes 2: new certificates", state: "replaced", run: applyAndVerify},
	{title: "delete the old CA", state: "retired", run: put("delete")},
	{title: "apply changes 3: drop the old CA", state: "settled", run: applyAndVerify},
}

// rotate plays the whole procedure.
func (s *stage) rotate(ctx context.Context) error {
	s.heading()
	for _, l := range legs {
		if err := s.play(ctx, l); err != nil {
			return err
		}
	}
	return s.conclude()
}

// conclude checks what was promised: one CA, and a new one. That no handshake broke is
// checked behind every leg.
func (s *stage) conclude() error {
	s.sum()
	state := s.foundation.Dump()
	if len(state.CAs) != 1 || state.CAs[0].GUID == s.old {
		return fmt.Errorf("the foundation has %d CAs, the first is %s: expected one new one", len(state.CAs), state.CAs[0].GUID)
	}
	s.Console.Println(s.Console.OK("settled:"), "the root CA", s.old, "was replaced by", s.Console.OK(state.CAs[0].GUID)+",",
		fmt.Sprintf("%d handshakes, none broken", state.Good))
	return nil
}
