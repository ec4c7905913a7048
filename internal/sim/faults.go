package sim

import (
	"context"

	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

// AddFault puts a fault in force and gives its ID. Faults strike in the order in
// which they were added.
func (f *Foundation) AddFault(ft faults.Fault) (string, error) {
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
func (f *Foundation) takeInstallationFault(e faults.Effect, p *product, errand string) *faults.Active {
	x := f.faults.StrikeInstallation(e, errand, p.identifier, p.guid)
	if x != nil {
		f.signal() // nothing else may happen before the test that waits for it acts
	}
	return x
}
