package process

import (
	"fmt"
	"time"
)

// Usage is what one run of a program took.
type Usage struct {
	// Started is the moment just before the start, by the machine's clock.
	Started time.Time
	Wall    time.Duration
	// CPU is user and system time together.
	CPU time.Duration
	// Peak is the peak resident set in KiB.
	Peak int64
	// Code is the exit code.
	Code           int
	Stdout, Stderr string
}

func (u *Usage) parse(figures string) error {
	var started, wall, user, system int64
	if _, err := fmt.Sscan(figures, &started, &wall, &user, &system, &u.Peak, &u.Code); err != nil {
		return fmt.Errorf("the launcher's figures %q are not understood: %w", figures, err)
	}
	u.Started = time.Unix(0, started)
	u.Wall, u.CPU = time.Duration(wall), time.Duration(user+system)
	return nil
}
