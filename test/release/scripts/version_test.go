package scripts_test

import (
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("the version", func() {
	It("is given by the changelog first, by tags and bump then", func() {
		c := begin()
		Expect(c.script("version", "candidate")).To(Equal("0.0.0-dev"))
		c.refused("a major release behind 0.0.0 is 1.0.0, but this commit is 0.0.0-dev. Run build/release/changelog major", "version", "next", "major")

		By("the first release")
		c.script("changelog", "major", "2026-11-02")
		c.commit("Release 1.0.0")
		Expect(c.script("version", "candidate")).To(Equal("1.0.0"))
		c.refused("a minor release behind 0.0.0 is 0.1.0, but this commit is 1.0.0: start ship-major", "version", "next", "minor")
		Expect(c.script("version", "next", "major")).To(Equal("1.0.0"))

		By("taking it up again, when its tag was pushed already")
		c.git("tag", "v1.0.0")
		for _, bump := range []string{"major", "minor", "patch"} {
			Expect(c.script("version", "next", bump)).To(Equal("1.0.0"))
		}

		By("a commit behind it is no release")
		c.note("The second thing.")
		Expect(c.script("version", "candidate")).To(MatchRegexp(`^1\.0\.0-1-g[0-9a-f]+$`))
		c.refused(`a patch release behind 1.0.0 is 1.0.1, but this commit is 1\.0\.0-1-g`, "version", "next", "patch")

		By("and the next ones")
		c.release("minor")
		Expect(c.script("version", "candidate")).To(Equal("1.1.0"))
		c.note("The third thing.")
		c.script("changelog", "patch", "2026-11-03")
		c.commit("Release 1.1.1")
		Expect(c.script("version", "next", "patch")).To(Equal("1.1.1"))
	})

	It("counts as numbers, and passes by tags that are no release", func() {
		c := begin()
		for _, tag := range []string{"v1.9.0", "v1.10.0", "v1.2.30", "v2", "v2.0.0-rc1", "2.0.0", "v01.0.0"} {
			c.git("tag", tag)
		}
		c.note("More.")
		Expect(c.script("changelog", "minor", "2026-11-02")).To(HavePrefix("1.11.0"))
	})

	It("is counted from v0.0.0 before the first release", func() {
		c := begin()
		c.git("tag", "v0.0.0")
		Expect(c.script("version", "candidate")).To(Equal("0.0.0"))
		c.refused("this commit is 0.0.0", "version", "next", "major")
	})

	It("does not come back: a section older than the newest tag is built as git describes it", func() {
		c := begin()
		c.release("major")
		c.note("A release from elsewhere.")
		c.git("tag", "v1.1.0")
		c.note("More.")
		Expect(c.script("version", "candidate")).To(HavePrefix("1.1.0-1-g"))
	})

	DescribeTable("is refused", func(because string, args ...string) { begin().refused(because, "version", args...) },
		Entry("a bump that is none", `the bump is "huge": expected major, minor or patch`, "next", "huge"),
		Entry("no bump", `the bump is ""`, "next"),
		Entry("no bump of a section", `the bump is ""`, "cut"),
		Entry("tags of what is no version", `"1.2" is not a version`, "aliases", "1.2"),
		Entry("nothing", "usage"),
	)

	It("gives the tags of images", func() {
		Expect(begin().script("version", "aliases", "1.20.3")).To(Equal("1.20.3\n1.20\n1"))
	})
})

var _ = Describe("the changelog", func() {
	It("gets a section of what is unreleased, and gives it as notes", func() {
		c := begin()
		c.release("major")
		c.note("The second thing.")
		c.script("changelog", "minor", "2026-11-03")
		Expect(c.read("CHANGELOG.md")).To(Equal("# Changelog\n\n## [Unreleased]\n\n## [1.1.0] - 2026-11-03\n\n- The second thing.\n\n## [1.0.0] - 2026-11-02\n\n### Added\n\n- The first thing.\n"))
		Expect(c.script("notes", "1.1.0")).To(Equal("- The second thing."))
		Expect(c.script("notes", "1.0.0")).To(Equal("### Added\n\n- The first thing."))
		c.refused(`no section "## \[1.0\] - DATE"`, "notes", "1.0")
	})

	It("is refused where there is nothing to release, or a section that has no tag", func() {
		c := begin()
		c.script("changelog", "minor", "2026-11-02")
		c.refused(`has a section 0\.1\.0, and the newest tag is v0\.0\.0: fetch the tags`, "changelog", "minor")
		c.commit("Release 0.1.0")
		c.git("tag", "v0.1.0")
		c.refused(`nothing under \[Unreleased\]`, "changelog", "major")
		c.refused(`the bump is "1.0.0"`, "changelog", "1.0.0")
	})

	It("counts from no older release where tags were not fetched", func() {
		c := begin()
		c.git("tag", "v0.0.0")
		c.release("major")
		c.note("The second thing.")
		c.git("tag", "--delete", "v1.0.0")
		c.refused(`has a section 1\.0\.0, and the newest tag is v0\.0\.0: fetch the tags`, "changelog", "patch")
	})

	It("leaves out the links at the end", func() {
		c := begin()
		c.write("CHANGELOG.md", "## [Unreleased]\n\n## [1.0.0] - 2026-11-02\n\n- A [thing].\n\n[thing]: https://example.com\n")
		Expect(c.script("notes", "1.0.0")).To(Equal("- A [thing]."))
	})
})

var _ = Describe("the stamp", func() {
	It("has the candidate's version and the bases by digest", func() {
		c := begin()
		c.release("major")
		for image, digest := range map[string]string{"golang": "sha256:aa", "busybox": "sha256:bb"} {
			c.write(".build/"+image+"/repository", image)
			c.write(".build/"+image+"/digest", digest)
		}
		c.write(".gitignore", ".build\n")
		c.commit("Ignore what is built")
		c.git("tag", "--delete", "v1.0.0")
		Expect(strings.Split(c.script("stamp", ".build/golang", ".build/busybox"), "\n")).To(HaveExactElements(
			Equal("BUILD_VERSION=1.0.0"), MatchRegexp("^BUILD_COMMIT=[0-9a-f]{7,}$"), MatchRegexp("^BUILD_DATE=2026-11-01T10:00:00"+regexp.QuoteMeta("+00:00")+"$"),
			Equal("GO_IMAGE=golang@sha256:aa"), Equal("BASE_IMAGE=busybox@sha256:bb"),
		))
	})
})
