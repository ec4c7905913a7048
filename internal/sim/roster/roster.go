// Package roster is the list of the foundations of a simulated fleet: where each
// is, and what a check of it has to answer. It draws in nothing of the simulator,
// so that a client of it stays small.
package roster

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Version is one of the resource.
type Version map[string]string

// Member is one foundation.
type Member struct {
	Target string `json:"target"`
	// CACert signed its web certificate, PEM.
	CACert   string `json:"ca_cert"`
	Username string `json:"username"`
	// Password is the simulator's, and good for nothing else.
	Password string `json:"password"`

	// State is where its rotation stands.
	Phase string `json:"phase"`
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
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write the list of foundations: %w", err)
	}
	defer func() { _ = os.Remove(temporary.Name()) }()
	_, err = temporary.Write(append(encoded, '\n'))
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temporary.Name(), path)
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
