package schedule

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

// Event is one thing that happens, once.
type Event struct {
	// ID is unique in the schedule; the simulator's ledger names it.
	ID    string
	Kind  Kind
	Point Point
	// After strikes when the work of the request is done.
	After bool
	// Delay is how long a stall lasts, or the network is bad.
	Delay time.Duration
	// Errand of the point's product.
	Errand string
	Victim Victim
	Click  sim.Action
}

var effects = map[Kind]faults.Fault{
	Reset:              {Effect: faults.CloseBefore},
	LostAnswer:         {Effect: faults.CloseAfter},
	Truncated:          {Effect: faults.Truncate},
	Stalled:            {Effect: faults.Delay},
	Unauthorized:       {Effect: faults.Answer, Status: http.StatusUnauthorized},
	TooMany:            {Effect: faults.Answer, Status: http.StatusTooManyRequests},
	InternalError:      {Effect: faults.Answer, Status: http.StatusInternalServerError},
	BadGateway:         {Effect: faults.Answer, Status: http.StatusBadGateway},
	Warned:             {Effect: faults.Warn},
	Violation:          {Effect: faults.Violate},
	ViolationByTheBook: {Effect: faults.ViolateDocumented},
	PartlyFailed:       {Effect: faults.FailEntries},
	DroppedWrite:       {Effect: faults.Drop},
	NoCertificates:     {Effect: faults.EmptyCertificates},
	ProductFails:       {Effect: faults.FailProduct},
	ErrandFails:        {Effect: faults.FailErrand},
	StuckCancelled:     {Effect: faults.Stuck},
	StuckRecovering:    {Effect: faults.Stuck},
}

// Fault is the event as the simulator knows it. Where acts is true, it only holds
// the request: the rig has to do the rest, and release it.
func (e Event) Fault() (f faults.Fault, acts bool) {
	f, known := effects[e.Kind]
	if !known {
		f.Effect, acts = faults.HoldBefore, true
		if e.After {
			f.Effect = faults.HoldAfter
		}
	}
	if e.Kind == Stalled && e.After {
		f.Effect = faults.DelayAfter
	}
	p := patterns[e.Point.Where]
	f.ID, f.Method, f.Path, f.Skip = e.ID, p.method, p.path, e.Point.Nth-1
	f.Product, f.Errand, f.Delay = e.Point.Product, e.Errand, faults.Duration(e.Delay)
	return f, acts
}

// Name is the kind with what belongs to it, for counting.
func (e Event) Name() string {
	switch e.Kind {
	case Click:
		return "click: " + e.Click.Do
	case Kill, Terminate:
		return fmt.Sprintf("%s of %s", e.Kind, e.Victim)
	}
	return string(e.Kind)
}

// String is the event as a line for people.
func (e Event) String() string {
	var more []string
	if e.After {
		more = append(more, "behind the work")
	}
	if e.Delay > 0 {
		more = append(more, "for "+e.Delay.String())
	}
	if e.Errand != "" {
		more = append(more, "errand "+e.Errand)
	}
	if e.Kind == Click {
		if text, err := json.Marshal(e.Click); err == nil {
			more = append(more, string(text))
		}
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s: %s %s", e.ID, e.Point, e.Name(), strings.Join(more, ", ")))
}
