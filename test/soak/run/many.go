package run

import (
	"context"
	"fmt"
	"sync"
)

// Request is what to play.
type Request struct {
	Procedure Procedure
	// Seed of the first rotation; each one after it has the next seed.
	Seed      uint64
	Rotations int
	// ExactDates leaves out the foundations with bare dates, with which om activates
	// nothing: all of them show times.
	ExactDates bool
	// Workers play at a time; most of the time is spent waiting.
	Workers int
	// Binaries is the absolute folder with check, in, out, opsman-ca and om-quick.
	Binaries string
}

// Many plays rotations side by side and hands each result to see, one at a time,
// in the order in which they end.
func Many(ctx context.Context, q Request, see func(Result)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	seeds := make(chan uint64)
	var group sync.WaitGroup
	var mu sync.Mutex
	for range max(1, q.Workers) {
		group.Go(func() {
			for seed := range seeds {
				result, err := One(ctx, q, seed)
				if err != nil {
					cancel(err)
					return
				}
				mu.Lock()
				see(result)
				mu.Unlock()
			}
		})
	}
	for i := range q.Rotations {
		select {
		case seeds <- q.Seed + uint64(i):
			continue
		case <-ctx.Done():
		}
		break
	}
	close(seeds)
	group.Wait()
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("soak: %w", err)
	}
	return nil
}
