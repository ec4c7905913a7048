package concourse

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/concourse/concourse/atc"
	"github.com/concourse/concourse/atc/event"
	atcclient "github.com/concourse/concourse/go-concourse/concourse"
	. "github.com/onsi/ginkgo/v2"
)

// Step is what a build did, timed as the news of it arrived: Concourse's own
// times have whole seconds.
type Step struct {
	Build Build
	// Kind is get, put or task.
	Kind, Name string
	// Initialize is when Concourse took the step up, Start when the program began
	// in its container, and Finish when it was done.
	Initialize, Start, Finish time.Time
}

// Timeline follows all builds of a pipeline's jobs.
type Timeline struct {
	p     *Pipeline
	began time.Time
	all   sync.WaitGroup
	// stop ends the search for builds, abandon what is heard of those that run.
	stop, abandon context.CancelFunc
	abandoned     context.Context

	mu     sync.Mutex
	builds map[int]*span
	steps  []*Step
}

// span is a build's.
type span struct {
	build      Build
	start, end time.Time
}

// Record begins to follow what the pipeline's jobs do, but for watch, beside which
// they go on.
func (p *Pipeline) Record() *Timeline {
	GinkgoHelper()
	ctx, stop := context.WithCancel(context.Background())
	t := &Timeline{p: p, began: time.Now(), stop: stop, builds: map[int]*span{}}
	t.abandoned, t.abandon = context.WithCancel(context.Background())
	t.all.Go(func() { t.look(ctx) })
	DeferCleanup(func() {
		t.abandon()
		t.Stop()
	})
	return t
}

// Stop ends the recording. Builds that run are followed to their end.
func (t *Timeline) Stop() { t.stop(); t.all.Wait() }

// look finds builds as they begin.
func (t *Timeline) look(ctx context.Context) {
	tick := time.NewTicker(polling)
	defer tick.Stop()
	for {
		builds, _, _, _ := t.p.c.team.PipelineBuilds(t.p.ref, atcclient.Page{Limit: 50}) // the next round tells
		for _, b := range builds {
			if counts(b) {
				t.follow(t.p.build(b))
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func (t *Timeline) follow(b Build) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.builds[b.ID] != nil {
		return
	}
	s := &span{build: b}
	t.builds[b.ID] = s
	t.all.Go(func() { _ = t.read(s) }) // a stream that breaks ends the record of the build
}

// read takes the build's events as they come.
func (t *Timeline) read(s *span) error {
	events, err := t.p.c.client.BuildEvents(strconv.Itoa(s.build.ID))
	if err != nil {
		return err
	}
	defer context.AfterFunc(t.abandoned, func() { _ = events.Close() })()
	steps := map[event.OriginID]*Step{}
	for {
		e, err := events.NextEvent()
		if errors.Is(err, io.EOF) {
			return t.name(s.build, steps)
		}
		if err != nil {
			return err
		}
		now := time.Now()
		t.mu.Lock()
		note(s, steps, e, func(int64) time.Time { return now })
		t.mu.Unlock()
	}
}

// note takes the time of an event from at, which is given Concourse's own.
func note(s *span, steps map[event.OriginID]*Step, e atc.Event, at func(own int64) time.Time) {
	step := func(origin event.Origin, kind string) *Step {
		if steps[origin.ID] == nil {
			steps[origin.ID] = &Step{Build: s.build, Kind: kind}
		}
		return steps[origin.ID]
	}
	switch e := e.(type) {
	case event.Status:
		if e.Status == atc.StatusStarted {
			s.start = at(e.Time)
		} else {
			s.end = at(e.Time)
		}
	case event.InitializeGet:
		step(e.Origin, "get").Initialize = at(e.Time)
	case event.StartGet:
		step(e.Origin, "get").Start = at(e.Time)
	case event.FinishGet:
		step(e.Origin, "get").Finish = at(e.Time)
	case event.InitializePut:
		step(e.Origin, "put").Initialize = at(e.Time)
	case event.StartPut:
		step(e.Origin, "put").Start = at(e.Time)
	case event.FinishPut:
		step(e.Origin, "put").Finish = at(e.Time)
	case event.InitializeTask:
		step(e.Origin, "task").Initialize = at(e.Time)
	case event.StartTask:
		step(e.Origin, "task").Start = at(e.Time)
	case event.FinishTask:
		step(e.Origin, "task").Finish = at(e.Time)
	}
}

// name gives the steps the names that they have in the build's plan.
func (t *Timeline) name(b Build, steps map[event.OriginID]*Step) error {
	names, err := b.names()
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for id, step := range steps {
		step.Name = names[string(id)]
		t.steps = append(t.steps, step)
	}
	return nil
}

// Steps are those of builds that have ended, in the order in which they began.
func (t *Timeline) Steps() []Step {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []Step
	for _, s := range t.steps {
		all = append(all, *s)
	}
	slices.SortFunc(all, func(a, b Step) int { return a.Initialize.Compare(b.Initialize) })
	return all
}
