package sim

import "errors"

// deployTogether deploys the director, then all tiles at the same time, and runs
// the errands when the last tile is deployed (facts §3.12, §3.17). When one tile
// fails, the others are deployed to their end and say successful, although none
// of their errands has run.
func (f *Foundation) deployTogether(in *installation) error {
	director, tiles := in.changes[:1], in.changes[1:]
	if err := f.settle(director[0], f.deploy(in, director[0])); err != nil {
		return err
	}
	results := make([]error, len(tiles))
	finished := make(chan struct{})
	for i, c := range tiles {
		go func() {
			results[i] = f.settle(c, f.deploy(in, c))
			finished <- struct{}{}
		}()
	}
	for range tiles {
		<-finished
	}
	if err := errors.Join(results...); err != nil {
		return err
	}
	for _, c := range in.changes {
		if err := f.runErrands(in, c); err != nil {
			return f.settle(c, err)
		}
	}
	return nil
}
