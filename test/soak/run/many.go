package run

import (
	"context"
	"fmt"

	"github.com/opsman-ca/opsman-ca/test/workers"
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
	seeds := func(yield func(uint64) bool) {
		for i := range q.Rotations {
			if !yield(q.Seed + uint64(i)) {
				return
			}
		}
	}
	err := workers.Each(ctx, q.Workers, seeds, func(ctx context.Context, seed uint64) (Result, error) { return One(ctx, q, seed) }, see)
	if err != nil {
		return fmt.Errorf("soak: %w", err)
	}
	return nil
}
