package cli

import (
	"fmt"
	"io"

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

// status looks at everything and sums it up.
func (t *tool) status(from string) (report.Status, error) {
	known, err := cursor(from)
	if err != nil {
		return report.Status{}, err
	}
	view, err := observe.Whole(t.ctx, t.api, known)
	if err != nil {
		return report.Status{}, err //nolint:wrapcheck // the sentence is complete
	}
	return report.StatusOf(view, known), nil
}

func (t *tool) styles(w io.Writer) console.Styles {
	return console.New(w, console.Options{Color: t.color, Environ: t.Environ}).Styles
}
