package sim

import (
	"context"
	"fmt"
	"time"
)

// waitLimit bounds Wait, so that a stuck installation fails a test instead of
// hanging it.
const waitLimit = 2 * time.Minute

// Wait blocks until the installation has ended; it fails when that takes longer
// than two minutes, and when the installation failed.
func (f *Foundation) Wait(id int) error {
	ctx, cancel := context.WithTimeout(f.ctx, waitLimit)
	defer cancel()
	return f.WaitInstallation(ctx, id)
}

// WaitInstallation blocks until the installation has ended, and fails when it
// failed.
func (f *Foundation) WaitInstallation(ctx context.Context, id int) error {
	status, known := "", false
	err := f.await(ctx, func() bool {
		in := f.history.find(id)
		if known = in != nil; known {
			status = in.status
		}
		return !known || status != running
	})
	switch {
	case err != nil:
		return fmt.Errorf("installation %d: %w", id, err)
	case !known:
		return fmt.Errorf("there is no installation %d", id)
	case status != succeeded:
		return fmt.Errorf("installation %d %s: %s", id, status, f.lastLines(id))
	}
	return nil
}

// WaitIdle blocks until no installation runs.
func (f *Foundation) WaitIdle(ctx context.Context) error {
	return f.await(ctx, func() bool { return f.history.running() == nil })
}

// Log is the log of an installation so far.
func (f *Foundation) Log(id int) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if in := f.history.find(id); in != nil {
		return in.text()
	}
	return ""
}

// lastLines are the end of an installation's log.
func (f *Foundation) lastLines(id int) string {
	const kept = 1000
	text := f.Log(id)
	return text[max(0, len(text)-kept):]
}

// Advance moves the foundation's clock on.
func (f *Foundation) Advance(d time.Duration) { f.clock.advance(d) }

// SetVMDelay changes how long the roll of one VM takes, also for an installation
// that runs.
func (f *Foundation) SetVMDelay(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.vmDelay = max(d, 0)
}
