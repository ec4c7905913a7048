// Package images_test runs the scripts that build images with a docker that only writes
// down what it is told.
package images_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestImages(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "scripts for images")
}

// docker says its version ($VERSION), has the plugin buildx or not ($BUILDX), has an
// engine that answers, and writes down what it builds.
const docker = `#!/bin/sh
case "$1 $2" in
"info ") ;;
"version --format") echo "$VERSION" ;;
"buildx version") [ "$BUILDX" = yes ] || { echo "docker: unknown command: docker buildx" >&2; exit 1; } ;;
"build --file") echo "DOCKER_BUILDKIT=$DOCKER_BUILDKIT $*" >>"$CALLS" ;;
*) echo "docker $*" >>"$CALLS"; exit 9 ;;
esac
`

// build runs build/images/build, and gives the calls of docker and what the script says.
func build(ctx SpecContext, environment ...string) (calls, stderr string, err error) {
	GinkgoHelper()
	folder := GinkgoT().TempDir()
	Expect(os.WriteFile(filepath.Join(folder, "docker"), []byte(docker), 0o700)).To(Succeed())
	record := filepath.Join(folder, "calls")
	Expect(os.WriteFile(record, nil, 0o600)).To(Succeed())

	for _, name := range []string{"build", "tool"} {
		_, err := os.ReadFile(name) // so that Go's test cache knows of it
		Expect(err).NotTo(HaveOccurred())
	}
	script := exec.CommandContext(ctx, "./build", "resource")
	for _, setting := range os.Environ() {
		// What this machine builds images with is not for the spec.
		switch name, _, _ := strings.Cut(setting, "="); name {
		case "CONTAINER_TOOL", "DOCKER_BUILDKIT", "ARCH", "IMAGE_TAG", "IMAGE_FLAGS", "GO_IMAGE", "BASE_IMAGE", "OM_VERSION", "BUILD_VERSION", "BUILD_COMMIT", "BUILD_DATE":
		default:
			script.Env = append(script.Env, setting)
		}
	}
	script.Env = append(script.Env, "PATH="+folder+":"+os.Getenv("PATH"), "CALLS="+record)
	script.Env = append(script.Env, environment...)
	var said strings.Builder
	script.Stdout, script.Stderr = GinkgoWriter, &said
	err = script.Run()
	made, readErr := os.ReadFile(record)
	Expect(readErr).NotTo(HaveOccurred())
	return string(made), said.String(), err
}

var _ = DescribeTable("docker builds with BuildKit, and the image ends up in its engine",
	func(ctx SpecContext, load string, environment ...string) {
		calls, stderr, err := build(ctx, environment...)
		Expect(err).NotTo(HaveOccurred(), stderr)
		Expect(calls).To(MatchRegexp(`^DOCKER_BUILDKIT=1 build --file Dockerfile ` + load + `--platform linux/\S+ --target resource --tag opsman-ca/resource:dev \.\n$`))
	},
	Entry("of its plugin", "--load ", "VERSION=28.2.2", "BUILDX=yes"),
	Entry("of its plugin, in the first version that needs it", "--load ", "VERSION=23.0.0", "BUILDX=yes"),
	Entry("of its own, before 23, which does not know --load", "", "VERSION=20.10.24+dfsg1", "BUILDX=no"),
	Entry("also where it was turned off", "--load ", "VERSION=28.2.2", "BUILDX=yes", "DOCKER_BUILDKIT=0"),
	Entry("where it does not say its version", "", "VERSION=", "BUILDX=no"),
	Entry("where it was asked for", "", "VERSION=20.10.24", "BUILDX=no", "CONTAINER_TOOL=docker"),
)

var _ = DescribeTable("docker without its plugin builds nothing, and what is missing is said",
	func(ctx SpecContext, version string, environment ...string) {
		calls, stderr, err := build(ctx, append(environment, "VERSION="+version, "BUILDX=no")...)
		Expect(err).To(HaveOccurred())
		Expect(calls).To(BeEmpty())
		Expect(stderr).To(Equal("docker " + version + " builds images with its plugin buildx, which is not here: install it (package docker-buildx, or docker-buildx-plugin from Docker), or build with buildah: CONTAINER_TOOL=buildah\n"))
	},
	Entry("as it was found", "28.2.2"),
	Entry("as it was asked for", "28.2.2", "CONTAINER_TOOL=docker"),
	Entry("in the first version that needs it", "23.0.0"),
	Entry("in Debian's version", "26.1.5+dfsg1"),
	Entry("also where the former builder is asked for, which cannot build it", "28.2.2", "DOCKER_BUILDKIT=0"),
)

var _ = It("another tool than docker and buildah is refused", func(ctx SpecContext) {
	_, stderr, err := build(ctx, "CONTAINER_TOOL=podman")
	Expect(err).To(HaveOccurred())
	Expect(stderr).To(ContainSubstring(`CONTAINER_TOOL is "podman": expected docker or buildah`))
})
