package foundation

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// AppliedFile is the name of the record that an apply changes of ours leaves in the
// folder of the version that it was given, for the phase after it. It is read where
// Ops Manager's log does not tell what the installation did.
const AppliedFile = "applied.json"

// Recall looks once more with the record of an apply changes of ours where the proof
// that the state waits for lacks something without it. note says so where it made a
// difference: it is weaker evidence than a log.
func (v View) Recall(applied evidence.Applied, cursor *rotation.Version) (with View, note string) {
	v.applied = applied
	if p := v.Observed.Awaited(); applied.Installation == 0 || p == nil || p.Complete() {
		return v, ""
	}
	without := v.Observed
	v.Evidence.Applied = applied
	v.Observed = rotation.Observe(v.Evidence, cursor)
	if v.Observed.State != without.State || v.Observed.NeedsApply() != without.NeedsApply() {
		note = fmt.Sprintf("what the log of installation %d does not tell is proven by the record that our own apply changes left (%s)", applied.Installation, AppliedFile)
	}
	return v, note
}

// WriteApplied leaves the record in a folder.
func WriteApplied(folder string, applied evidence.Applied) error {
	text, err := json.Marshal(applied)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", AppliedFile, err)
	}
	// Nothing is written through a link that leads out of the folder.
	root, err := os.OpenRoot(folder)
	if err == nil {
		defer root.Close() //nolint:errcheck // the file in it is closed already
		err = root.WriteFile(AppliedFile, append(text, '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", AppliedFile, input.WithoutPath(err))
	}
	return nil
}

// errandName is what an errand may be called.
var errandName = evidence.NewForm(200, `^[[:print:]]+$`)

// ReadApplied reads the record from a folder, zero where there is none.
func ReadApplied(folder string) (evidence.Applied, error) {
	text, err := input.ReadFile(filepath.Join(folder, AppliedFile))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return evidence.Applied{}, nil
	case err != nil:
		return evidence.Applied{}, fmt.Errorf("its %s cannot be read (%w): expected the record that apply-changes left there; take it out of the folder, or apply changes again", AppliedFile, err)
	}
	var applied evidence.Applied
	if json.Unmarshal(text, &applied) != nil || applied.Installation <= 0 || !wellFormed(applied) {
		return evidence.Applied{}, fmt.Errorf("its %s is not the record that apply-changes leaves: take it out of the folder, or apply changes again", AppliedFile)
	}
	return applied, nil
}

func wellFormed(applied evidence.Applied) bool {
	for guid, names := range applied.Errands {
		if !evidence.ProductGUID.Matches(guid) {
			return false
		}
		for _, name := range names {
			if !errandName.Matches(name) {
				return false
			}
		}
	}
	for _, guid := range applied.Recreated {
		if !evidence.ProductGUID.Matches(guid) {
			return false
		}
	}
	return true
}
