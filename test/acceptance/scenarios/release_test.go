package scenarios_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/yaml"

	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
	"github.com/opsman-ca/opsman-ca/test/acceptance/foundation"
	"github.com/opsman-ca/opsman-ca/test/acceptance/standin"
)

// tested is the package of which the played unit job runs the suite, instead of all. The played repository
// alone has it: a suite that needs modules would be compiled for a minute.
const tested = "./internal/played"

// The pipeline that releases this project, its files unchanged but for what docs/dev/acceptance.md lists.
var _ = Describe("the release pipeline", func() {
	It("makes a candidate of a commit, releases it by its digest under all tags, and refuses what is no release", func() {
		repository := published()
		page := newPage()
		address, repositories := release(repository)
		p := ci.SetPipeline("manual-rotation", func(s *concourse.Setting) { s.Text, s.Values = releasing(repository, page.url, address) })

		By("a commit that is no release becomes a candidate")
		for _, resource := range []string{"day", "go-image", "base-image", "oci-build-task", "source"} {
			p.Look(resource)
		}
		p.Build("rebuild", 1).Succeeds()
		p.Build("unit", 1).Succeeds()
		Expect(p.Build("build", 1).Succeeds().Log()).To(And(ContainSubstring("BUILD_VERSION=0.0.0"), ContainSubstring("linux/arm64 sha256:")))
		p.Build("acceptance", 1).Succeeds()
		p.Run("ship-major").Fails("a major release behind 0.0.0 is 1.0.0, but the images of this commit were built as 0.0.0")
		Expect(repository.tags()).To(Equal([]string{"v0.0.0"}))

		By("the section of the changelog makes it one")
		repository.cut("major")
		p.Look("source")
		p.Build("unit", 2).Succeeds()
		candidate := p.Build("build", 2).Succeeds()
		accepted := p.Build("acceptance", 2).Succeeds()
		p.Run("ship-minor").Fails("a minor release behind 0.0.0 is 0.1.0, but the images of this commit were built as 1.0.0")
		page.down()
		p.Run("ship-major").Fails("503")
		page.up()
		shipped := p.Run("ship-major").Succeeds()
		Expect(concourse.OneLine(shipped.Log())).To(ContainSubstring("v1.0.0 is this commit: released again"), "its tag was pushed before the page was down")

		Expect(repository.tags()).To(Equal([]string{"v0.0.0", "v1.0.0"}))
		Expect(page.fields).To(And(HaveKeyWithValue("tag", "v1.0.0"), HaveKeyWithValue("name", "opsman-ca 1.0.0"), HaveKeyWithValue("commitish", repository.head()), HaveKeyWithValue("body", ContainSubstring("- "))))
		for _, image := range []string{"resource", "task", "sim"} {
			digest := candidate.Outputs()[image+"-candidate"]["digest"]
			Expect(accepted.Inputs()[image+"-candidate"]).To(HaveKeyWithValue("digest", digest))
			for _, tag := range []string{"1.0.0", "1.0", "1", "latest"} {
				Expect(digestOf(repositories[image]+":"+tag)).To(Equal(digest), image+":"+tag)
			}
			Expect(platformsOf(repositories[image]+":1.0.0")).To(Equal(map[string]string{"linux/amd64": "1.0.0", "linux/arm64": "1.0.0"}), image)
			Expect(page.files["images-1.0.0.txt"]).To(ContainSubstring(repositories[image] + "@" + digest))
		}
		page.expectFiles("1.0.0")

		By("what was released is run again, and nothing else is started")
		p.Look("releases")
		p.Build("released", 1).Succeeds()

		By("a foundation is rotated with the images that were released, by nothing but their tag")
		f := foundation.New()
		before := f.CA()
		rotation := ci.SetPipeline("scheduled-rotation", concourse.Opsman(f.Opsman()), func(s *concourse.Setting) {
			for _, image := range []string{"resource", "task"} {
				s.Values.Set("images."+image, map[string]any{"repository": repositories[image], "tag": "1.0.0", "insecure": true})
			}
		})
		rotation.Fire()
		rotation.Chain(line...)
		f.ExpectRotated(before)
	})
})

// releasing is the pipeline with the rig's registry, a repository of its own and stand-ins.
func releasing(r *bare, page, images string) (string, concourse.Values) {
	GinkgoHelper()
	text, err := os.ReadFile(ci.File("build", "release", "pipeline.yml"))
	Expect(err).NotTo(HaveOccurred())
	given, err := os.ReadFile(ci.File("build", "release", "vars.yml"))
	Expect(err).NotTo(HaveOccurred())
	var values concourse.Values
	Expect(yaml.UnmarshalStrict(given, &values)).To(Succeed())
	local := func(name, tag string) map[string]any {
		return map[string]any{"repository": images + "/" + name, "tag": tag, "insecure": true}
	}
	values.Set("repository", map[string]any{"uri": r.url, "branch": "main", "private_key": ""})
	values.Set("github", map[string]any{"stand_in": page})
	values.Set("images.go", local("golang", "1.26"))
	values.Set("images.base", local("busybox", "stable-musl"))
	values.Set("images.oci_build_task", local("oci-build", "latest"))
	for _, image := range []string{"resource", "task", "sim"} {
		values.Set("images.candidates."+image, local("candidate/"+image, "candidate"))
		values.Set("images.released."+image, local(image, "latest"))
	}
	values.Set("day", map[string]any{"interval": "24h"})
	values.Set("unit_packages", tested)
	// This machine's root cannot run privileged steps; no stand-in needs one.
	Expect(strings.Count(string(text), "privileged: true")).To(Equal(4))
	var types strings.Builder
	types.WriteString("---\nresource_types:\n")
	for _, name := range []string{"git", "github-release"} {
		fmt.Fprintf(&types, "- {name: %s, type: registry-image, source: {repository: %s/%s, tag: latest, insecure: true}}\n", name, images, name)
	}
	text = []byte(strings.Replace(string(text), "---\n", types.String(), 1))
	return strings.ReplaceAll(string(text), "privileged: true", "privileged: false"), values
}

// release pushes the images that the pipeline gets, and gives where they are, and where those of a release will be.
func release(r *bare) (address string, repositories map[string]string) {
	GinkgoHelper()
	rig, err := name.NewTag(ci.ResourceImage, name.Insecure)
	Expect(err).NotTo(HaveOccurred())
	address = rig.RegistryStr() + "/release-" + strings.ToLower(r.name)
	program := func(name string) string { return filepath.Join(filepath.Dir(ci.Fly), name) }
	golang, env, err := standin.Golang(context.Background(), r.checkout, GinkgoT().TempDir(),
		[]string{"test", "-count=1", tested}, []string{"build", "-trimpath", "-buildvcs=false", "-o", os.DevNull, "./build/release/layout"})
	Expect(err).NotTo(HaveOccurred())
	golang.File(ci.File("bin", "cyclonedx-gomod"), "usr/bin/cyclonedx-gomod")
	push := func(name string, env []string, layer *standin.Layer) {
		Expect(standin.Push(context.Background(), address+"/"+name, env, layer)).To(Succeed())
	}
	push("golang:1.26", env, golang)
	push("busybox:stable-musl", nil, standin.NewLayer())
	push("oci-build", []string{"PATH=/usr/bin", "STAND_IN_RESOURCE=" + ci.ResourceImage, "STAND_IN_TASK=" + ci.TaskImage, "STAND_IN_SIM=" + ci.SimImage}, standin.Program(program("oci-build"), "usr/bin/build"))
	push("git", []string{"PATH=/usr/bin"}, standin.Resource(context.Background(), program("git"), "git", "sh"))
	push("github-release", nil, standin.Resource(context.Background(), program("github-release")))
	return address, map[string]string{"resource": address + "/resource", "task": address + "/task", "sim": address + "/sim"}
}

// digestOf is what a registry has under a tag, platformsOf the version that the image of each platform says.
func digestOf(reference string) string {
	GinkgoHelper()
	tag, err := name.NewTag(reference, name.Insecure)
	Expect(err).NotTo(HaveOccurred())
	found, err := remote.Head(tag)
	Expect(err).NotTo(HaveOccurred())
	return found.Digest.String()
}

func platformsOf(reference string) map[string]string {
	GinkgoHelper()
	tag, err := name.NewTag(reference, name.Insecure)
	Expect(err).NotTo(HaveOccurred())
	index, err := remote.Index(tag)
	Expect(err).NotTo(HaveOccurred())
	manifest, err := index.IndexManifest()
	Expect(err).NotTo(HaveOccurred())
	all := map[string]string{}
	for _, m := range manifest.Manifests {
		image, err := index.Image(m.Digest)
		Expect(err).NotTo(HaveOccurred())
		config, err := image.ConfigFile()
		Expect(err).NotTo(HaveOccurred())
		Expect(*m.Platform).To(Equal(v1.Platform{OS: config.OS, Architecture: config.Architecture}))
		all[m.Platform.String()] = config.Config.Labels["org.opencontainers.image.version"]
	}
	return all
}

// bare is a repository that steps reach, and a checkout of it.
type bare struct{ name, url, folder, checkout string }

// published is a repository with the files of this checkout, and a tag to count from.
func published() *bare {
	GinkgoHelper()
	r := &bare{folder: GinkgoT().TempDir()}
	r.name = filepath.Base(filepath.Dir(r.folder)) + filepath.Base(r.folder)
	r.name = strings.ToLower(strings.Trim(strings.NewReplacer("_", "-", ".", "-").Replace(r.name), "-"))
	r.checkout = filepath.Join(r.folder, "checkout")
	Expect(os.Mkdir(r.checkout, 0o750)).To(Succeed())
	files := exec.CommandContext(context.Background(), "git", "-C", ci.File(), "ls-files", "--cached", "--others", "--exclude-standard", "-z")
	list, err := files.Output()
	Expect(err).NotTo(HaveOccurred())
	for file := range strings.SplitSeq(strings.TrimSuffix(string(list), "\x00"), "\x00") {
		text, err := os.ReadFile(ci.File(file))
		Expect(err).NotTo(HaveOccurred())
		info, err := os.Stat(ci.File(file))
		Expect(err).NotTo(HaveOccurred())
		into := filepath.Join(r.checkout, file)
		Expect(os.MkdirAll(filepath.Dir(into), 0o750)).To(Succeed())
		Expect(os.WriteFile(into, text, info.Mode().Perm())).To(Succeed())
	}
	r.replace()
	r.git("init", "--quiet", "--initial-branch=main")
	r.git("add", "--all")
	r.git("commit", "--quiet", "--message", "Begin")
	r.git("tag", "v0.0.0")
	r.git("clone", "--quiet", "--bare", ".", "../opsman-ca.git")
	r.serve()
	return r
}

// replace puts stand-ins in for what needs modules or a database from elsewhere, or a privileged step.
func (r *bare) replace() {
	GinkgoHelper()
	makefile, err := os.ReadFile(filepath.Join(r.checkout, "Makefile"))
	Expect(err).NotTo(HaveOccurred())
	var kept []string
	for _, rule := range strings.Split(string(makefile), "\n\n") {
		if !strings.Contains(rule, "\nvuln:") && !strings.Contains(rule, "\nrelease-check:") {
			kept = append(kept, rule)
		}
	}
	kept = append(kept, "vuln:\n\t@echo not looked for vulnerabilities\n\nrelease-check:\n\t@test -s .build/images/resource.tar && build/release/notes '$(VERSION)'\n")
	Expect(os.WriteFile(filepath.Join(r.checkout, "Makefile"), []byte(strings.Join(kept, "\n\n")), 0o600)).To(Succeed())
	suite := filepath.Join(r.checkout, tested, "played_test.go")
	Expect(os.MkdirAll(filepath.Dir(suite), 0o750)).To(Succeed())
	Expect(os.WriteFile(suite, []byte("package played\n\nimport \"testing\"\n\nfunc TestPlayed(t *testing.T) { t.Log(\"played\") }\n"), 0o600)).To(Succeed())
	script := "#!/bin/sh\nset -eu\nfor image in resource task sim; do\n  test -s \"$1/$image/image.tar\"\n  echo \"$image by digest $(cat \"$1/$image/digest\")\"\ndone\n"
	Expect(os.WriteFile(filepath.Join(r.checkout, "build", "release", "acceptance"), []byte(script), 0o700)).To(Succeed())
}

// serve lets steps clone and push.
func (r *bare) serve() {
	GinkgoHelper()
	free, err := new(net.ListenConfig).Listen(context.Background(), "tcp", ci.Gateway+":0")
	Expect(err).NotTo(HaveOccurred())
	_, port, err := net.SplitHostPort(free.Addr().String())
	Expect(err).NotTo(HaveOccurred())
	Expect(free.Close()).To(Succeed())
	// By itself: git would be another process, which leaves it behind.
	programs, err := exec.CommandContext(context.Background(), "git", "--exec-path").Output()
	Expect(err).NotTo(HaveOccurred())
	daemon := exec.CommandContext(context.Background(), filepath.Join(strings.TrimSpace(string(programs)), "git-daemon"), "--export-all", "--enable=receive-pack", "--base-path="+r.folder, "--listen="+ci.Gateway, "--port="+port, r.folder)
	Expect(daemon.Start()).To(Succeed())
	DeferCleanup(func() { _ = daemon.Process.Kill(); _ = daemon.Wait() })
	r.url = "git://" + net.JoinHostPort(ci.Gateway, port) + "/opsman-ca.git"
	Eventually(func() error { return exec.CommandContext(context.Background(), "git", "ls-remote", r.url).Run() }, "20s", "100ms").Should(Succeed())
}

func (r *bare) git(args ...string) string {
	GinkgoHelper()
	cmd := exec.CommandContext(context.Background(), "git", args...)
	cmd.Dir = r.checkout
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_AUTHOR_NAME=Maintainer", "GIT_AUTHOR_EMAIL=maintainer@example.com", "GIT_COMMITTER_NAME=Maintainer", "GIT_COMMITTER_EMAIL=maintainer@example.com")
	text, err := cmd.CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(text))
	return strings.TrimSpace(string(text))
}

// cut makes a section of the changelog, as docs/dev/releasing.md says, and pushes the commit.
func (r *bare) cut(bump string) {
	GinkgoHelper()
	text, err := exec.CommandContext(context.Background(), filepath.Join(r.checkout, "build", "release", "changelog"), bump).CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(text))
	r.git("commit", "--quiet", "--all", "--message", "Release")
	r.git("push", "--quiet", "../opsman-ca.git", "main")
}

func (r *bare) head() string { GinkgoHelper(); return r.git("rev-parse", "main") }

func (r *bare) tags() []string {
	GinkgoHelper()
	return strings.Fields(r.git("--git-dir=../opsman-ca.git", "tag", "--list"))
}

// page stands in for the project's page of releases.
type page struct {
	url    string
	closed bool
	fields map[string]string
	files  map[string]string
}

func newPage() *page {
	GinkgoHelper()
	p := &page{}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", ci.Gateway+":0")
	Expect(err).NotTo(HaveOccurred())
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(p.take), ReadHeaderTimeout: time.Minute}}
	server.Start()
	DeferCleanup(server.Close)
	p.url = server.URL
	return p
}

func (p *page) down() { p.closed = true }
func (p *page) up()   { p.closed = false }

func (p *page) take(w http.ResponseWriter, r *http.Request) {
	if p.closed {
		http.Error(w, "closed", http.StatusServiceUnavailable)
		return
	}
	if err := r.ParseMultipartForm(256 << 20); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.fields, p.files = map[string]string{}, map[string]string{}
	for field, values := range r.MultipartForm.Value {
		p.fields[field] = values[0]
	}
	for _, file := range r.MultipartForm.File["files"] {
		content, err := file.Open()
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		text, err := io.ReadAll(content)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		p.files[file.Filename] = string(text)
	}
}

// expectFiles looks at all files: their checksums, a program that runs, and what each program is made of.
func (p *page) expectFiles(version string) {
	GinkgoHelper()
	folder := GinkgoT().TempDir()
	for name, text := range p.files {
		Expect(os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600)).To(Succeed())
	}
	run := func(program string, args ...string) string {
		cmd := exec.CommandContext(context.Background(), program, args...)
		cmd.Dir = folder
		text, err := cmd.CombinedOutput()
		Expect(err).NotTo(HaveOccurred(), string(text))
		return string(text)
	}
	Expect(strings.Count(run("sha256sum", "-c", "SHA256SUMS"), ": OK\n")).To(Equal(len(p.files) - 1))
	for _, program := range []string{"opsman-ca", "opsman-sim"} {
		run("tar", "-xzf", program+"-"+version+"-linux-amd64.tar.gz")
		Expect(run("./"+program, "--help")).To(ContainSubstring("Usage: " + program))
		Expect(p.files).To(HaveKey(program + "-" + version + "-linux-arm64.tar.gz"))
	}
	for program, module := range map[string]string{
		"check": "github.com/opsman-ca/opsman-ca", "in": "github.com/opsman-ca/opsman-ca", "out": "github.com/opsman-ca/opsman-ca",
		"opsman-ca": "github.com/alecthomas/kong", "opsman-sim": "github.com/alecthomas/kong", "om": "github.com/pivotal-cf/om",
	} {
		Expect(p.files[program+"-"+version+".cdx.json"]).To(And(ContainSubstring(`"bomFormat": "CycloneDX"`), ContainSubstring(module)), program)
	}
	Expect(p.files["NOTICES-om"]).To(ContainSubstring("Licences and notices of what is linked into"))
}
