package cli

import (
	"fmt"
	"io"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/console/terminal"
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

// look is everything, with what is known in the folder.
func (t *app) look(from string) (foundation.View, *rotation.Version, error) {
	known, err := cursor(from, t.names)
	if err != nil {
		return foundation.View{}, nil, err
	}
	view, err := foundation.Whole(t.ctx, t.api, known)
	return view, known, err
}

func (t *app) styles(w io.Writer) console.Styles {
	return console.New(w, console.Options{Color: t.color, Environ: t.Environ, Terminal: terminal.Colored}).Styles
}
