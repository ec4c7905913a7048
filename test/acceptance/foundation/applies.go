package foundation

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// Apply is an installation as it went by on the machine's clock: the
// foundation's own runs ahead, so that no two events share a second.
type Apply struct {
	ID         int
	Start, End time.Time
}

// Took is how long it ran.
func (a Apply) Took() time.Duration { return a.End.Sub(a.Start) }

// Applies are those that have ended, oldest first.
func (f *Foundation) Applies() []Apply {
	f.watcher.mu.Lock()
	defer f.watcher.mu.Unlock()
	return slices.Clone(f.watcher.all)
}

// watcher times the installations of a foundation.
type watcher struct {
	mu  sync.Mutex
	all []Apply
}

// sampling is how exact the start of an apply is.
const sampling = 20 * time.Millisecond

// watch notes every installation until ctx ends.
func (w *watcher) watch(ctx context.Context, f *sim.Foundation) {
	tick := time.NewTicker(sampling)
	defer tick.Stop()
	for id := len(f.Dump().Installations) + 1; ; id++ {
		for f.Log(id) == "" {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
		start := time.Now()
		_ = f.WaitInstallation(ctx, id) // whether it failed is in the ledger
		if ctx.Err() != nil {
			return
		}
		w.mu.Lock()
		w.all = append(w.all, Apply{ID: id, Start: start, End: time.Now()})
		w.mu.Unlock()
	}
}
