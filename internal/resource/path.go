package resource

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/input"
)

// Path is a file or folder below the build's folder.
type Path string

// UnmarshalText reads a path; an empty one is a variable that was not filled in,
// and never the same as none.
func (p *Path) UnmarshalText(text []byte) error {
	path := string(text)
	switch {
	case path == "":
		return errors.New("is empty: expected a path below the build's folder")
	case strings.Contains(path, "-----BEGIN"):
		return errors.New("holds PEM: expected the path of a file with it")
	case !filepath.IsLocal(path):
		return fmt.Errorf("%s leads out of the build's folder: expected a path below it", input.Excerpt(path))
	}
	*p = Path(path)
	return nil
}

// within drops the paths that lead out of the build's folder over a link, or to
// something that is neither file nor folder, and names them: what an input holds
// is not the operator's own, and a pipe would never end.
func (p OutParams) within(sources string) (OutParams, []error) {
	var problems []error
	for _, path := range []struct {
		key  string
		path *Path
	}{{"from", &p.From}, {"certificate", &p.Certificate}, {"private_key", &p.PrivateKey}} {
		if err := path.path.stays(sources); *path.path != "" && err != nil {
			problems = append(problems, fmt.Errorf("params.%s %q %w", path.key, string(*path.path), err))
			*path.path = ""
		}
	}
	return p, problems
}

// stays tells why a path must not be read. What is not there is not judged here.
func (p Path) stays(sources string) error {
	target, err := filepath.EvalSymlinks(p.below(sources))
	if err != nil {
		return nil //nolint:nilerr // whoever reads it says so
	}
	folder, err := filepath.EvalSymlinks(sources)
	if err != nil {
		return nil //nolint:nilerr // whoever reads it says so
	}
	if inside, err := filepath.Rel(folder, target); err != nil || !filepath.IsLocal(inside) {
		return errors.New("leads out of the build's folder over a symbolic link: expected a file or folder of an input itself")
	}
	if info, err := os.Stat(target); err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		return errors.New("is neither a file nor a folder (but a pipe or a device): expected one of an input of the job")
	}
	return nil
}

// below is the path within the build's folder.
func (p Path) below(sources string) string { return filepath.Join(sources, string(p)) }
