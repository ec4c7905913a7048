package sim

import (
	"sync"
	"time"
)

// clock is the foundation's. paced moves it on by a second with every event.
type clock struct {
	mu    sync.Mutex
	read  func() time.Time
	paced bool
	// skew is what it is ahead, advanced the part of it that was asked for.
	skew, advanced time.Duration
}

func newClock(read func() time.Time) *clock {
	if read == nil {
		return &clock{read: time.Now, paced: true}
	}
	return &clock{read: read}
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.read().Add(c.skew).UTC()
}

// event is the time of something that happens now; no later event shares its
// second on a paced clock.
func (c *clock) event() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.read().Add(c.skew).UTC()
	if c.paced {
		c.skew += time.Second
	}
	return at
}

// pass lets time go by for the foundation, but not for its tokens.
func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skew += d
}

// advance moves the clock on.
func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skew += d
	c.advanced += d
}

const (
	millis  = "2006-01-02T15:04:05.000Z"
	seconds = "2006-01-02T15:04:05Z"
)

// stamp is t as installations write it, nil for the zero time.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(millis)
}

// unpaced is the time without the seconds that events add.
func (c *clock) unpaced() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.read().Add(c.advanced).UTC()
}
