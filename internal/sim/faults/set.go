package faults

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
)

// Set are the faults in force, in the order in which they were added and strike. Its
// owner has the lock.
type Set struct {
	all   []*Active
	added int
}

// Active is a fault in force.
type Active struct {
	Fault
	left, skip int
	// arrived counts the requests that it struck, handled those of them whose work
	// was done, or left out, when it came to its effect; released ends a hold.
	arrived  int
	handled  int
	released chan struct{}
	open     bool
}

// Add puts a fault in force and gives its ID.
func (s *Set) Add(ft Fault) (string, error) {
	if err := ft.check(); err != nil {
		return "", err
	}
	s.added++
	ft.ID = cmp.Or(ft.ID, fmt.Sprintf("fault-%d", s.added))
	s.all = append(s.all, &Active{Fault: ft, left: cmp.Or(ft.Times, 1), skip: ft.Skip, released: make(chan struct{})})
	return ft.ID, nil
}

// Clear ends all faults and releases what they hold.
func (s *Set) Clear() {
	for _, x := range s.all {
		x.release()
	}
	s.all = nil
}

// Release lets the requests go on that the fault holds, and those that it would
// hold later.
func (s *Set) Release(id string) error {
	x := s.find(id)
	if x == nil {
		return fmt.Errorf("there is no fault %q", id)
	}
	x.release()
	return nil
}

func (x *Active) release() {
	if !x.open {
		x.open = true
		close(x.released)
	}
}

// Released is closed when the fault lets go of what it holds.
func (x *Active) Released() <-chan struct{} { return x.released }

func (s *Set) find(id string) *Active {
	i := slices.IndexFunc(s.all, func(x *Active) bool { return x.ID == id })
	if i < 0 {
		return nil
	}
	return s.all[i]
}

// Struck is how many times a fault struck.
func (s *Set) Struck(id string) int {
	if x := s.find(id); x != nil {
		return x.arrived
	}
	return 0
}

// HasStruck tells whether a fault has struck that many times, and come to its effect; one
// that is gone has nothing left to wait for.
func (s *Set) HasStruck(id string, times int) bool {
	x := s.find(id)
	if x == nil {
		return true
	}
	return x.arrived >= times && (!kindOf(x.Effect).late || x.handled >= times)
}

// strike uses the fault once, when it is its turn.
func (x *Active) strike() bool {
	switch {
	case x.left == 0:
		return false
	case x.skip > 0:
		x.skip--
		return false
	case x.left > 0:
		x.left--
	}
	x.arrived++
	return true
}

// Strike uses those that strike this request.
func (s *Set) Strike(r *http.Request) []*Active {
	var struck []*Active
	for _, x := range s.all {
		if !kindOf(x.Effect).installation && x.matches(r) && x.strike() {
			struck = append(struck, x)
		}
	}
	return struck
}

// StrikeInstallation is the fault of that effect that strikes a product, known by its
// identifier and its GUID, and an errand of it; nil where none does.
func (s *Set) StrikeInstallation(e Effect, errand, identifier, guid string) *Active {
	for _, x := range s.all {
		if x.Effect == e && (x.Product == "" || x.Product == identifier || x.Product == guid) &&
			(x.Errand == "" || x.Errand == errand) && x.strike() {
			return x
		}
	}
	return nil
}
