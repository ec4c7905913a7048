package resource

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// WriteVersion leaves in a folder what a get of the version leaves there, so
// that the next step goes on from it. What is shown goes through redact.
func WriteVersion(path string, v rotation.Version, cas []evidence.CA, redact func(string) string) error {
	return folder{path}.write(v, cas, versionMetadata(v, cas).redacted(redact), InParams{})
}

// folder is where a get writes.
type folder struct{ path string }

// write leaves version.json, metadata.json, one file a field of the version,
// the certificates of its CAs, and a summary for people. There is nothing
// secret in it.
func (f folder) write(v rotation.Version, cas []evidence.CA, lines metadata, params InParams) error {
	files, err := versionFiles(v.Map(), lines, summary(v, lines, params))
	if err != nil {
		return err
	}
	for name, guid := range map[string]string{"active": v.Active, "candidate": v.Candidate, "retiring": v.Retiring} {
		for _, ca := range cas {
			if guid != "" && ca.GUID == guid {
				files[name+".pem"] = certificatesOnly(ca.CertPEM)
			}
		}
	}
	return f.writeFiles(files, append(rotation.Keys(), "active.pem", "candidate.pem", "retiring.pem"))
}

// versionFiles are the files of any version: the version, each of its fields, and
// the same for people.
func versionFiles(fields map[string]string, lines metadata, summary []byte) (map[string][]byte, error) {
	files := map[string][]byte{"summary.md": summary}
	for name, value := range map[string]any{versionFile: fields, "metadata.json": []Metadatum(lines)} {
		content, err := asJSON(name, value)
		if err != nil {
			return nil, err
		}
		files[name] = content
	}
	for key, value := range fields {
		files[key] = []byte(value)
	}
	return files, nil
}

// asJSON is the content of a JSON file.
func asJSON(name string, value any) ([]byte, error) {
	content, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("cannot write %s: %w", name, err)
	}
	return append(content, '\n'), nil
}

// writeFiles writes the files; of an earlier version's, those of old that are none of
// these go.
func (f folder) writeFiles(files map[string][]byte, old []string) error {
	if err := os.MkdirAll(f.path, 0o755); err != nil { //nolint:gosec // later steps of the build read it as other users
		return fmt.Errorf("cannot make the destination folder: %w; expected a path that can be written to, for example /tmp/build", input.WithoutPath(err))
	}
	return f.within(func(root *os.Root) error {
		if err := removeStale(root, files, old); err != nil {
			return err
		}
		return writeAll(root, "", files)
	})
}

// within opens the folder for what is to be done in it: nothing is written through a
// link that leads out of it.
func (f folder) within(do func(*os.Root) error) error {
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return fmt.Errorf("cannot open the destination folder: %w", input.WithoutPath(err))
	}
	defer root.Close() //nolint:errcheck // every file in it is closed already
	return do(root)
}

// writeAll writes the files below a folder of the root.
func writeAll(root *os.Root, below string, files map[string][]byte) error {
	for name, content := range files {
		if err := root.WriteFile(filepath.Join(below, name), content, 0o644); err != nil {
			return fmt.Errorf("cannot write %s: %w", name, input.WithoutPath(err))
		}
	}
	return nil
}

// removeStale takes away what an earlier version left and this one has not: a
// candidate that is none any more.
func removeStale(root *os.Root, files map[string][]byte, old []string) error {
	for _, name := range old {
		if _, kept := files[name]; kept {
			continue
		}
		if err := root.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("cannot remove %s of an earlier version: %w", name, input.WithoutPath(err))
		}
	}
	return nil
}

// summary is the version as a page for people.
func summary(v rotation.Version, lines metadata, params InParams) []byte {
	return page("Root CA rotation"+params.of()+": "+string(v.State), lines)
}

// page is a heading with metadata below it.
func page(title string, lines metadata) []byte {
	var page strings.Builder
	fmt.Fprintf(&page, "# %s\n\n", title)
	for _, line := range lines {
		fmt.Fprintf(&page, "- **%s**: %s\n", line.Name, line.Value)
	}
	return []byte(page.String())
}

// reportFolder is where a get leaves the report, within its own folder.
const reportFolder = "report"

// report asks for what the report lists, and leaves it where the params want it.
func (j *job) report(ctx context.Context, params InParams) error {
	if !params.Report {
		return nil
	}
	e, err := foundation.Listing(ctx, j.reader())
	if err != nil {
		return err
	}
	return j.reportOf(e)
}

// reportOf leaves what Ops Manager lists now. Unlike everything else that a get writes
// it is not of the version but of this moment: Concourse gives it again, as old as it
// is, to later gets of the version.
func (j *job) reportOf(e evidence.Evidence) error {
	files, err := j.lister.Report(e, j.redact)
	if err != nil {
		return err
	}
	if err := (folder{j.Args[0]}).writeReport(files); err != nil {
		return err
	}
	j.console.Println("report/ has what Ops Manager lists now, as a page of HTML, Markdown and JSON")
	return nil
}

// writeReport leaves the files of the report in the folder.
func (f folder) writeReport(files map[string][]byte) error {
	return f.within(func(root *os.Root) error {
		if err := root.MkdirAll(reportFolder, 0o755); err != nil { // later steps of the build read it as other users
			return fmt.Errorf("cannot make %s: %w", reportFolder, input.WithoutPath(err))
		}
		return writeAll(root, reportFolder, files)
	})
}

// certificatesOnly keeps the CERTIFICATE blocks of a text, whatever else a
// server may have put there.
func certificatesOnly(text string) []byte {
	var kept []byte
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return kept
		}
		if block.Type == "CERTIFICATE" {
			kept = append(kept, pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes})...)
		}
	}
}
