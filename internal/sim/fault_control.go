package sim

import (
	"cmp"
	"context"
	"fmt"
)

// AddFault puts a fault in force and gives its ID. Faults strike in the order in
// which they were added.
func (f *Foundation) AddFault(ft Fault) (string, error) {
	if err := ft.check(); err != nil {
		return "", err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faultCount++
	ft.ID = cmp.Or(ft.ID, fmt.Sprintf("fault-%d", f.faultCount))
	f.faults = append(f.faults, &fault{Fault: ft, left: cmp.Or(ft.Times, 1), skip: ft.Skip, released: make(chan struct{})})
	return ft.ID, nil
}

// ClearFaults ends all faults and releases what they hold.
func (f *Foundation) ClearFaults() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, x := range f.faults {
		x.release()
	}
	f.faults = nil
}

// Release lets the requests go on that the fault holds, and those that it would
// hold later.
func (f *Foundation) Release(id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	x := f.findFault(id)
	if x == nil {
		return fmt.Errorf("there is no fault %q", id)
	}
	x.release()
	return nil
}

func (x *fault) release() {
	if !x.open {
		x.open = true
		close(x.released)
	}
}

func (f *Foundation) findFault(id string) *fault {
	for _, x := range f.faults {
		if x.ID == id {
			return x
		}
	}
	return nil
}

// Struck is how many times a fault struck.
func (f *Foundation) Struck(id string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if x := f.findFault(id); x != nil {
		return x.arrived
	}
	return 0
}

// WaitStruck blocks until a fault has struck that many times; of a HoldAfter,
// until the work is done, too.
func (f *Foundation) WaitStruck(ctx context.Context, id string, times int) error {
	return f.await(ctx, func() bool {
		x := f.findFault(id)
		if x == nil || x.arrived < times {
			return x == nil
		}
		if x.Effect != HoldAfter && x.Effect != CloseAfter && x.Effect != DelayAfter {
			return true
		}
		return x.handled >= times
	})
}
