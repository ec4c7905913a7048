package resource

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/opsman-ca/opsman-ca/internal/customca"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// versionFile is the file in which a get leaves its version, and a put finds it.
const versionFile = "version.json"

// largestFile is how much of a file is read: versions and certificates are small.
const largestFile = 1 << 20

// local tells whether a path stays below the build's folder.
func local(path string) bool { return filepath.IsLocal(path) }

// fromVersion reads the version that a get of this resource left below the
// folder sources.
func fromVersion(sources, from string) (rotation.Version, error) {
	folder := filepath.Join(sources, from)
	if info, err := os.Stat(folder); err == nil && !info.IsDir() {
		return rotation.Version{}, fmt.Errorf("params.from %q is a file: expected the folder that a get of this resource wrote, for example ca", from)
	}
	raw, err := readFile(filepath.Join(folder, versionFile))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return rotation.Version{}, fmt.Errorf("params.from %q has no %s: expected the folder that a get of this resource wrote in the same job, for example ca", from, versionFile)
	case err != nil:
		return rotation.Version{}, fmt.Errorf("params.from %q: %w", from, err)
	}
	version, err := parseVersion(raw)
	if err != nil {
		return rotation.Version{}, fmt.Errorf("params.from: %s/%s is not a version of this resource: %w", from, versionFile, err)
	}
	return version, nil
}

// customCA reads and checks the operator's own CA, nil when there is none.
func customCA(sources string, p OutParams) (*customca.CA, []error) {
	if p.Certificate == "" || p.PrivateKey == "" {
		return nil, nil
	}
	var problems []error
	file := func(key, path string) []byte {
		content, err := readFile(filepath.Join(sources, path))
		if err != nil {
			problems = append(problems, fmt.Errorf("params.%s %q cannot be read: %w; expected a file of an input of the job, for example custom-ca/cert.pem", key, path, err))
		}
		return content
	}
	certificate, key := file("certificate", p.Certificate), file("private_key", p.PrivateKey)
	if len(problems) > 0 {
		return nil, problems
	}
	ca, err := customca.Check(certificate, key)
	if err != nil {
		return nil, []error{fmt.Errorf("the custom CA of params.certificate and params.private_key cannot be used: %w", err)}
	}
	return &ca, nil
}

// readFile reads a small file. The errors name no path: the caller names the one
// that the operator wrote.
func readFile(path string) ([]byte, error) {
	file, err := os.Open(path) //nolint:gosec // the path was checked to stay below the build's folder
	if err != nil {
		return nil, plain(err)
	}
	defer file.Close() //nolint:errcheck // only read from
	content, err := io.ReadAll(io.LimitReader(file, largestFile+1))
	if err != nil {
		return nil, plain(err)
	}
	if len(content) > largestFile {
		return nil, fmt.Errorf("it has more than %d bytes", largestFile)
	}
	return content, nil
}

// plain takes the path out of a file error.
func plain(err error) error {
	if pathError, ok := errors.AsType[*os.PathError](err); ok {
		return pathError.Err
	}
	return err
}

// ReadVersion reads the version that a get of this resource left in a folder.
func ReadVersion(folder string) (rotation.Version, error) {
	return fromVersion("", folder)
}
