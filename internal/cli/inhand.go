package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// inHand is the version that a command starts from, and where it leaves the one
// that it ends with.
type inHand struct {
	From string `type:"path" variable:"FROM" placeholder:"DIR" help:"Folder with the version to start from: what a get of the resource, or --to of an earlier step, wrote."`
	To   string `type:"path" variable:"TO" placeholder:"DIR" help:"Folder to write the version to that the step ends with, for the next one's --from."`
}

// check finds out, before anything is changed, whether the version can be written
// afterwards. A folder that is not there yet is made and taken away again, for the
// step may be refused.
func (h inHand) check() error {
	if h.To == "" {
		return nil
	}
	made := missing(h.To)
	err := os.MkdirAll(h.To, 0o755) //nolint:gosec // later steps of the build read it as other users
	if err == nil {
		err = writable(h.To)
	}
	for _, folder := range made {
		// What is not empty, or was not made after all, stays.
		_ = os.Remove(folder)
	}
	if err != nil {
		return fmt.Errorf("--to %q cannot be written to (%w): expected a folder, or the path of a new one, for example ca; nothing was changed", h.To, input.WithoutPath(err))
	}
	return nil
}

// missing are the folders of the path that are not there, the innermost first.
func missing(path string) []string {
	var all []string
	for path = filepath.Clean(path); ; path = filepath.Dir(path) {
		if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
			return all
		}
		all = append(all, path)
	}
}

// writable leaves a file in the folder and takes it away.
func writable(folder string) error {
	file, err := os.CreateTemp(folder, ".opsman-ca-*")
	if err != nil {
		return err //nolint:wrapcheck // the caller says what it means
	}
	_, err = file.WriteString("opsman-ca")
	return errors.Join(err, file.Close(), os.Remove(file.Name()))
}

// write leaves the version where it is wanted, and with it what is known of leaf
// certificates that were regenerated outside a rotation.
func (h inHand) write(t *tool, v rotation.Version, cas []evidence.CA, renewed *rotation.Renewal) error {
	if h.To == "" {
		return nil
	}
	if err := resource.WriteVersion(h.To, v, cas, t.client.Redact); err != nil {
		return fmt.Errorf("--to %q: %w", h.To, err)
	}
	return h.writeRenewal(v.Active, renewed)
}
