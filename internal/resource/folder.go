package resource

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// WriteVersion leaves in a folder what a get of the version leaves there, so
// that the next step goes on from it. What is shown goes through redact.
func WriteVersion(path string, v rotation.Version, cas []evidence.CA, redact func(string) string) error {
	return folder{path}.write(v, cas, versionMetadata(v, cas).through(redact))
}

// folder is where a get writes.
type folder struct{ path string }

// write leaves version.json, metadata.json, one file a field of the version,
// the certificates of its CAs, and a summary for people. There is nothing
// secret in it.
func (f folder) write(v rotation.Version, cas []evidence.CA, lines metadata) error {
	if err := os.MkdirAll(f.path, 0o755); err != nil { //nolint:gosec // later steps of the build read it as other users
		return fmt.Errorf("cannot make the destination folder: %w; expected a path that can be written to, for example /tmp/build", plain(err))
	}
	fields := v.Map()
	files := map[string][]byte{"summary.md": summary(v, lines)}
	for name, value := range map[string]any{versionFile: fields, "metadata.json": []Metadatum(lines)} {
		content, err := json.MarshalIndent(value, "", "  ")
		if err != nil {
			return fmt.Errorf("cannot write %s: %w", name, err)
		}
		files[name] = append(content, '\n')
	}
	for key, value := range fields {
		files[key] = []byte(value)
	}
	for name, guid := range map[string]string{"active": v.Active, "candidate": v.Candidate, "retiring": v.Retiring} {
		for _, ca := range cas {
			if guid != "" && ca.GUID == guid {
				files[name+".pem"] = certificatesOnly(ca.CertPEM)
			}
		}
	}
	if err := f.removeStale(files); err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(f.path, name), content, 0o644); err != nil { //nolint:gosec // later steps of the build read it as other users
			return fmt.Errorf("cannot write %s: %w", name, err)
		}
	}
	return nil
}

// removeStale takes away what an earlier version left and this one has not: a
// candidate that is none any more.
func (f folder) removeStale(files map[string][]byte) error {
	for _, name := range append(rotation.Keys(), "active.pem", "candidate.pem", "retiring.pem") {
		if _, kept := files[name]; kept {
			continue
		}
		if err := os.Remove(filepath.Join(f.path, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("cannot remove %s of an earlier version: %w", name, plain(err))
		}
	}
	return nil
}

// summary is the version as a page for people.
func summary(v rotation.Version, lines metadata) []byte {
	var page strings.Builder
	fmt.Fprintf(&page, "# Root CA rotation: %s\n\n", v.Phase)
	for _, line := range lines {
		fmt.Fprintf(&page, "- **%s**: %s\n", line.Name, line.Value)
	}
	return []byte(page.String())
}
