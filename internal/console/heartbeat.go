package console

import (
	"sync"
	"time"
)

// Heartbeat says from time to time that something long still goes on, and
// how long it has been, but only while nothing else is said.
type Heartbeat struct {
	console *Console
	every   time.Duration
	now     func() time.Time

	mu      sync.Mutex
	started time.Time
	quiet   time.Time
}

// NewHeartbeat counts from now on and beats after every of silence.
func NewHeartbeat(c *Console, every time.Duration, now func() time.Time) *Heartbeat {
	t := now()
	return &Heartbeat{console: c, every: every, now: now, started: t, quiet: t}
}

// Touch tells that something was said, so that the silence starts anew.
func (h *Heartbeat) Touch() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.quiet = h.now()
}

// Quiet is how long nothing has been said, by others or by the heartbeat.
func (h *Heartbeat) Quiet() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now().Sub(h.quiet)
}

// Elapsed is how long it has been going on.
func (h *Heartbeat) Elapsed() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now().Sub(h.started)
}

// Beat writes the elapsed time and the text if the silence has lasted long
// enough, and tells whether it did.
func (h *Heartbeat) Beat(text string) bool {
	if h.Quiet() < h.every {
		return false
	}
	h.console.Println(h.console.Muted("⋯ " + Elapsed(h.Elapsed()) + "  " + text))
	h.Touch()
	return true
}
