package concourse

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/concourse/concourse/atc/event"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// History is what a build did, by Concourse's own clock, which has whole seconds.
// It is read when the build has ended, and costs Concourse nothing while it works:
// for many builds at once, where a Timeline would be part of what it measures.
type History struct {
	Build      Build
	Start, End time.Time
	// Steps are in the order in which they began.
	Steps []Step
}

// History waits until the build has ended.
func (b Build) History() History {
	GinkgoHelper()
	events, err := b.p.c.client.BuildEvents(strconv.Itoa(b.ID))
	Expect(err).NotTo(HaveOccurred())
	defer events.Close() //nolint:errcheck // only read
	s, steps := &span{build: b}, map[event.OriginID]*Step{}
	for {
		e, err := events.NextEvent()
		if errors.Is(err, io.EOF) {
			break
		}
		Expect(err).NotTo(HaveOccurred(), b.String)
		note(s, steps, e, func(own int64) time.Time { return time.Unix(own, 0) })
	}
	names, err := b.names()
	Expect(err).NotTo(HaveOccurred())
	h := History{Build: b, Start: s.start, End: s.end}
	for id, step := range steps {
		step.Name = names[string(id)]
		h.Steps = append(h.Steps, *step)
	}
	slices.SortFunc(h.Steps, func(a, b Step) int { return a.Initialize.Compare(b.Initialize) })
	return h
}
