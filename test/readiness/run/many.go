package run

import (
	"context"
	"fmt"
	"sync"

	"github.com/opsman-ca/opsman-ca/test/readiness/play"
)

// Many plays cells side by side and hands each result to see, one at a time, in the
// order in which they end. Most of the time is spent waiting.
func Many(ctx context.Context, cells []play.Cell, binaries string, workers int, see func(play.Result)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan play.Cell)
	var group sync.WaitGroup
	var mu sync.Mutex
	for range max(1, workers) {
		group.Go(func() {
			for cell := range queue {
				result, err := play.Play(ctx, cell, binaries)
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
	for _, cell := range cells {
		select {
		case queue <- cell:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(queue)
	group.Wait()
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("readiness: %w", err)
	}
	return nil
}
