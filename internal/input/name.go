package input

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// nameForm is what a key of a file may look like to be repeated in a message.
var nameForm = evidence.NewForm(60, `^[A-Za-z_][A-Za-z0-9_.-]*$`)

// Name is a key of a file as a message may repeat it. A file that was not meant,
// or is broken, may have anything in the place of a key.
func Name(key string) string {
	if nameForm.Matches(key) {
		return key
	}
	return "an invalid key"
}

// IsContent tells whether a path is not one but what a file holds: a user who puts
// it in the place of the path must not read it in a message.
func IsContent(path string) bool {
	return strings.ContainsAny(path, "\n\r") || strings.Contains(path, "-----BEGIN") || len(path) > 1024
}

// ShownPath is a path as people know it: within the folder of the build, if it is
// there.
func ShownPath(path string) string {
	folder, err := os.Getwd()
	if err != nil {
		return path
	}
	if inside, err := filepath.Rel(folder, path); err == nil && filepath.IsLocal(inside) {
		return inside
	}
	return path
}
