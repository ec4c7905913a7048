package candidate_test

import (
	"archive/tar"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/build/release/candidate"
)

const (
	made = "2026-11-28T23:30:00+01:00"
	log  = `# Changelog

## [Unreleased]

### Added

## [1.0.0] - 2026-11-29

### Added

- A resource type.
- And tasks.

## [0.9.0] - 2026-01-01

- A beginning.

[1.0.0]: https://github.com/opsman-ca/opsman-ca/releases/tag/v1.0.0
`
)

// release is a candidate with which nothing is wrong, in folders of its own.
type release struct {
	candidate.Candidate
	// hash is that of the commit.
	hash   string
	labels map[string]string
}

func newRelease(ctx SpecContext) *release {
	GinkgoHelper()
	folder := GinkgoT().TempDir()
	r := &release{Candidate: candidate.Candidate{
		Version:  "1.0.0",
		Checkout: filepath.Join(folder, "checkout"), Programs: filepath.Join(folder, "programs"), Archives: filepath.Join(folder, "archives"),
	}}
	for _, f := range []string{r.Checkout, r.Programs, r.Archives} {
		Expect(os.Mkdir(f, 0o700)).To(Succeed())
	}
	r.git(ctx, "init", "--quiet")
	r.changelog(log)
	r.build(ctx)
	r.write(filepath.Join(r.Archives, "base.tar"), "no image of the project")
	return r
}

func (r *release) write(path, text string) {
	GinkgoHelper()
	Expect(os.WriteFile(path, []byte(text), 0o600)).To(Succeed())
}

func (r *release) changelog(text string) {
	GinkgoHelper()
	r.write(filepath.Join(r.Checkout, "CHANGELOG.md"), text)
}

// git runs git with nothing of this machine's configuration.
func (r *release) git(ctx SpecContext, args ...string) string {
	GinkgoHelper()
	command := exec.CommandContext(ctx, "git", append([]string{"-C", r.Checkout, "-c", "user.name=A", "-c", "user.email=a@example.com"}, args...)...)
	command.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_COMMITTER_DATE="+made)
	command.Stderr = GinkgoWriter
	out, err := command.Output()
	Expect(err).NotTo(HaveOccurred())
	return strings.TrimSpace(string(out))
}

func (r *release) commit(ctx SpecContext) {
	GinkgoHelper()
	r.git(ctx, "add", "--all")
	r.git(ctx, "commit", "--quiet", "--allow-empty", "--message", "a commit")
	r.hash = r.git(ctx, "rev-parse", "HEAD")
}

// build commits what is there, and makes programs and images of it.
func (r *release) build(ctx SpecContext) {
	GinkgoHelper()
	r.commit(ctx)
	for name, title := range map[string]string{"check": "opsman-ca check", "in": "opsman-ca in", "out": "opsman-ca out", "opsman-ca": "opsman-ca", "opsman-sim": "opsman-sim"} {
		r.program(name, fmt.Sprintf("echo '%s 1.0.0 (%s, go1.26.8): more'", title, r.hash[:9]))
	}
	r.labels = map[string]string{
		"description": "What it is for", "source": candidate.Source, "licenses": "Apache-2.0",
		"version": "1.0.0", "revision": r.hash[:7], "created": "2026-11-28T22:30:00Z",
	}
	for _, name := range []string{"resource", "task", "sim"} {
		r.archive(name, r.labels)
	}
}

// program writes a program that runs a line of shell when it is asked for its version.
func (r *release) program(name, line string) {
	GinkgoHelper()
	path := filepath.Join(r.Programs, name)
	Expect(os.WriteFile(path, []byte("#!/bin/sh\n[ \"$*\" = --version ] || exit 9\n"+line+"\n"), 0o700)).To(Succeed())
}

// archive writes an image as docker save does, with a layer that is no JSON.
func (r *release) archive(name string, labels map[string]string) {
	GinkgoHelper()
	all := map[string]string{"org.opencontainers.image.title": "opsman-ca " + name}
	for key, value := range labels {
		all["org.opencontainers.image."+key] = value
	}
	config, err := json.Marshal(map[string]any{"architecture": "amd64", "config": map[string]any{"Labels": all}})
	Expect(err).NotTo(HaveOccurred())
	r.tar(name, map[string]string{
		"layer.tar": strings.Repeat("\x00", 2<<20), "blobs/sha256/c0": string(config),
		"manifest.json": `[{"Config":"blobs/sha256/c0","RepoTags":["opsman-ca/` + name + `:dev"],"Layers":["layer.tar"]}]`,
	})
}

func (r *release) tar(name string, files map[string]string) {
	GinkgoHelper()
	file, err := os.Create(filepath.Join(r.Archives, name+".tar"))
	Expect(err).NotTo(HaveOccurred())
	archive := tar.NewWriter(file)
	for path, text := range files {
		Expect(archive.WriteHeader(&tar.Header{Name: path, Mode: 0o644, Size: int64(len(text)), Typeflag: tar.TypeReg})).To(Succeed())
		_, err := archive.Write([]byte(text))
		Expect(err).NotTo(HaveOccurred())
	}
	Expect(archive.Close()).To(Succeed())
	Expect(file.Close()).To(Succeed())
}

// with are the labels with other values; an empty one is not there.
func (r *release) with(changed map[string]string) map[string]string {
	labels := maps.Clone(r.labels)
	maps.Copy(labels, changed)
	maps.DeleteFunc(labels, func(_, value string) bool { return value == "" })
	return labels
}

// problems are one line each, with the spec's own folders and commit left out.
func (r *release) problems(ctx SpecContext) (lines []string) {
	for _, problem := range r.Check(ctx).Problems {
		lines = append(lines, strings.NewReplacer(filepath.Dir(r.Checkout)+"/", "", r.hash[:7], "HEAD").Replace(problem.Error()))
	}
	return lines
}

var _ = Describe("A candidate", func() {
	It("may be released, and it is said what was looked at", func(ctx SpecContext) {
		r := newRelease(ctx)
		found := r.Check(ctx)
		Expect(found.Problems).To(BeEmpty())
		Expect(found.Facts).To(Equal([]string{
			"CHANGELOG.md  2026-11-29, 2 lines",
			"commit        " + r.hash + ", without a tag so far: git tag --annotate v1.0.0",
			"programs      check, in, out, opsman-ca, opsman-sim",
			"images        resource, task, sim",
		}))
	})

	DescribeTable("may be released", func(ctx SpecContext, change func(SpecContext, *release), facts ...string) {
		r := newRelease(ctx)
		change(ctx, r)
		found := r.Check(ctx)
		Expect(found.Problems).To(BeEmpty())
		for _, fact := range facts {
			Expect(found.Facts).To(ContainElement(ContainSubstring(fact)))
		}
	},
		Entry("at its tag", func(ctx SpecContext, r *release) { r.git(ctx, "tag", "v1.0.0") }, ", tag v1.0.0"),
		Entry("at its tag, an object of its own", func(ctx SpecContext, r *release) {
			r.git(ctx, "tag", "--annotate", "--message", "1.0.0", "v1.0.0")
		}, ", tag v1.0.0"),
		Entry("beside other tags", func(ctx SpecContext, r *release) {
			r.git(ctx, "tag", "v1.0.0-rc.1")
			r.git(ctx, "tag", "v1.0")
			r.commit(ctx)
			r.git(ctx, "reset", "--hard", "--quiet", "HEAD^")
		}, "without a tag"),
		Entry("without archives, which is said", func(_ SpecContext, r *release) {
			Expect(os.RemoveAll(r.Archives)).To(Succeed())
		}, "NOT CHECKED, because no archive is in "),
		Entry("with whole hashes in the labels", func(_ SpecContext, r *release) {
			r.archive("task", r.with(map[string]string{"revision": r.hash}))
		}),
	)

	const todo = "; build it at this commit: make image-archives BUILD_VERSION=1.0.0"
	const correct = "; the Dockerfile's LABEL sets it: correct it there, and make image-archives"

	DescribeTable("is refused for", func(ctx SpecContext, change func(SpecContext, *release), want any) {
		r := newRelease(ctx)
		change(ctx, r)
		Expect(r.problems(ctx)).To(HaveExactElements(want))
	},
		Entry("no version", func(_ SpecContext, r *release) { r.Version = "" },
			"VERSION is empty: name the release, for example make release-check VERSION=1.0.0"),
		Entry("a v", func(_ SpecContext, r *release) { r.Version = "v1.0.0" },
			`VERSION "v1.0.0" begins with a v, which tags have and versions have not: leave it out`),
		Entry("a short version", func(_ SpecContext, r *release) { r.Version = "1.0" },
			`VERSION "1.0" is not a semantic version: expected MAJOR.MINOR.PATCH, for example 1.0.0 or 1.1.0-rc.1`),
		Entry("leading zeros", func(_ SpecContext, r *release) { r.Version = "1.02.0" },
			`VERSION "1.02.0" is not a semantic version: expected MAJOR.MINOR.PATCH, for example 1.0.0 or 1.1.0-rc.1`),
		Entry("build metadata", func(_ SpecContext, r *release) { r.Version = "1.0.0+5" },
			`VERSION "1.0.0+5" has build metadata, which a tag of an image cannot have: leave out "+5"`),

		Entry("no changelog", func(ctx SpecContext, r *release) { r.git(ctx, "rm", "--quiet", "CHANGELOG.md"); r.build(ctx) },
			"the changelog cannot be read: open checkout/CHANGELOG.md: no such file or directory; a release has a section in it"),
		changelogs("no section", "## [1.0.0] - 2026-11-29", "## [0.9.1] - 2026-11-29",
			`CHANGELOG.md has no section for 1.0.0: write "## [1.0.0] - YYYY-MM-DD" above the other versions, with what is released below it`),
		changelogs("no date", "## [1.0.0] - 2026-11-29", "## [1.0.0]",
			`CHANGELOG.md, line 7: 1.0.0 has no date: write "## [1.0.0] - YYYY-MM-DD"`),
		changelogs("a date that is none", "2026-11-29", "2026-11-31",
			`CHANGELOG.md, line 7: "2026-11-31" is not a date: write "## [1.0.0] - YYYY-MM-DD"`),
		changelogs("an empty section", "- A resource type.\n- And tasks.\n", "",
			"CHANGELOG.md, line 7: nothing stands below 1.0.0: write what an operator notices of it"),
		changelogs("what is unreleased", "### Added\n\n## [1", "### Added\n\n- A thing.\n  And more of it.\n\n## [1",
			`CHANGELOG.md, line 3: 2 lines are still unreleased, the first is "- A thing.": move all of it into the section of the release`),
		changelogs("a newer version", "## [0.9.0]", "## [1.0.1]",
			"CHANGELOG.md, line 14: 1.0.1 is newer than 1.0.0: release a version above it"),
		changelogs("an older version above it", "## [1.0.0]", "## [1.0.0-rc.1] - 2026-11-28\n\n- A candidate.\n\n## [1.0.0]",
			"CHANGELOG.md, line 11: 1.0.0 stands below 1.0.0-rc.1, which is older: the newest version stands first"),
		changelogs("two sections", "## [0.9.0]", "## [1.0.0]",
			"CHANGELOG.md, line 14: 1.0.0 has another section on line 7: make one of them"),
		changelogs("a heading that is no version", "## [0.9.0] - 2026-01-01", "## Older ones",
			`CHANGELOG.md, line 14: "## Older ones" is neither Unreleased nor a version: expected for example "## [1.0.0] - 2026-11-29"`),

		Entry("no repository", func(_ SpecContext, r *release) { Expect(os.RemoveAll(filepath.Join(r.Checkout, ".git"))).To(Succeed()) },
			MatchRegexp("^git does not tell which commit is checked out: exit status 128: .+; check in a clone of the repository$")),
		Entry("a changed file and a new one", func(_ SpecContext, r *release) {
			r.changelog(strings.ReplaceAll(log, "tasks", "a task"))
			r.write(filepath.Join(r.Checkout, "new"), "")
		},
			`2 files are changed or new in the checkout, the first is "M CHANGELOG.md": commit all of it, or put it away with git stash --include-untracked`),
		Entry("another commit than the tag's", func(ctx SpecContext, r *release) {
			r.git(ctx, "tag", "--annotate", "--message", "1.0.0", "v1.0.0", r.git(ctx, "commit-tree", "-m", "another commit", "HEAD^{tree}"))
		},
			MatchRegexp("^the tag v1.0.0 is commit [0-9a-f]{7}, and HEAD is checked out: check out the tag, or release another version; a tag that was published stays where it is$")),

		Entry("a program that is missing", func(_ SpecContext, r *release) { Expect(os.Remove(filepath.Join(r.Programs, "in"))).To(Succeed()) },
			"programs/in --version fails: fork/exec programs/in: no such file or directory; it is built by make release-check"),
		Entry("a program without the flag", func(_ SpecContext, r *release) { r.program("opsman-sim", "echo unknown flag --version >&2; exit 1") },
			"programs/opsman-sim --version fails: exit status 1: unknown flag --version; it is built by make release-check"),
		Entry("a program of another version", func(_ SpecContext, r *release) {
			r.program("out", "echo 'opsman-ca out 0.0.0-dev ("+r.hash+", go1.26.8)'")
		},
			"programs/out --version says 0.0.0-dev and not 1.0.0: build it with BUILD_VERSION=1.0.0; if it was, LDFLAGS of the Makefile name another variable than internal/buildinfo has"),
		Entry("a version that only begins with it", func(_ SpecContext, r *release) {
			r.program("opsman-ca", "echo 'opsman-ca 1.0.0-3-gabc1234 ("+r.hash+", go1.26.8)'")
		},
			"programs/opsman-ca --version says 1.0.0-3-gabc1234 and not 1.0.0: build it with BUILD_VERSION=1.0.0; if it was, LDFLAGS of the Makefile name another variable than internal/buildinfo has"),
		Entry("a program in the place of another", func(_ SpecContext, r *release) {
			r.program("check", "echo 'opsman-ca in 1.0.0 ("+r.hash[:7]+", go1.26.8)'")
		},
			`programs/check --version says "opsman-ca in 1.0.0 (HEAD, go1.26.8)": expected "opsman-ca check 1.0.0 (COMMIT, GO)", as internal/buildinfo writes it`),
		Entry("a program of another commit", func(_ SpecContext, r *release) {
			r.program("check", "echo 'opsman-ca check 1.0.0 (0123456, go1.26.8)'")
		},
			"programs/check --version says commit 0123456, and HEAD is checked out: build it again, without BUILD_COMMIT"),

		Entry("an image that is missing beside others", func(_ SpecContext, r *release) { Expect(os.Remove(filepath.Join(r.Archives, "sim.tar"))).To(Succeed()) },
			"archives/sim.tar is missing beside other images: make all of them with make image-archives BUILD_VERSION=1.0.0"),
		Entry("an archive that is none", func(_ SpecContext, r *release) { r.write(filepath.Join(r.Archives, "sim.tar"), "text") },
			"archives/sim.tar is not read as an image: unexpected EOF; make it again with make image-archives BUILD_VERSION=1.0.0"),
		Entry("an archive of anything", func(_ SpecContext, r *release) { r.tar("sim", map[string]string{"file": "text"}) },
			`archives/sim.tar is not read as an image: no "manifest.json" in it; make it again with make image-archives BUILD_VERSION=1.0.0`),
		Entry("an archive of two images", func(_ SpecContext, r *release) { r.tar("sim", map[string]string{"manifest.json": `[{},{}]`}) },
			"archives/sim.tar is not read as an image: manifest.json names 2 images: expected one; make it again with make image-archives BUILD_VERSION=1.0.0"),
		labels("no source", "source", "", `"": expected "https://github.com/opsman-ca/opsman-ca"`+correct),
		labels("another source", "source", "https://example.com", `"https://example.com": expected "https://github.com/opsman-ca/opsman-ca"`+correct),
		labels("no licence", "licenses", "", `"": expected "Apache-2.0"`+correct),
		labels("another title", "title", "opsman-ca", `"opsman-ca": expected "opsman-ca task"`+correct),
		labels("no description", "description", "", `"": expected a sentence`+correct),
		labels("another version", "version", "0.0.0-dev", `"0.0.0-dev": expected "1.0.0"`+todo),
		labels("another revision", "revision", "0123456", `"0123456": expected "HEAD", the commit that is checked out`+todo),
		labels("no revision", "revision", "", `"": expected "HEAD", the commit that is checked out`+todo),
		Entry("the label of a checkout with changes", func(_ SpecContext, r *release) {
			r.archive("task", r.with(map[string]string{"revision": r.hash[:7] + "-dirty"}))
		},
			`archives/task.tar: the label org.opencontainers.image.revision is "HEAD-dirty": expected "HEAD", the commit that is checked out`+todo),
		Entry("a revision that is too short to tell", func(_ SpecContext, r *release) { r.archive("task", r.with(map[string]string{"revision": r.hash[:4]})) },
			MatchRegexp(`^archives/task.tar: the label org.opencontainers.image.revision is "[0-9a-f]{4}": expected "HEAD"`)),
		labels("another date", "created", "2026-11-29T00:00:00Z", `"2026-11-29T00:00:00Z": expected "`+made+`", when that commit was made`+todo),
		labels("no date", "created", "", `"": expected "`+made+`", when that commit was made`+todo),
	)

	It("is refused for all problems at once", func(ctx SpecContext) {
		r := newRelease(ctx)
		r.changelog("## [Unreleased]\n- A thing.\n## [1.0.0]\n")
		r.program("in", "exit 1")
		r.archive("task", nil)
		Expect(os.Remove(filepath.Join(r.Archives, "sim.tar"))).To(Succeed())
		Expect(r.problems(ctx)).To(HaveExactElements(
			HavePrefix("CHANGELOG.md, line 1: 1 line is still unreleased"),
			HavePrefix("CHANGELOG.md, line 3: 1.0.0 has no date"),
			HavePrefix("CHANGELOG.md, line 3: nothing stands below 1.0.0"),
			HavePrefix("1 file is changed or new"),
			HavePrefix("programs/in --version fails"),
			ContainSubstring("image.description"), ContainSubstring("image.source"), ContainSubstring("image.licenses"),
			ContainSubstring("image.version"), ContainSubstring("image.revision"), ContainSubstring("image.created"),
			HavePrefix("archives/sim.tar is missing"),
		))
	})
})

var _ = Describe("The command", func() {
	It("ends with 0 and says what was looked at, or with 1 and says each problem", func(ctx SpecContext) {
		command, err := gexec.Build("../check")
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(gexec.CleanupBuildArtifacts)
		r := newRelease(ctx)
		run := func() (code int, stdout, stderr string) {
			check := exec.CommandContext(ctx, command, "-version", r.Version, "-checkout", r.Checkout, "-programs", r.Programs, "-archives", r.Archives)
			var out, errs strings.Builder
			check.Stdout, check.Stderr = &out, &errs
			if err := check.Run(); err != nil {
				Expect(err).To(BeAssignableToTypeOf(&exec.ExitError{}))
			}
			return check.ProcessState.ExitCode(), out.String(), errs.String()
		}

		code, stdout, stderr := run()
		Expect(stderr).To(BeEmpty())
		Expect(stdout).To(HavePrefix("1.0.0 may be released:\n  CHANGELOG.md  2026-11-29, 2 lines\n"))
		Expect(code).To(Equal(0))

		r.Version = "2.0.0"
		code, stdout, stderr = run()
		Expect(stdout).To(BeEmpty())
		Expect(stderr).To(HavePrefix("error: CHANGELOG.md has no section for 2.0.0"))
		Expect(strings.Split(strings.TrimSpace(stderr), "\n")).To(And(HaveLen(1+5+3), HaveEach(HavePrefix("error: "))))
		Expect(code).To(Equal(1))
	})
})

// changelogs is an entry for a changelog in which one text is another.
func changelogs(name, from, to, want string) TableEntry {
	return Entry(name, func(ctx SpecContext, r *release) {
		Expect(strings.Count(log, from)).To(Equal(1), from)
		r.changelog(strings.Replace(log, from, to, 1))
		r.build(ctx)
	}, want)
}

// labels is an entry for an image of tasks with another value of one label.
func labels(name, key, value, want string) TableEntry {
	return Entry(name+" among the labels", func(_ SpecContext, r *release) {
		r.archive("task", r.with(map[string]string{key: value}))
	}, "archives/task.tar: the label org.opencontainers.image."+key+" is "+want)
}
