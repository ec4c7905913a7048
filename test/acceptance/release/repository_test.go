package release_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// repository is one that steps reach, and a checkout of it.
type repository struct{ name, url, folder, checkout string }

var section = regexp.MustCompile(`(?m)^## \[\d+\.\d+\.\d+\].*\n`)

// publish makes a repository with the files of this checkout, of which nothing was released yet, and
// a commit since the tag to count from.
func publish() *repository {
	GinkgoHelper()
	r := &repository{folder: GinkgoT().TempDir()}
	r.name = filepath.Base(filepath.Dir(r.folder)) + filepath.Base(r.folder)
	r.name = strings.ToLower(strings.Trim(strings.NewReplacer("_", "-", ".", "-").Replace(r.name), "-"))
	r.checkout = filepath.Join(r.folder, "checkout")
	Expect(os.Mkdir(r.checkout, 0o750)).To(Succeed())
	files := exec.CommandContext(context.Background(), "git", "-C", ci.File(), "ls-files", "--cached", "--others", "--exclude-standard", "-z")
	list, err := files.Output()
	Expect(err).NotTo(HaveOccurred())
	for file := range strings.SplitSeq(strings.TrimSuffix(string(list), "\x00"), "\x00") {
		text, err := os.ReadFile(ci.File(file))
		if os.IsNotExist(err) {
			continue // removed, and not committed
		}
		Expect(err).NotTo(HaveOccurred())
		info, err := os.Stat(ci.File(file))
		Expect(err).NotTo(HaveOccurred())
		into := filepath.Join(r.checkout, file)
		Expect(os.MkdirAll(filepath.Dir(into), 0o750)).To(Succeed())
		Expect(os.WriteFile(into, text, info.Mode().Perm())).To(Succeed())
	}
	// Whatever was released of this checkout.
	r.write("CHANGELOG.md", section.ReplaceAllString(r.read("CHANGELOG.md"), ""), 0o600)
	r.replace()
	r.git("init", "--quiet", "--initial-branch=main")
	r.git("commit", "--quiet", "--allow-empty", "--message", "Begin")
	r.git("add", "--all")
	r.git("commit", "--quiet", "--message", "Build")
	r.git("tag", "v0.0.0")
	r.git("clone", "--quiet", "--bare", ".", "../opsman-ca.git")
	r.change("A new thing.")
	r.commit("Change")
	r.serve()
	return r
}

func (r *repository) read(file string) string {
	GinkgoHelper()
	text, err := os.ReadFile(filepath.Join(r.checkout, file))
	Expect(err).NotTo(HaveOccurred())
	return string(text)
}

func (r *repository) write(file, text string, mode os.FileMode) {
	GinkgoHelper()
	Expect(os.WriteFile(filepath.Join(r.checkout, file), []byte(text), mode)).To(Succeed())
}

// replace puts stand-ins in for what needs a database from elsewhere, or a privileged step.
func (r *repository) replace() {
	GinkgoHelper()
	var kept []string
	for rule := range strings.SplitSeq(r.read("Makefile"), "\n\n") {
		if !strings.Contains(rule, "\nvuln:") {
			kept = append(kept, rule)
		}
	}
	kept = append(kept, "vuln:\n\t@echo not looked for vulnerabilities\n")
	r.write("Makefile", strings.Join(kept, "\n\n"), 0o600)
	r.write(filepath.Join("build", "release", "acceptance"),
		"#!/bin/sh\nset -eu\nfor image in resource task sim; do\n  test -s \"$1/$image/image.tar\"\n  echo \"$image by digest $(cat \"$1/$image/digest\")\"\ndone\n", 0o700)
}

// change puts a line into the changelog.
func (r *repository) change(line string) {
	GinkgoHelper()
	const unreleased = "## [Unreleased]\n"
	Expect(r.read("CHANGELOG.md")).To(ContainSubstring(unreleased))
	r.write("CHANGELOG.md", strings.Replace(r.read("CHANGELOG.md"), unreleased, unreleased+"\n### Added\n\n- "+line+"\n", 1), 0o600)
}

// cut makes a section of the changelog, as docs/dev/releasing.md says, and pushes the commit.
func (r *repository) cut(bump string) {
	GinkgoHelper()
	r.git("fetch", "--quiet", "--tags", "--force", "../opsman-ca.git")
	text, err := exec.CommandContext(context.Background(), filepath.Join(r.checkout, "build", "release", "changelog"), bump).CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(text))
	r.commit("Release")
}

func (r *repository) commit(message string) {
	GinkgoHelper()
	r.git("commit", "--quiet", "--all", "--message", message)
	r.git("push", "--quiet", "../opsman-ca.git", "main")
}

// serve lets steps clone and push.
func (r *repository) serve() {
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

func (r *repository) git(args ...string) string {
	GinkgoHelper()
	cmd := exec.CommandContext(context.Background(), "git", args...)
	cmd.Dir = r.checkout
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_AUTHOR_NAME=Maintainer", "GIT_AUTHOR_EMAIL=maintainer@example.com", "GIT_COMMITTER_NAME=Maintainer", "GIT_COMMITTER_EMAIL=maintainer@example.com")
	text, err := cmd.CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(text))
	return strings.TrimSpace(string(text))
}

func (r *repository) head() string { GinkgoHelper(); return r.git("rev-parse", "main") }

func (r *repository) tags() []string {
	GinkgoHelper()
	return strings.Fields(r.git("--git-dir=../opsman-ca.git", "tag", "--list"))
}
