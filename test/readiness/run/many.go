package run

import (
	"context"
	"fmt"
	"slices"

	"github.com/opsman-ca/opsman-ca/test/readiness/play"
	"github.com/opsman-ca/opsman-ca/test/workers"
)

// Many plays cells side by side and hands each result to see, one at a time, in the
// order in which they end. Most of the time is spent waiting.
func Many(ctx context.Context, cells []play.Cell, binaries string, several int, see func(play.Result)) error {
	err := workers.Each(ctx, several, slices.Values(cells), func(ctx context.Context, cell play.Cell) (play.Result, error) {
		return play.Play(ctx, cell, binaries)
	}, see)
	if err != nil {
		return fmt.Errorf("readiness: %w", err)
	}
	return nil
}
