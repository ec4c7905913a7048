package apply_test

import (
	"sync"
	"time"
)

// flying is a clock on which waiting takes no time: whoever waits for an hour
// has it a moment later.
type flying struct {
	mu  sync.Mutex
	now time.Time
}

func newFlying() *flying {
	return &flying{now: time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)}
}

func (c *flying) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *flying) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	// A moment for the processes that do not know this clock.
	return time.After(time.Millisecond)
}
