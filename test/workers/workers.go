// Package workers does many things side by side.
package workers

import (
	"context"
	"iter"
	"sync"
)

// Each does what there is to do with every item, several at a time, and hands each
// result to see, one at a time, in the order in which they end. The first error ends
// all, as ctx does; it is returned then.
func Each[T, R any](ctx context.Context, workers int, items iter.Seq[T], do func(context.Context, T) (R, error), see func(R)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan T)
	var group sync.WaitGroup
	var mu sync.Mutex
	for range max(1, workers) {
		group.Go(func() {
			for item := range queue {
				result, err := do(ctx, item)
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
	for item := range items {
		select {
		case queue <- item:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(queue)
	group.Wait()
	return context.Cause(ctx)
}
