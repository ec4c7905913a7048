package cli

import (
	"fmt"
	"io"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/apply"
	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/observe"
	"github.com/opsman-ca/opsman-ca/internal/report"
	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// cursor is the version that a get left in the folder, nil without one.
func cursor(folder string) (*rotation.Version, error) {
	if folder == "" {
		return nil, nil //nolint:nilnil // no cursor is no error
	}
	version, err := resource.ReadVersion(folder, fmt.Sprintf("--from %q", folder))
	if err != nil {
		return nil, err //nolint:wrapcheck // the sentences are complete
	}
	return &version, nil
}

// look is everything, with the version in the folder.
func (t *tool) look(from string) (observe.View, *rotation.Version, error) {
	known, err := cursor(from)
	if err != nil {
		return observe.View{}, nil, err
	}
	view, err := observe.Whole(t.ctx, t.api, known)
	return view, known, err //nolint:wrapcheck // the sentence is complete
}

// planOf is the way ahead, an apply changes before the rotation with it.
func planOf(view observe.View, known *rotation.Version, errands []apply.PlannedErrand, accept []rotation.Reason) report.Plan {
	plan := report.PlanOf(report.StatusOf(view, known), errands)
	if view.State.Phase != rotation.Settled {
		return plan
	}
	from := view.State.Version
	if known != nil {
		from = *known
	}
	_, opening := rotation.Open(rotation.Question{
		Step: rotation.Generate, From: from, State: view.State, Evidence: view.Evidence, Options: rotation.Options{Accept: accept},
	})
	if opening != nil {
		for i := range plan.Legs {
			plan.Legs[i].Status = "later"
		}
		plan.Legs = slices.Insert(plan.Legs, 0, rotation.Leg{Name: rotation.Apply, To: rotation.Settled, Does: opening.Does(), Status: "next"})
	}
	return plan
}

func (t *tool) styles(w io.Writer) console.Styles {
	return console.New(w, console.Options{Color: t.color, Environ: t.Environ}).Styles
}
