// Package scripts_test runs the scripts of build/release in a git repository of its own,
// with small images, as the release pipeline runs them.
package scripts_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"
	"github.com/onsi/gomega/gexec"
)

func TestScripts(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Release scripts")
}

var _ = AfterSuite(gexec.CleanupBuildArtifacts)

// checkout is a git repository with the scripts, a changelog and a Go module.
type checkout struct {
	folder string
	env    []string
}

// begin makes one with a first commit.
func begin() *checkout {
	GinkgoHelper()
	c := &checkout{folder: GinkgoT().TempDir()}
	c.env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull,
		"GIT_AUTHOR_NAME=Maintainer", "GIT_AUTHOR_EMAIL=maintainer@example.com", "GIT_AUTHOR_DATE=2026-11-01T10:00:00Z",
		"GIT_COMMITTER_NAME=Maintainer", "GIT_COMMITTER_EMAIL=maintainer@example.com", "GIT_COMMITTER_DATE=2026-11-01T10:00:00Z")
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	Expect(err).NotTo(HaveOccurred())
	Expect(os.CopyFS(filepath.Join(c.folder, "build", "release"), os.DirFS(filepath.Join(root, "build", "release")))).To(Succeed())
	c.write("go.mod", "module github.com/opsman-ca/opsman-ca\n\ngo 1.26\n")
	c.write("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- The first thing.\n")
	c.git("init", "--quiet", "--initial-branch=main")
	c.commit("Begin")
	return c
}

func (c *checkout) write(name, text string) {
	GinkgoHelper()
	path := filepath.Join(c.folder, filepath.FromSlash(name))
	Expect(os.MkdirAll(filepath.Dir(path), 0o750)).To(Succeed())
	Expect(os.WriteFile(path, []byte(text), 0o600)).To(Succeed())
}

func (c *checkout) read(name string) string {
	GinkgoHelper()
	text, err := os.ReadFile(filepath.Join(c.folder, filepath.FromSlash(name)))
	Expect(err).NotTo(HaveOccurred())
	return string(text)
}

func (c *checkout) git(args ...string) { GinkgoHelper(); c.prints("git", args...) }

func (c *checkout) commit(message string) {
	GinkgoHelper()
	c.git("add", "--all")
	c.git("commit", "--quiet", "--allow-empty", "--message", message)
}

// release makes the section, commits it, and tags the commit.
func (c *checkout) release(bump string) {
	GinkgoHelper()
	version, _, _ := strings.Cut(c.script("changelog", bump, "2026-11-02"), ",")
	c.commit("Release " + version)
	c.git("tag", "--annotate", "--message", "notes", "v"+version)
}

// note writes an entry under Unreleased.
func (c *checkout) note(entry string) {
	GinkgoHelper()
	c.write("CHANGELOG.md", strings.Replace(c.read("CHANGELOG.md"), "## [Unreleased]\n", "## [Unreleased]\n\n- "+entry+"\n", 1))
	c.commit(entry)
}

func (c *checkout) start(program string, args ...string) *gexec.Session {
	GinkgoHelper()
	cmd := exec.CommandContext(GinkgoT().Context(), program, args...)
	cmd.Dir, cmd.Env = c.folder, c.env
	session, err := gexec.Start(cmd, nil, nil)
	Expect(err).NotTo(HaveOccurred())
	Eventually(session, "2m").Should(gexec.Exit())
	return session
}

// prints runs a program that succeeds, and gives what it prints.
func (c *checkout) prints(program string, args ...string) string {
	GinkgoHelper()
	session := c.start(program, args...)
	Expect(session).To(gexec.Exit(0), string(session.Err.Contents()))
	return strings.TrimRight(string(session.Out.Contents()), "\n")
}

// script is prints of one of the scripts.
func (c *checkout) script(name string, args ...string) string {
	GinkgoHelper()
	return c.prints(filepath.Join(c.folder, "build", "release", name), args...)
}

// refused runs a script that fails and says so, and prints nothing that a later step could take for an answer.
func (c *checkout) refused(because, name string, args ...string) {
	GinkgoHelper()
	session := c.start(filepath.Join(c.folder, "build", "release", name), args...)
	Expect(session.ExitCode()).NotTo(BeZero())
	Expect(session.Err).To(gbytes.Say(because))
	Expect(session.Out.Contents()).To(BeEmpty())
}
