package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// renewalFile is what regenerate --leaf-only leaves beside the version for verify
// --leaf-only: Ops Manager and the version know nothing of it.
const renewalFile = "leaf-only.json"

// renewal is what an earlier step left, nil for nothing.
func (h inHand) renewal() (*rotation.Renewal, error) {
	if h.From == "" {
		return nil, nil //nolint:nilnil // nothing known is no error
	}
	path := filepath.Join(h.From, renewalFile)
	content, err := os.ReadFile(path) //nolint:gosec // the operator names the folder
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, nil //nolint:nilnil // nothing known is no error
	case err != nil:
		return nil, fmt.Errorf("--from %q: %s cannot be read: %w", h.From, renewalFile, plain(err))
	}
	var r rotation.Renewal
	if err := json.Unmarshal(content, &r); err != nil {
		return nil, fmt.Errorf("--from %q: %s is not what regenerate --leaf-only writes (%w): regenerate again, and start from what it leaves", h.From, renewalFile, err)
	}
	return &r, nil
}

// writeRenewal leaves it for the next step, or takes away what is of an earlier
// one.
func (h inHand) writeRenewal(r *rotation.Renewal) error {
	if h.To == "" {
		return nil
	}
	path := filepath.Join(h.To, renewalFile)
	if r == nil {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("--to %q: %s of an earlier step cannot be removed: %w", h.To, renewalFile, plain(err))
		}
		return nil
	}
	content, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("--to %q: cannot write %s: %w", h.To, renewalFile, err)
	}
	if err := os.WriteFile(path, append(content, '\n'), 0o644); err != nil { //nolint:gosec // later steps of the build read it as other users
		return fmt.Errorf("--to %q: cannot write %s: %w", h.To, renewalFile, plain(err))
	}
	return nil
}
