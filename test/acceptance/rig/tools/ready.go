package tools

import (
	"errors"
	"fmt"
	"os"

	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/layout"
)

// Ready are programs of a Concourse that was built elsewhere, for versions whose
// modules the rig does not pin. Both are absolute paths, or both are empty.
type Ready struct {
	Concourse string
	Fly       string
}

func (r Ready) given() bool { return r.Concourse != "" || r.Fly != "" }

// use puts links to the programs where those would be that the rig builds, and
// forgets that it has built some.
func (r Ready) use(at layout.Layout) error {
	if r.Concourse == "" || r.Fly == "" {
		return errors.New("CONCOURSE_BIN and FLY_BIN go together: set both, to the programs of one version of Concourse, for example CONCOURSE_BIN=/usr/local/concourse/bin/concourse FLY_BIN=/usr/local/bin/fly")
	}
	if err := errors.Join(executable("CONCOURSE_BIN", r.Concourse), executable("FLY_BIN", r.Fly)); err != nil {
		return err
	}
	if err := os.MkdirAll(at.Bin(), 0o755); err != nil { //nolint:gosec // containers read it
		return fmt.Errorf("make the folder for programs: %w", err)
	}
	for name, program := range map[string]string{"concourse": r.Concourse, "fly": r.Fly} {
		if err := os.RemoveAll(at.Program(name)); err != nil {
			return fmt.Errorf("put %s aside: %w", name, err)
		}
		if err := os.Symlink(program, at.Program(name)); err != nil {
			return fmt.Errorf("link to %s: %w", program, err)
		}
	}
	if err := os.Remove(stamp(at, concourseModule)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("forget what was built: %w", err)
	}
	return nil
}

func executable(variable, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%s: %w", variable, err)
	}
	if info.IsDir() || info.Mode()&0o111 == 0 {
		return fmt.Errorf("%s: %s is no program: it must be a file that may be executed", variable, path)
	}
	return nil
}
