package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/inventory"
	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// inHand is the version that a command starts from, and where it leaves the one
// that it ends with.
type inHand struct {
	From string `type:"path" variable:"FROM" placeholder:"DIR" help:"Folder with the version to start from: what a get of the resource, or --to of an earlier step, wrote."`
	To   string `type:"path" variable:"TO" placeholder:"DIR" help:"Folder to write the version to that the phase ends with, for the next one's --from."`
}

// check finds out, before anything is changed, whether the version can be written
// afterwards. A folder that is not there yet is made and taken away again, for the
// phase may be refused.
func (h inHand) check(names setting.Names) error {
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
		return fmt.Errorf("%s %q cannot be written to (%w): expected a folder, or the path of a new one, for example ca; nothing was changed", names.Of(setting.To), h.To, input.WithoutPath(err))
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
		return err
	}
	_, err = file.WriteString("opsman-ca")
	return errors.Join(err, file.Close(), os.Remove(file.Name()))
}

// write leaves the version where it is wanted.
func (h inHand) write(t *app, v rotation.Version, cas []evidence.CA) error {
	if h.To == "" {
		return nil
	}
	if err := resource.WriteVersion(h.To, v, cas, t.redact); err != nil {
		return fmt.Errorf("%s %q: %w", t.names.Of(setting.To), h.To, err)
	}
	return nil
}

// reportFolder is where a report is left in each of its forms; empty for nowhere.
type reportFolder string

// check finds out, before anything is asked, whether it can be written.
func (f reportFolder) check(names setting.Names) error {
	if f == "" {
		return nil
	}
	err := os.MkdirAll(string(f), 0o755) //nolint:gosec // later steps of the build read it as other users
	if err == nil {
		err = writable(string(f))
	}
	if err != nil {
		return fmt.Errorf("%s %q cannot be written to (%w): expected a folder, or the path of a new one, for example report", names.Of(setting.To), string(f), input.WithoutPath(err))
	}
	return nil
}

// write leaves the report's files.
func (f reportFolder) write(list inventory.Inventory, names setting.Names) error {
	if f == "" {
		return nil
	}
	files, err := inventory.Files(list)
	if err != nil {
		return fmt.Errorf("%s %q: %w", names.Of(setting.To), string(f), err)
	}
	return f.leave(files, names)
}

// leave leaves files in the folder.
func (f reportFolder) leave(files map[string][]byte, names setting.Names) error {
	// Nothing is written through a link that leads out of the folder.
	root, err := os.OpenRoot(string(f))
	if err != nil {
		return fmt.Errorf("%s %q cannot be opened: %w", names.Of(setting.To), string(f), input.WithoutPath(err))
	}
	defer root.Close() //nolint:errcheck // every file in it is closed already
	for name, content := range files {
		if err := root.WriteFile(name, content, 0o644); err != nil {
			return fmt.Errorf("%s %q: cannot write %s: %w", names.Of(setting.To), string(f), name, input.WithoutPath(err))
		}
	}
	return nil
}
