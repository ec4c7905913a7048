package console

import (
	"sync"
	"time"
)

// Heartbeat says from time to time that something long still goes on, and
// how long it has been: soon while nothing else is said, seldom while much is.
type Heartbeat struct {
	console *Console
	every   time.Duration
	now     func() time.Time

	mu      sync.Mutex
	started time.Time
	quiet   time.Time
	beaten  time.Time
}

// seldom is how many times longer the pause is between beats while something
// else is said all the time.
const seldom = 10

// NewHeartbeat counts from now on and beats after every of silence, and after ten
// times that without any.
func NewHeartbeat(c *Console, every time.Duration, now func() time.Time) *Heartbeat {
	t := now()
	return &Heartbeat{console: c, every: every, now: now, started: t, quiet: t, beaten: t}
}

// Touch tells that something was said, so that the silence starts anew.
func (h *Heartbeat) Touch() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.quiet = h.now()
}

// Elapsed is how long it has been going on.
func (h *Heartbeat) Elapsed() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now().Sub(h.started)
}

// Beat writes the elapsed time and the text if it is time to, and tells whether it
// did.
func (h *Heartbeat) Beat(text string) bool {
	if !h.due() {
		return false
	}
	h.console.Println(h.console.Muted("⋯ " + Elapsed(h.Elapsed()) + "  " + text))
	h.Told()
	return true
}

func (h *Heartbeat) due() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.now()
	return now.Sub(h.quiet) >= h.every || now.Sub(h.beaten) >= seldom*h.every
}

// Told tells that another writer said what a beat would say.
func (h *Heartbeat) Told() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.quiet = h.now()
	h.beaten = h.quiet
}
