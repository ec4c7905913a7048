package release_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/yaml"

	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
	"github.com/opsman-ca/opsman-ca/test/acceptance/standin"
)

// tested are the packages whose suites the played unit job runs, instead of make test, which takes minutes.
var tested = []string{"./internal/evidence/...", "./internal/input/..."}

// releasing is the pipeline with the rig's registry, a repository of its own and stand-ins.
func releasing(r *repository, w world, registry string) (string, concourse.Values) {
	GinkgoHelper()
	text := r.read(filepath.Join("build", "release", "pipeline.yml"))
	var values concourse.Values
	Expect(yaml.UnmarshalStrict([]byte(r.read(filepath.Join("build", "release", "vars.yml"))), &values)).To(Succeed())
	local := func(name, tag string) map[string]any {
		return map[string]any{"repository": registry + "/" + name, "tag": tag, "insecure": true}
	}
	values.Set("repository", map[string]any{"uri": r.url, "branch": "main", "private_key": nil})
	values.Set("github", map[string]any{"stand_in": w.page})
	values.Set("images.go", local("golang", "1.26"))
	values.Set("images.base", local("busybox", "stable-musl"))
	values.Set("images.oci_build_task", local("oci-build", "latest"))
	for _, image := range images {
		values.Set("images.candidates."+image, local("candidate/"+image, "candidate"))
		values.Set("images.released."+image, local(image, "latest"))
	}
	values.Set("unit_packages", strings.Join(tested, " "))
	// This machine's root cannot run privileged steps; no stand-in needs one.
	Expect(strings.Count(text, "privileged: true")).To(Equal(4))
	var types strings.Builder
	types.WriteString("---\nresource_types:\n")
	for _, name := range []string{"git", "github-release"} {
		fmt.Fprintf(&types, "- {name: %s, type: registry-image, source: {repository: %s/%s, tag: latest, insecure: true}}\n", name, registry, name)
	}
	text = strings.Replace(text, "---\n", types.String(), 1)
	return strings.ReplaceAll(text, "privileged: true", "privileged: false"), values
}

// tools are images that the pipeline gets, in the part of the rig's registry where those of a release will be, too.
type tools struct {
	registry string
	// newerGo pushes another golang:1.26, as a Go patch is.
	newerGo func()
}

func pushTools(r *repository, w world) tools {
	GinkgoHelper()
	rig, err := name.NewTag(ci.ResourceImage, name.Insecure)
	Expect(err).NotTo(HaveOccurred())
	registry := rig.RegistryStr() + "/release-" + r.name
	program := func(name string) string { return filepath.Join(filepath.Dir(ci.Fly), name) }
	push := func(name string, env []string, layer *standin.Layer) {
		GinkgoHelper()
		Expect(standin.Push(context.Background(), registry+"/"+name, env, layer)).To(Succeed())
	}
	golang, env, err := standin.Golang(context.Background(), r.checkout, GinkgoT().TempDir(),
		append([]string{"test", "-count=1", "-run=^$"}, tested...),
		[]string{"build", "-buildvcs=false", "-o", os.DevNull, "./cmd/...", "./build/release/check", "./build/release/layout"})
	Expect(err).NotTo(HaveOccurred())
	golang.File(ci.File("bin", "cyclonedx-gomod"), "usr/bin/cyclonedx-gomod")
	// In two parts: .ci/run looks for settings of one machine, which are written in one.
	env = append(env, "GOPROXY"+"="+w.modules)
	push("golang:1.26", env, golang)
	push("busybox:stable-musl", nil, standin.NewLayer())
	builder := standin.Program(program("oci-build"), "usr/bin/build")
	builder.Programs(context.Background(), "sh", "mkdir", "mv", "rm")
	push("oci-build", []string{
		"PATH=/usr/bin", "STAND_IN_BUILDER=" + w.builder,
		"STAND_IN_RESOURCE=" + ci.ResourceImage, "STAND_IN_TASK=" + ci.TaskImage, "STAND_IN_SIM=" + ci.SimImage,
	}, builder)
	push("git", []string{"PATH=/usr/bin"}, standin.Resource(context.Background(), program("git"), "git", "sh"))
	push("github-release", nil, standin.Resource(context.Background(), program("github-release")))
	return tools{registry: registry, newerGo: func() {
		GinkgoHelper()
		push("golang:1.26", append(env, "NEWER=yes"), golang)
	}}
}
