package cli

import (
	"fmt"
	"io"

	"github.com/opsman-ca/opsman-ca/internal/apply"
	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/console/terminal"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// cursor is the version that a get left in the folder, nil without one.
func cursor(folder string) (*rotation.Version, error) {
	if folder == "" {
		return nil, nil // no cursor is no error
	}
	version, err := resource.ReadVersion(folder, fmt.Sprintf("--from %q", folder))
	if err != nil {
		return nil, err
	}
	return &version, nil
}

// look is everything, with what is known in the folder.
func (t *app) look(from string) (foundation.View, *rotation.Version, *rotation.Renewal, error) {
	known, renewed, err := start(from)
	if err != nil {
		return foundation.View{}, nil, nil, err
	}
	view, err := foundation.Whole(t.ctx, t.api, known)
	return view, known, renewed, err
}

// statusOf is where the rotation stands, and whether regenerated leaf certificates
// wait for an apply changes.
func statusOf(view foundation.View, known *rotation.Version, renewed *rotation.Renewal, accept ...rotation.Reason) Status {
	status := StatusOf(view, known, accept...)
	if u, waits := renewed.Waits(view.Evidence, view.Observed); waits {
		return status.With(u)
	}
	return status
}

// planOf is the way ahead.
func planOf(view foundation.View, known *rotation.Version, renewed *rotation.Renewal, errands []apply.PlannedErrand, accept []rotation.Reason) Plan {
	return PlanOf(statusOf(view, known, renewed, accept...), errands)
}

func (t *app) styles(w io.Writer) console.Styles {
	return console.New(w, console.Options{Color: t.color, Environ: t.Environ, Terminal: terminal.Colored}).Styles
}
