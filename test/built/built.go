// Package built looks for the programs that make builds, for those that start them.
package built

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Folder is the folder of the flag -bin with these programs, absolute and without
// links, for who starts them elsewhere.
func Folder(bin string, names ...string) (string, error) {
	folder, err := filepath.Abs(bin)
	if err != nil {
		return "", fmt.Errorf("-bin: %w", err)
	}
	if folder, err = filepath.EvalSymlinks(folder); err != nil {
		return "", fmt.Errorf("-bin: %w; run `make build bin/om-quick` first", err)
	}
	return folder, Missing(folder, names...)
}

// Missing names every program that is not in the folder of the flag -bin, and how to
// get it; nil when all are there.
func Missing(folder string, names ...string) error {
	var all []error
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			all = append(all, fmt.Errorf("-bin: %w; run `make build bin/om-quick` first", err))
		}
	}
	return errors.Join(all...)
}
