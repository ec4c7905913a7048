package resource

import (
	"errors"
	"fmt"
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

// below is the path within the build's folder.
func (p Path) below(sources string) string { return filepath.Join(sources, string(p)) }
