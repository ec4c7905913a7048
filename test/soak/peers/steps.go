package peers

import (
	"context"
	"time"

	"github.com/opsman-ca/opsman-ca/test/soak/judge"
	"github.com/opsman-ca/opsman-ca/test/soak/rig"
)

// mostRuns is how often a step is run, the first time included: as our driver
// runs a job for one reason in a row.
const mostRuns = 8

// step is one line of a procedure; it says why it failed, "" for success.
type step struct {
	name string
	run  func(context.Context) string
}

// follow runs one step after the other, each until it succeeds.
func follow(ctx context.Context, r *rig.Rig, steps []step) judge.Said {
	for _, s := range steps {
		why := ""
		for n := range mostRuns {
			if n > 0 {
				pause(ctx, r)
			}
			if why = s.run(ctx); why == "" {
				break
			}
			r.Note("%s failed: %s", s.name, why)
		}
		if why != "" {
			return judge.Said{Reason: s.name + " failed", Sentence: why}
		}
	}
	return judge.Said{Success: true}
}

// An operator who runs a step again sees that an installation runs, and waits a while.
const (
	idleWithin = 5 * time.Second
	breath     = 100 * time.Millisecond
)

func pause(ctx context.Context, r *rig.Rig) {
	limited, cancel := context.WithTimeout(ctx, idleWithin)
	defer cancel()
	_ = r.WaitIdle(limited)
	select {
	case <-ctx.Done():
	case <-time.After(breath):
	}
}
