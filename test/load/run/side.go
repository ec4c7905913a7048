package run

import (
	"context"
	"sync"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/process"
	"github.com/opsman-ca/opsman-ca/internal/sim/roster"
	"github.com/opsman-ca/opsman-ca/test/load/tally"
)

// side runs one command against the foundations, one after the other and around
// again.
type side struct {
	tally.Side
	make  func(binaries string, m roster.Member) task
	tasks []task
	// next is the number of the next run; goal is at how many it may end.
	next, goal int
}

// prepare makes the command for every foundation.
func (s *side) prepare(binaries string, members []roster.Member) {
	for _, m := range members {
		s.tasks = append(s.tasks, s.make(binaries, m))
	}
}

// done tells that it ran for long enough, and as often as it should.
func (s *side) done(span time.Duration) bool {
	t := s.Total()
	return t.Took >= span && t.Runs >= s.goal
}

// slice runs the command on all workers until the time is over. What has begun
// by then ends, and counts.
func (s *side) slice(ctx context.Context, workers int, rest, length time.Duration, sim *simulator) error {
	before, err := sim.usage()
	if err != nil {
		return err
	}
	began := time.Now()
	var mu sync.Mutex // guards s and what follows
	var slice tally.Slice
	var failed error
	take := func() (task, bool) {
		mu.Lock()
		defer mu.Unlock()
		elapsed := time.Since(began)
		enough := elapsed >= rest && s.next >= s.goal
		if failed != nil || enough || elapsed >= length {
			return task{}, false
		}
		t := s.tasks[s.next%len(s.tasks)]
		s.next++
		return t, true
	}
	put := func(t task, e process.Ended, err error) {
		problem := ""
		if err == nil {
			problem = t.judge(e)
		}
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			failed = err
			return
		}
		slice.Runs++
		slice.CPU += e.CPU
		s.Add(e, problem)
	}
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for t, more := take(); more; t, more = take() {
				ended, err := t.run(ctx)
				put(t, ended, err)
			}
		})
	}
	running.Wait()
	slice.Took = time.Since(began)
	if failed != nil {
		return failed
	}
	after, err := sim.usage()
	if err != nil {
		return err
	}
	slice.Simulator = after.CPU - before.CPU
	s.Slices = append(s.Slices, slice)
	return nil
}
