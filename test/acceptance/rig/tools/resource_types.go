package tools

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"

	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/layout"
)

// resourceTypes makes the worker's own resource types of the programs: a folder
// each with rootfs.tgz and resource_metadata.json.
func resourceTypes(at layout.Layout) error {
	one := func(name string) map[string]string {
		return map[string]string{"check": at.Program(name), "in": at.Program(name), "out": at.Program(name)}
	}
	folder := at.Program("registry-image")
	return errors.Join(
		resourceType(at, "time", one("time")),
		resourceType(at, "registry-image", map[string]string{
			"check": filepath.Join(folder, "check"), "in": filepath.Join(folder, "in"), "out": filepath.Join(folder, "out"),
		}),
	)
}

func resourceType(at layout.Layout, name string, programs map[string]string) error {
	folder := filepath.Join(at.ResourceTypes(), name)
	rootfs := filepath.Join(folder, "rootfs.tgz")
	if newer(rootfs, programs) {
		return nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // Concourse reads it
		return fmt.Errorf("make the resource type %s: %w", name, err)
	}
	metadata := fmt.Sprintf(`{"type":%q,"version":"1.0.0","privileged":false,"unique_version_history":false}`, name)
	if err := os.WriteFile(filepath.Join(folder, "resource_metadata.json"), []byte(metadata), 0o644); err != nil { //nolint:gosec // Concourse reads it
		return fmt.Errorf("make the resource type %s: %w", name, err)
	}
	if err := pack(rootfs, programs); err != nil {
		return fmt.Errorf("make the resource type %s: %w", name, err)
	}
	return nil
}

func newer(made string, than map[string]string) bool {
	at, err := os.Stat(made)
	if err != nil {
		return false
	}
	for _, source := range than {
		if from, err := os.Stat(source); err != nil || from.ModTime().After(at.ModTime()) {
			return false
		}
	}
	return true
}

// pack writes a root file system with the programs in /opt/resource.
func pack(into string, programs map[string]string) (err error) {
	file, err := renameio.TempFile(filepath.Dir(into), into)
	if err != nil {
		return err
	}
	defer func() {
		if err == nil {
			err = file.CloseAtomicallyReplace()
		}
		err = errors.Join(err, file.Cleanup())
	}()
	zipped, err := gzip.NewWriterLevel(file, gzip.BestSpeed)
	if err != nil {
		return err
	}
	archive := tar.NewWriter(zipped)
	for name, mode := range map[string]int64{"opt/": 0o755, "opt/resource/": 0o755, "tmp/": 0o1777, "root/": 0o700, "etc/": 0o755, "etc/ssl/": 0o755, "etc/ssl/certs/": 0o755} {
		if err := archive.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: name, Mode: mode}); err != nil {
			return err
		}
	}
	// A program that is several is stored once.
	stored := map[string]string{}
	for name, source := range programs {
		name = "opt/resource/" + name
		if same := stored[source]; same != "" {
			err = archive.WriteHeader(&tar.Header{Typeflag: tar.TypeLink, Name: name, Linkname: same, Mode: 0o755})
		} else {
			err = add(archive, name, source)
			stored[source] = name
		}
		if err != nil {
			return err
		}
	}
	return errors.Join(archive.Close(), zipped.Close())
}

func add(archive *tar.Writer, name, source string) error {
	file, err := os.Open(source) //nolint:gosec // what the rig built
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // only read
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if err := archive.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o755, Size: info.Size()}); err != nil {
		return err
	}
	_, err = io.Copy(archive, file)
	return err
}
