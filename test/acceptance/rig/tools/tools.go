// Package tools builds what the rig runs: Concourse itself, its registry-image
// resource, and the rig's own small programs.
package tools

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/layout"
)

// build is one call of go build.
type build struct {
	module   string
	packages []string
	into     string
	// large is made again only when the module's pins change: even a build that
	// changes nothing takes seconds to find that out.
	large bool
}

const (
	concourse       = "github.com/concourse/"
	concourseModule = "tools/concourse"
)

var builds = []build{
	{module: concourseModule, packages: []string{concourse + "concourse/cmd/concourse", concourse + "concourse/fly"}, large: true},
	{module: "tools/registry-image", into: "registry-image", large: true, packages: []string{
		concourse + "registry-image-resource/cmd/check", concourse + "registry-image-resource/cmd/in", concourse + "registry-image-resource/cmd/out",
	}},
	{module: ".", packages: []string{"./cmd/init", "./cmd/time", "./cmd/cni", "./cmd/git", "./cmd/github-release", "./cmd/oci-build"}},
}

// Build makes what is missing or out of date, and says so on out. What is ready is
// taken as it is.
func Build(ctx context.Context, at layout.Layout, ready Ready, out io.Writer) error {
	for _, b := range builds {
		var err error
		if b.module == concourseModule && ready.given() {
			err = ready.use(at)
		} else {
			err = b.run(ctx, at, out)
		}
		if err != nil {
			return err
		}
	}
	return errors.Join(resourceTypes(at), plugins(at))
}

func (b build) run(ctx context.Context, at layout.Layout, out io.Writer) error {
	module, into := filepath.Join(at.Module, b.module), filepath.Join(at.Bin(), b.into)
	stamp := stamp(at, b.module)
	pins, err := fingerprint(module)
	if err != nil {
		return err
	}
	if b.large {
		if made, err := os.ReadFile(stamp); err == nil && string(made) == pins { //nolint:gosec // a file of the rig's own
			return nil
		}
		fmt.Fprintf(out, "building %s (minutes, once)\n", filepath.Base(module))
	}
	if err := os.MkdirAll(into, 0o755); err != nil { //nolint:gosec // containers read it
		return fmt.Errorf("make the folder for what is built: %w", err)
	}
	started := time.Now()
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", into + string(filepath.Separator)}, b.packages...)
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // packages of the table above
	cmd.Dir, cmd.Stdout, cmd.Stderr = module, out, out
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("cannot build %v: %w", b.packages, err)
	}
	if b.large {
		fmt.Fprintf(out, "built %s in %.0f s\n", filepath.Base(module), time.Since(started).Seconds())
		if err := os.WriteFile(stamp, []byte(pins), 0o600); err != nil {
			return fmt.Errorf("note what was built: %w", err)
		}
	}
	return nil
}

// stamp is the file that says with which pins a large build was made.
func stamp(at layout.Layout, module string) string {
	return filepath.Join(at.Bin(), ".stamp-"+filepath.Base(module))
}

// fingerprint changes with the pins of a module and with the compiler.
func fingerprint(module string) (string, error) {
	hash := sha256.New()
	fmt.Fprintln(hash, runtime.Version())
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(module, name)) //nolint:gosec // a file of this repository
		if err != nil {
			return "", fmt.Errorf("read the pins: %w", err)
		}
		hash.Write(text)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
