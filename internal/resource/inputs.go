package resource

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/customca"
	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// versionFile is the file in which a get leaves its version, and a put finds it.
const versionFile = "version.json"

// folderVersion reads the version that a get of this resource left in a folder.
// name is what the operator called the folder: every problem begins with it.
func folderVersion(folder, name string) (rotation.Version, []error) {
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return rotation.Version{}, []error{fmt.Errorf("%s does not exist: expected the folder that a get of this resource wrote in the same job, for example ca", name)}
	case err == nil && !info.IsDir():
		return rotation.Version{}, []error{fmt.Errorf("%s is a file: expected the folder that a get of this resource wrote, for example ca", name)}
	}
	raw, err := input.ReadFile(filepath.Join(folder, versionFile))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return rotation.Version{}, []error{fmt.Errorf("%s has no %s: expected the folder that a get of this resource wrote in the same job, for example ca", name, versionFile)}
	case err != nil:
		return rotation.Version{}, []error{fmt.Errorf("%s: its %s cannot be read: %w; expected the one that a get of this resource wrote", name, versionFile, err)}
	case len(bytes.TrimSpace(raw)) == 0:
		return rotation.Version{}, []error{fmt.Errorf("%s: its %s is empty; expected the one that a get of this resource wrote", name, versionFile)}
	}
	if key := keyOf(raw); key != "" {
		return rotation.Version{}, []error{fmt.Errorf("%s has what a get of a resource with source.%s wrote: expected the folder of the resource without it, whose versions are the state of the root CA, for example ca", name, key)}
	}
	return parseVersion(raw, name+": its "+versionFile+" is not a version of this resource: ")
}

// customCA reads and checks the operator's own CA, nil when there is none.
func customCA(sources string, p OutParams) (*customca.CA, []error) {
	if p.Certificate == "" || p.PrivateKey == "" {
		return nil, nil
	}
	return readCA(
		caFile{path: p.Certificate.below(sources), given: string(p.Certificate), example: "custom-ca/cert.pem"},
		caFile{path: p.PrivateKey.below(sources), given: string(p.PrivateKey), example: "custom-ca/key.pem"}, named)
}

// caFile is one file of an operator's own CA: its path, and as it was given.
type caFile struct{ path, given, example string }

// readCA reads and checks a CA, and lists every problem with it.
func readCA(certificate, key caFile, names setting.Names) (*customca.CA, []error) {
	var problems []error
	read := func(k setting.Key, file caFile) []byte {
		text, err := input.ReadFile(file.path)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s %q cannot be read: %w; expected a file of an input of the job, for example %s", names.Of(k), file.given, err, file.example))
		}
		return text
	}
	certificatePEM, keyPEM := read(setting.Certificate, certificate), read(setting.PrivateKey, key)
	if len(problems) > 0 {
		return nil, problems
	}
	ca, err := customca.Check(certificatePEM, keyPEM)
	return &ca, input.Problems(input.Named(err, names))
}

// ReadCA reads an operator's own root CA from two files, and lists every problem
// with it.
func ReadCA(certificate, privateKey string, names setting.Names) (*customca.CA, error) {
	ca, problems := readCA(
		caFile{path: certificate, given: certificate, example: "certs/certificate.pem"},
		caFile{path: privateKey, given: privateKey, example: "certs/privatekey.pem"}, names)
	return ca, errors.Join(problems...)
}

// ReadVersion reads the version that a get of this resource left in a folder; it
// names the folder as the operator did.
func ReadVersion(folder, name string) (rotation.Version, error) {
	version, problems := folderVersion(folder, name)
	return version, errors.Join(problems...)
}

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

// inside drops the paths that lead out of the build's folder over a link, or to
// something that is neither file nor folder, and names them: what an input holds
// is not the operator's own, and a pipe would never end.
func (p OutParams) inside(sources string) (OutParams, []error) {
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
		return nil //nolint:nilerr // the caller that reads it says so
	}
	folder, err := filepath.EvalSymlinks(sources)
	if err != nil {
		return nil //nolint:nilerr // the caller that reads it says so
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
