package integration_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

// heldID names the fault of heldAt.
const heldID = "held"

// heldAt starts a process and lets it run until its n-th request from now is
// held. It is nil when the process ends before that.
func (p *pipeline) heldAt(ctx context.Context, fault faults.Fault, step program) *gexec.Session {
	GinkgoHelper()
	fault.ID = heldID
	id := p.fault(fault)
	session := step.start(ctx)
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	struck := make(chan error, 1)
	go func() { struck <- p.WaitStruck(waiting, id, 1) }()
	select {
	case err := <-struck:
		Expect(err).NotTo(HaveOccurred())
		return session
	case <-session.Exited:
		cancel()
		Expect(<-struck).To(MatchError(context.Canceled))
		p.ClearFaults()
		return nil
	}
}

// killedAt kills a process with SIGKILL at its n-th request, and tells whether it
// came that far.
func (p *pipeline) killedAt(ctx context.Context, n int, effect faults.Effect, step program) bool {
	GinkgoHelper()
	session := p.heldAt(ctx, faults.Fault{Effect: effect, Skip: n - 1}, step)
	if session == nil {
		return false
	}
	session.Kill()
	o := ended(ctx, session)
	Expect(o.code).NotTo(Equal(0))
	Expect(o.stdout).To(BeEmpty(), "a killed process answered")
	p.clearOfTheDead(ctx)
	return true
}

// clearOfTheDead ends the hold once Ops Manager has noticed that its client is
// gone; else the request would sometimes be carried out after all.
func (p *pipeline) clearOfTheDead(ctx context.Context) {
	GinkgoHelper()
	Eventually(ctx, func() []sim.Request {
		return slices.DeleteFunc(p.Ledger().Requests, func(r sim.Request) bool { return r.Done || r.Fault != heldID })
	}).WithPolling(time.Millisecond).Should(BeEmpty())
	p.ClearFaults()
}

// kills counts what was killed, place by place.
type kills[P comparable] struct {
	mu     sync.Mutex
	counts map[P]int
}

func (k *kills[P]) add(place P) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.counts == nil {
		k.counts = map[P]int{}
	}
	k.counts[place]++
}

// report puts the number of kill points into the suite's report.
func (k *kills[P]) report(name string) {
	total, lines := 0, []string{}
	for place, n := range k.counts {
		total += n
		lines = append(lines, fmt.Sprintf("%v: %d", place, n))
	}
	slices.Sort(lines)
	AddReportEntry(name, fmt.Sprintf("%d %v", total, lines), ReportEntryVisibilityAlways)
}

// sideBySide does something to every item, a few at a time: each has a foundation
// of its own, and most of the time is spent waiting for processes.
func sideBySide[T any](items []T, workers int, do func(T)) {
	queue := make(chan T, len(items))
	for _, item := range items {
		queue <- item
	}
	close(queue)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			defer GinkgoRecover()
			for item := range queue {
				do(item)
			}
		})
	}
	group.Wait()
}
