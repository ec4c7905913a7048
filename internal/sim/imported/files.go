package imported

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// file is one of the files, and the endpoint that it is the answer of.
type file struct {
	name, path string
	// optional: not every version of Ops Manager answers.
	optional bool
}

// Names of the files.
const (
	infoFile         = "info.json"
	authoritiesFile  = "certificate_authorities.json"
	productsFile     = "deployed_products.json"
	pendingFile      = "pending_changes.json"
	certificatesFile = "certificates.json"
	excludedFile     = "certificates_excluded.json"
	v1File           = "certificates_v1.json"
)

var files = []file{
	{infoFile, "/api/v0/info", false},
	{authoritiesFile, "/api/v0/certificate_authorities", false},
	{productsFile, "/api/v0/deployed/products", false},
	{pendingFile, "/api/v0/staged/pending_changes", false},
	{certificatesFile, "/api/v0/deployed/certificates", false},
	{excludedFile, "/api/v0/deployed/certificates?show_excluded_from_rotation_only=true", true},
	{v1File, "/api/v1/deployed/certificates?no_cache=true", true},
}

// Commands is a shell script that writes the files into the current folder. It
// reads from Ops Manager alone, and needs om and its variables (OM_TARGET, …).
func Commands() string {
	var b strings.Builder
	for _, f := range files {
		path := f.path
		if strings.ContainsAny(path, "?&") {
			path = "'" + path + "'"
		}
		fmt.Fprintf(&b, "om curl --silent --path %s >%s", path, f.name)
		if f.optional {
			fmt.Fprintf(&b, " || rm %s", f.name)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// errAbsent is a file that is not there.
var errAbsent = errors.New("is not there")

// text is the content of a file; ok is false when it is not there, or cannot be
// used, which is noted as a problem.
func (r *reader) text(name string) (content []byte, ok bool) {
	content, err := os.ReadFile(filepath.Join(r.folder, name)) //nolint:gosec // the user names the folder
	content = asUTF8(content)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, false
	case err != nil:
		r.wrong("%s cannot be read: %w", name, err)
		return nil, false
	case bytes.Contains(content, []byte("PRIVATE KEY")):
		r.wrong("%s holds a private key: nothing here needs one, take it out", name)
		return nil, false
	case len(bytes.TrimSpace(content)) == 0:
		r.wrong("%s is empty, so om failed when it was to write it: see what `om curl --silent --path %s` says", name, pathOf(name))
		return nil, false
	case !json.Valid(content):
		r.wrong("%s is not JSON (it begins with %q): it should be the whole output of `om curl --silent --path %s`", name, beginning(content), pathOf(name))
		return nil, false
	}
	return content, true
}

func pathOf(name string) string {
	for _, f := range files {
		if f.name == name {
			return f.path
		}
	}
	return ""
}

func beginning(content []byte) string {
	const shown = 40
	return string(content[:min(shown, len(content))])
}

// decode reads a file whose list is below key, or is the whole file, as some
// commands of om print it. It is an error for it to be anything else.
func decode[Item any](r *reader, name, key string) ([]Item, error) {
	content, ok := r.text(name)
	if !ok {
		return nil, errAbsent
	}
	var raw json.RawMessage = content
	var object map[string]json.RawMessage
	if json.Unmarshal(content, &object) == nil {
		raw = object[key]
	}
	var list []Item
	if err := json.Unmarshal(raw, &list); err != nil {
		r.wrong("%s has no list %q as GET %s answers it: %s", name, key, pathOf(name), reason(err))
		return nil, errAbsent
	}
	return list, nil
}

// reason is an error of decoding in words.
func reason(err error) string {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		if kind.Field == "" {
			return "there is a " + kind.Value + " in its place"
		}
		return fmt.Sprintf("%s is a %s", kind.Field, kind.Value)
	}
	return "there is none"
}
