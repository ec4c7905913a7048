package cli

import (
	"github.com/opsman-ca/opsman-ca/internal/apply"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// Plan is the whole rotation, with what is done, next and still ahead.
type Plan struct {
	Phase rotation.Phase `json:"phase"`
	Legs  []rotation.Leg `json:"legs"`
	// Waiting is as in Status.
	Waiting   string     `json:"waiting,omitempty"`
	Next      string     `json:"next"`
	Obstacles []Obstacle `json:"obstacles"`
	// Errands are those that every apply changes of the rotation is asked to
	// run.
	Errands []apply.PlannedErrand `json:"errands"`
}

// PlanOf is the plan from a status on.
func PlanOf(s Status, errands []apply.PlannedErrand) Plan {
	return Plan{Phase: s.Phase, Legs: s.legs, Waiting: s.Waiting, Next: s.Next, Obstacles: s.Obstacles, Errands: append([]apply.PlannedErrand{}, errands...)}
}
