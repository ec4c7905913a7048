package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// renewalFile is what regenerate --leaf-only leaves beside the version for the
// steps behind it: Ops Manager and the version know nothing of it.
const renewalFile = "leaf-only.json"

// start is what an earlier step, or a get, left in the folder: the version, and
// what is known of leaf certificates that were regenerated outside a rotation. Nil
// is for nothing.
func start(folder string) (*rotation.Version, *rotation.Renewal, error) {
	version, err := cursor(folder)
	if version == nil || err != nil {
		return nil, nil, err
	}
	renewed, err := renewal("--from", folder)
	return version, renewed, err
}

// renewal is what is known of them in the folder that the flag names, nil for
// nothing.
func renewal(flag, folder string) (*rotation.Renewal, error) {
	content, err := input.ReadFile(filepath.Join(folder, renewalFile))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, nil //nolint:nilnil // nothing known is no error
	case err != nil:
		return nil, fmt.Errorf("%s %q: %s cannot be read: %w", flag, folder, renewalFile, input.WithoutPath(err))
	}
	var r rotation.Renewal
	if json.Unmarshal(content, &r) != nil {
		// The library may quote what it cannot read.
		return nil, fmt.Errorf("%s %q: its %s is not what regenerate --leaf-only writes: regenerate again, and start from what it leaves", flag, folder, renewalFile)
	}
	return &r, nil
}

// writeRenewal leaves it for the next step for as long as its CA is the active
// one. So does one that is there already, which may still wait for its apply
// changes; what is of a former CA, or unreadable, is taken away.
func (h inHand) writeRenewal(active string, r *rotation.Renewal) error {
	if r == nil {
		// What cannot be read counts as nothing.
		r, _ = renewal("--to", h.To)
	}
	// Nothing is written through a link that leads out of the folder.
	root, err := os.OpenRoot(h.To)
	if err != nil {
		return fmt.Errorf("--to %q cannot be opened: %w", h.To, input.WithoutPath(err))
	}
	defer root.Close() //nolint:errcheck // every file in it is closed already
	if r == nil || r.Active != active {
		if err := root.Remove(renewalFile); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("--to %q: %s of an earlier step cannot be removed: %w", h.To, renewalFile, input.WithoutPath(err))
		}
		return nil
	}
	content, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("--to %q: cannot write %s: %w", h.To, renewalFile, err)
	}
	if err := root.WriteFile(renewalFile, append(content, '\n'), 0o644); err != nil {
		return fmt.Errorf("--to %q: cannot write %s: %w", h.To, renewalFile, input.WithoutPath(err))
	}
	return nil
}
