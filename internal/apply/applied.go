package apply

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/input"
)

// AppliedFile is the name of the file that tells a later step what an apply changes
// of ours has reached.
const AppliedFile = "applied.json"

// WriteApplied writes it into a folder.
func WriteApplied(folder string, applied evidence.Applied) error {
	text, err := json.Marshal(applied)
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, AppliedFile), append(text, '\n'), 0o644) //nolint:gosec // nothing in it is secret
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", AppliedFile, input.WithoutPath(err))
	}
	return nil
}

// ReadApplied reads it from a folder; without such a file it is nil.
func ReadApplied(folder string) (*evidence.Applied, error) {
	text, err := input.ReadFile(filepath.Join(folder, AppliedFile))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, nil //nolint:nilnil // no file is no error, and nothing applied
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read (%w): give the folder that an apply changes wrote, or take the file out of it", AppliedFile, input.WithoutPath(err))
	}
	var applied evidence.Applied
	if json.Unmarshal(text, &applied) != nil || applied.Installation <= 0 || !named(applied.Errands) {
		return nil, fmt.Errorf("%s is not what an apply changes writes: take it out of the folder, or apply changes again", AppliedFile)
	}
	return &applied, nil
}

func named(errands map[string][]string) bool {
	for guid, names := range errands {
		if !productGUID.MatchString(guid) {
			return false
		}
		for _, name := range names {
			if name == "" || unprintable(name) {
				return false
			}
		}
	}
	return true
}
