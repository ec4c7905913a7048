package demo

import (
	"context"
	"fmt"
	"time"
)

// leg is one job of a pipeline, or of a runbook.
type leg struct {
	title string
	// state is what it leads to.
	state string
	// says is what its line says where it leads to no state.
	says string
	run  func(context.Context, *stage) error
}

// What the line of a leg says that leads to no state.
const (
	refused = "refused"
	outage  = "outage"
)

// play runs a leg and shows what it came to. All that was said in a leg that fails is
// shown, whatever was asked for.
func (s *stage) play(ctx context.Context, l leg) error {
	started := time.Now()
	s.said.Reset()
	s.begin(l)
	err := l.run(ctx, s)
	if err == nil {
		err = s.check(l)
	}
	if err != nil {
		s.fail(l)
		return fmt.Errorf("%s: %w", l.title, err)
	}
	s.end(l, time.Since(started))
	return nil
}

// check compares what a leg came to with what it promised: its state, and no outage.
func (s *stage) check(l leg) error {
	if l.state != "" && s.builds.Version["state"] != l.state {
		return fmt.Errorf("the state is %s, expected %s", s.builds.Version["state"], l.state)
	}
	if broken := s.foundation.Dump().Broken; len(broken) > 0 && l.says != outage {
		return fmt.Errorf("%d handshakes broke, the first between %s and %s", len(broken), broken[0].Client, broken[0].Server)
	}
	return nil
}

// say is a line that belongs to what the programs say.
func (s *stage) say(text string) {
	_, _ = s.log().Write([]byte(s.Console.Muted(text) + "\n"))
}
