// Package roster is the list of the foundations of a simulated fleet: where each
// is, and what a check of it has to answer. It draws in nothing of the simulator,
// so that a client of it stays small.
package roster

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// Version is one of the resource.
type Version = map[string]string

// Member is one foundation.
type Member struct {
	Target string `json:"target"`
	// CACert signed its web certificate, PEM.
	CACert   string `json:"ca_cert"`
	Username string `json:"username"`
	// Password is the simulator's, and good for nothing else.
	Password string `json:"password"`

	// State is where its rotation stands.
	State string `json:"state"`
	// Known is the version that Concourse knows at first, null for none; a check
	// of it answers Answer. From then on Concourse knows Version, the last of them.
	Known   Version   `json:"known"`
	Answer  []Version `json:"answer"`
	Version Version   `json:"version"`
	// Active is the GUID of the active CA, CAs are those of all.
	Active string   `json:"active"`
	CAs    []string `json:"cas"`
}

// Write leaves the list in a file, whole or not at all, for its owner alone:
// there are passwords in it.
func Write(path string, members []Member) error {
	encoded, err := json.MarshalIndent(members, "", "  ") //nolint:gosec // the simulator's own password, in a file of its owner's
	if err != nil {
		return fmt.Errorf("write the list of foundations: %w", err)
	}
	file, err := renameio.TempFile(filepath.Dir(path), path)
	if err == nil {
		_, err = file.Write(append(encoded, '\n'))
		if err == nil {
			err = file.CloseAtomicallyReplace()
		}
		err = errors.Join(err, file.Cleanup())
	}
	if err != nil {
		return fmt.Errorf("write the list of foundations: %w", err)
	}
	return nil
}

// Read gives the list that Write left.
func Read(path string) ([]Member, error) {
	raw, err := os.ReadFile(path) //nolint:gosec // the caller names the file
	if err != nil {
		return nil, fmt.Errorf("read the list of foundations: %w", err)
	}
	var members []Member
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, fmt.Errorf("read the list of foundations in %s: expected what opsman-sim fleet writes: %w", path, err)
	}
	return members, nil
}
