package sim

import "errors"

// deployTogether deploys the director, then all tiles at the same time, and runs
// the errands when the last tile is deployed (facts §3.12, §3.17). When one tile
// fails, the others are deployed to their end and say successful, although none
// of their errands has run.
func (ap applying) deployTogether() error {
	director, tiles := ap.in.changes[:1], ap.in.changes[1:]
	if err := ap.settle(director[0], ap.deploy(director[0])); err != nil {
		return err
	}
	results := make([]error, len(tiles))
	finished := make(chan struct{})
	for i, c := range tiles {
		go func() {
			results[i] = ap.settle(c, ap.deploy(c))
			finished <- struct{}{}
		}()
	}
	for range tiles {
		<-finished
	}
	if err := errors.Join(results...); err != nil {
		return err
	}
	for _, c := range ap.in.changes {
		if err := ap.runErrands(c); err != nil {
			return ap.settle(c, err)
		}
	}
	return nil
}
