// Command oci-build stands in for oci-build-task, which is not published as a Go module, and
// needs a privileged step. For the targets resource, task and sim it writes, as an OCI layout, the
// image that the rig has, with this project's programs compiled anew, for the version, the commit and
// the platform that it was told. It runs no suites, and leaves om as it is.
//
// It takes the params TARGET, IMAGE_PLATFORM, BUILD_ARGS_FILE and OUTPUT_OCI, and from
// its image STAND_IN_RESOURCE, STAND_IN_TASK and STAND_IN_SIM, references of images, and STAND_IN_BUILDER, the URL
// of what compiles.
package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "oci-build stand-in:", err)
		os.Exit(1)
	}
}

func run() error {
	if os.Getenv("OUTPUT_OCI") != "true" {
		return errors.New("OUTPUT_OCI is not true: this stand-in writes OCI layouts alone")
	}
	if _, err := os.Stat(filepath.Join(os.Getenv("CONTEXT"), "Dockerfile")); err != nil { //nolint:gosec // the pipeline names it
		return fmt.Errorf("CONTEXT: %w", err)
	}
	arguments, err := buildArguments()
	if err != nil {
		return err
	}
	if targets := os.Getenv("ADDITIONAL_TARGETS"); targets != "" {
		return fmt.Errorf("ADDITIONAL_TARGETS is %s: oci-build-task builds them for its worker's platform, whatever IMAGE_PLATFORM is", targets)
	}
	if _, err := os.Stat("image"); err != nil {
		return fmt.Errorf("oci-build-task writes no image where there is no folder for it: %w", err)
	}
	target := os.Getenv("TARGET")
	if err := write(target, filepath.Join("image", "image"), arguments); err != nil {
		return fmt.Errorf("target %s: %w", target, err)
	}
	return nil
}

func buildArguments() (map[string]string, error) {
	text, err := os.ReadFile(os.Getenv("BUILD_ARGS_FILE")) //nolint:gosec // the pipeline names it
	if err != nil {
		return nil, fmt.Errorf("BUILD_ARGS_FILE: %w", err)
	}
	arguments := map[string]string{}
	for line := range strings.Lines(string(text)) {
		key, value, found := strings.Cut(strings.TrimSpace(line), "=")
		if !found {
			return nil, fmt.Errorf("BUILD_ARGS_FILE: %q is not NAME=VALUE", line)
		}
		arguments[key] = value
	}
	for _, key := range []string{"GO_IMAGE", "BASE_IMAGE"} {
		if _, err := name.NewDigest(arguments[key], name.Insecure); err != nil {
			return nil, fmt.Errorf("%s is not by digest: %w", key, err)
		}
	}
	return arguments, nil
}

// write writes the image of a target as a layout with it alone.
func write(target, folder string, arguments map[string]string) error {
	image, _ := strings.CutSuffix(target, "-untested")
	reference, err := name.ParseReference(os.Getenv("STAND_IN_"+strings.ToUpper(image)), name.Insecure)
	if err != nil {
		return err
	}
	from, err := remote.Image(reference)
	if err != nil {
		return err
	}
	compiled, err := compile(http.DefaultClient, places[image], arguments, os.Getenv("IMAGE_PLATFORM"))
	if err != nil {
		return err
	}
	if from, err = mutate.AppendLayers(from, compiled); err != nil {
		return err
	}
	config, err := from.ConfigFile()
	if err != nil {
		return err
	}
	config = config.DeepCopy()
	system, architecture, _ := strings.Cut(os.Getenv("IMAGE_PLATFORM"), "/")
	config.OS, config.Architecture = system, architecture
	config.Config.Labels["org.opencontainers.image.version"] = arguments["BUILD_VERSION"]
	config.Config.Labels["org.opencontainers.image.revision"] = arguments["BUILD_COMMIT"]
	config.Config.Labels["org.opencontainers.image.created"] = arguments["BUILD_DATE"]
	// What it stands on makes another image, which here holds the same.
	config.Config.Labels["stand-in.bases"] = arguments["GO_IMAGE"] + " " + arguments["BASE_IMAGE"]
	made, err := mutate.ConfigFile(from, config)
	if err != nil {
		return err
	}
	fmt.Printf("%s for %s as %s\n", target, os.Getenv("IMAGE_PLATFORM"), arguments["BUILD_VERSION"])
	path, err := layout.Write(folder, empty.Index)
	if err != nil {
		return err
	}
	return path.AppendImage(made, layout.WithPlatform(v1.Platform{OS: system, Architecture: architecture}))
}
