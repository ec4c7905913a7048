// Package durations tells where the time of rotations went that ran at once: the
// applies themselves, our programs and om, and Concourse.
package durations

import (
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
	"github.com/opsman-ca/opsman-ca/test/acceptance/foundation"
)

// Rotation is what one pipeline did from its trigger on.
type Rotation struct {
	Triggered time.Time
	// Builds are one of each job, in their order.
	Builds  []concourse.History
	Applies []foundation.Apply
}

// Total is from the trigger to the end of the last job.
func (r Rotation) Total() time.Duration { return r.Builds[len(r.Builds)-1].End.Sub(r.Triggered) }

// Applied is what the applies took.
func (r Rotation) Applied() time.Duration {
	var sum time.Duration
	for _, a := range r.Applies {
		sum += a.Took()
	}
	return sum
}

// Beyond is the rest.
func (r Rotation) Beyond() time.Duration { return r.Total() - r.Applied() }

// Tasks is how long opsman-ca and om ran in the tasks, without the applies.
func (r Rotation) Tasks() time.Duration {
	return r.sum(func(b concourse.History) time.Duration { return running(find(b, "task", task)) }) - r.Applied()
}

// Puts is how long `out` ran.
func (r Rotation) Puts() time.Duration {
	return r.sum(func(b concourse.History) time.Duration { return running(find(b, "put", resource)) })
}

// Gets is how long the gets of the resource took: of a get, Concourse does not tell
// how much is the container and how much `in`.
func (r Rotation) Gets() time.Duration {
	return r.sum(func(b concourse.History) time.Duration { return all(find(b, "get", resource)) })
}

func (r Rotation) sum(of func(concourse.History) time.Duration) time.Duration {
	var sum time.Duration
	for _, b := range r.Builds {
		sum += of(b)
	}
	return sum
}

// Waiting is how long no build of it ran: Concourse had not started the next one.
func (r Rotation) Waiting() time.Duration {
	var sum time.Duration
	for i := range r.Builds {
		sum += r.waited(i)
	}
	return sum
}

// Preparing is what is left: what Concourse did in the builds around these.
func (r Rotation) Preparing() time.Duration {
	return r.Beyond() - r.Tasks() - r.Puts() - r.Gets() - r.Waiting()
}

// waited is from the trigger, or the end of the build before, to the build's start.
func (r Rotation) waited(build int) time.Duration {
	if build == 0 {
		return r.Builds[0].Start.Sub(r.Triggered)
	}
	return r.Builds[build].Start.Sub(r.Builds[build-1].End)
}

// applied is the apply that went by in a build.
func (r Rotation) applied(build int) time.Duration {
	var sum time.Duration
	for _, a := range r.Applies {
		if b := r.Builds[build]; a.Start.Add(time.Second).After(b.Start) && a.End.Add(-time.Second).Before(b.End) {
			sum += a.Took()
		}
	}
	return sum
}

// Names of the steps of ours.
const (
	resource = "ca"
	task     = "apply-changes"
	image    = "task-image"
)

// find is the build's step, the zero value for none.
func find(b concourse.History, kind, name string) concourse.Step {
	i := slices.IndexFunc(b.Steps, func(s concourse.Step) bool { return s.Kind == kind && s.Name == name && !s.Finish.IsZero() })
	if i < 0 {
		return concourse.Step{}
	}
	return b.Steps[i]
}

// all is from when Concourse takes a step up until it is done.
func all(s concourse.Step) time.Duration { return s.Finish.Sub(s.Initialize) }

// preparing is from when Concourse takes a put or a task up until its program
// begins.
func preparing(s concourse.Step) time.Duration { return s.Start.Sub(s.Initialize) }

// running is how long the program of a put or a task ran.
func running(s concourse.Step) time.Duration { return s.Finish.Sub(s.Start) }
