package cli

import (
	"fmt"
	"io"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/console/terminal"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// cursor is the version that a get left in the folder, nil without one.
func cursor(folder string, names setting.Names) (*rotation.Version, error) {
	if folder == "" {
		return nil, nil // no cursor is no error
	}
	version, err := resource.ReadVersion(folder, fmt.Sprintf("%s %q", names.Of(setting.From), folder))
	if err != nil {
		return nil, err
	}
	return &version, nil
}

// handed is what an earlier step left in the folder: the version, nil without one,
// and the record of an apply changes, zero for none.
func handed(folder string, names setting.Names) (known *rotation.Version, applied evidence.Applied, err error) {
	if known, err = cursor(folder, names); err != nil || known == nil {
		return nil, evidence.Applied{}, err
	}
	if applied, err = foundation.ReadApplied(folder); err != nil {
		return nil, evidence.Applied{}, fmt.Errorf("%s %q: %w", names.Of(setting.From), folder, err)
	}
	return known, applied, nil
}

// look is everything, with what is known in the folder.
func (t *app) look(from string) (foundation.View, *rotation.Version, error) {
	known, applied, err := handed(from, t.names)
	if err != nil {
		return foundation.View{}, nil, err
	}
	view, err := foundation.Whole(t.ctx, t.api, known)
	view, _ = view.Recall(applied, known)
	return view, known, err
}

func (t *app) styles(w io.Writer) console.Styles {
	return console.New(w, console.Options{Color: t.color, Environ: t.Environ, Terminal: terminal.Colored}).Styles
}
