package apply_test

import (
	"sync"
	"time"
)

// flying is a clock on which waiting takes no time: a wait for an hour is over
// a moment later.
type flying struct {
	// from tells when it begins to fly; until then it stands, so that
	// processes that do not know it are not overtaken.
	from func() bool

	mu  sync.Mutex
	now time.Time
}

func newFlying(from func() bool) *flying {
	return &flying{from: from, now: time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)}
}

func (c *flying) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *flying) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.from() {
		c.now = c.now.Add(d)
	}
	return time.After(time.Millisecond)
}
