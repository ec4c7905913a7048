package scenarios_test

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
	"github.com/opsman-ca/opsman-ca/test/acceptance/foundation"
)

// Paths of the API.
const (
	authorities   = "/api/v0/certificate_authorities"
	installations = "/api/v0/installations"
)

// brisk is a foundation for scenarios in which nothing has to happen in the middle
// of an apply: it is over when om looks for the first time, for om looks again ten
// seconds later only.
func brisk(shape ...func(*sim.Options)) *foundation.Foundation {
	GinkgoHelper()
	f := foundation.New(append(shape, func(o *sim.Options) { o.VMDelay = -1 })...)
	arrange(f, faults.Fault{Effect: faults.DelayAfter, Method: "POST", Path: installations, Delay: faults.Duration(time.Second), Times: faults.Forever})
	return f
}

// unchecked is an Ops Manager without CredHub Maestro's safety checks, as with
// TKGI. Where they are on, there is no way back: a candidate that was deleted leaves
// transitional versions in CredHub, with which no other one is generated.
func unchecked(o *sim.Options) { o.SafetyChecks = new(bool) }

// operator does what another operator does in Ops Manager's own pages.
func operator(f *foundation.Foundation, a sim.Action) {
	GinkgoHelper()
	Expect(f.Operator(a)).To(Succeed())
}

// carriedOut is what was done to the root CAs, by the pipeline or another operator,
// and whether or not the answer arrived.
func carriedOut(f *foundation.Foundation) []string {
	var kinds []string
	for _, event := range f.Ledger().Events {
		kinds = append(kinds, event.Kind)
	}
	return kinds
}

// soon ends a wait that goes wrong.
func soon() context.Context {
	GinkgoHelper()
	ctx, cancel := context.WithTimeout(context.Background(), concourse.Patience)
	DeferCleanup(cancel)
	return ctx
}

// arranged is something that will happen to a foundation.
type arranged struct {
	f  *foundation.Foundation
	id string
}

// arrange makes it happen when its turn comes, once unless the fault says otherwise.
func arrange(f *foundation.Foundation, fault faults.Fault) arranged {
	GinkgoHelper()
	id, err := f.AddFault(fault)
	Expect(err).NotTo(HaveOccurred())
	return arranged{f, id}
}

// arrives waits until it happens.
func (a arranged) arrives() {
	GinkgoHelper()
	Expect(a.f.WaitStruck(soon(), a.id, 1)).To(Succeed())
}

// end lets go on what it held.
func (a arranged) end() {
	GinkgoHelper()
	Expect(a.f.Release(a.id)).To(Succeed())
}
