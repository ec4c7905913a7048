package sim

import (
	"context"

	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

// Fault is something that goes wrong on purpose; all about it stands in the package
// faults. Those effects that have had a name here keep it; a new one needs none.
type Fault = faults.Fault

// Effect is what a fault does.
type Effect = faults.Effect

// Duration is one that JSON writes as "1.5s".
type Duration = faults.Duration

// The effects of faults.
const (
	Forever           = faults.Forever
	Answer            = faults.Answer
	CloseBefore       = faults.CloseBefore
	CloseAfter        = faults.CloseAfter
	Delay             = faults.Delay
	DelayAfter        = faults.DelayAfter
	Truncate          = faults.Truncate
	Warn              = faults.Warn
	Violate           = faults.Violate
	ViolateDocumented = faults.ViolateDocumented
	FailEntries       = faults.FailEntries
	EmptyCertificates = faults.EmptyCertificates
	ApplicationError  = faults.ApplicationError
	DeepNesting       = faults.DeepNesting
	BlankExpiry       = faults.BlankExpiry
	NoDate            = faults.NoDate
	Drop              = faults.Drop
	HoldBefore        = faults.HoldBefore
	HoldAfter         = faults.HoldAfter
	FailProduct       = faults.FailProduct
	FailErrand        = faults.FailErrand
	Stuck             = faults.Stuck
)

// AddFault puts a fault in force and gives its ID. Faults strike in the order in
// which they were added.
func (f *Foundation) AddFault(ft Fault) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.faults.Add(ft)
}

// ClearFaults ends all faults and releases what they hold.
func (f *Foundation) ClearFaults() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults.Clear()
}

// Release lets the requests go on that the fault holds, and those that it would
// hold later.
func (f *Foundation) Release(id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.faults.Release(id)
}

// Struck is how many times a fault struck.
func (f *Foundation) Struck(id string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.faults.Struck(id)
}

// WaitStruck blocks until a fault has struck that many times; of a HoldAfter,
// until the work is done, too.
func (f *Foundation) WaitStruck(ctx context.Context, id string, times int) error {
	return f.await(ctx, func() bool { return f.faults.HasStruck(id, times) })
}

// takeInstallationFault is the fault of that kind that strikes here, or nil.
func (f *Foundation) takeInstallationFault(e Effect, p *product, errand string) *faults.Active {
	x := f.faults.StrikeInstallation(e, errand, p.identifier, p.guid)
	if x != nil {
		f.signal() // nothing else may happen before the test that waits for it acts
	}
	return x
}
