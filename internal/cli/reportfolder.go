package cli

import (
	"fmt"
	"os"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/inventory"
)

// reportFolder is where a report is left in each of its forms; empty for nowhere.
type reportFolder string

// check finds out, before anything is asked, whether it can be written.
func (f reportFolder) check() error {
	if f == "" {
		return nil
	}
	err := os.MkdirAll(string(f), 0o755) //nolint:gosec // later steps of the build read it as other users
	if err == nil {
		err = writable(string(f))
	}
	if err != nil {
		return fmt.Errorf("--to %q cannot be written to (%w): expected a folder, or the path of a new one, for example report", string(f), input.WithoutPath(err))
	}
	return nil
}

// write leaves the files.
func (f reportFolder) write(list inventory.Inventory) error {
	if f == "" {
		return nil
	}
	files, err := inventory.Files(list)
	if err != nil {
		return fmt.Errorf("--to %q: %w", string(f), err)
	}
	// Nothing is written through a link that leads out of the folder.
	root, err := os.OpenRoot(string(f))
	if err != nil {
		return fmt.Errorf("--to %q cannot be opened: %w", string(f), input.WithoutPath(err))
	}
	defer root.Close() //nolint:errcheck // every file in it is closed already
	for name, content := range files {
		if err := root.WriteFile(name, content, 0o644); err != nil {
			return fmt.Errorf("--to %q: cannot write %s: %w", string(f), name, input.WithoutPath(err))
		}
	}
	return nil
}
