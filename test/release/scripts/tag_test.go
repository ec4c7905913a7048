package scripts_test

import (
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// candidate are images as gets leave them, with digests of that letter.
func (c *checkout) candidate(letter string) {
	GinkgoHelper()
	for _, image := range []string{"resource", "task", "sim"} {
		c.write(".build/images/"+image+"/digest", "sha256:"+letter+image)
	}
}

var _ = Describe("the tags of a release", func() {
	const (
		reservation = "--git-dir=.build/tagged/reservation"
		repository  = "--git-dir=.build/tagged/repository"
		others      = `tag: 1\.0\.0 are other images \(resource sha256:aresource, task sha256:atask, sim sha256:asim\) than those that would be released \(resource sha256:bresource, .*\)\. Release them as a patch`
	)

	cut := func() *checkout {
		GinkgoHelper()
		c := begin()
		c.write(".gitignore", "/.build/\n")
		c.script("changelog", "major", "2026-11-02")
		c.commit("Release 1.0.0")
		c.git("tag", "v0.9.0")
		c.candidate("a")
		return c
	}
	fresh := func(c *checkout) {
		GinkgoHelper()
		Expect(os.RemoveAll(filepath.Join(c.folder, ".build", "tagged"))).To(Succeed())
		Expect(os.MkdirAll(filepath.Join(c.folder, ".build", "tagged"), 0o750)).To(Succeed())
	}
	tag := func(c *checkout) {
		GinkgoHelper()
		fresh(c)
		c.script("tag", "make", "1.0.0", ".build/images", ".build/tagged")
	}
	hashes := func(c *checkout) []string {
		GinkgoHelper()
		return []string{c.prints("git", reservation, "rev-parse", "images-1.0.0"), c.prints("git", repository, "rev-parse", "v1.0.0")}
	}

	It("name the images, and stand alone", func() {
		c := cut()
		tag(c)
		const images = "opsman-ca 1.0.0\n\nresource sha256:aresource\ntask sha256:atask\nsim sha256:asim"
		for folder, name := range map[string]string{reservation: "images-1.0.0", repository: "v1.0.0"} {
			Expect(c.prints("git", folder, "tag", "--list", "--format=%(refname:short) %(contents)")).To(Equal(name + " " + images))
		}
	})

	It("are the same again at any later time, known or not, for the same images", func() {
		c := cut()
		tag(c)
		before := hashes(c)
		c.env = append(c.env, "GIT_COMMITTER_DATE=2026-11-09T10:00:00Z")
		tag(c)
		Expect(hashes(c)).To(Equal(before))
		c.git("tag", "--delete", "v1.0.0", "images-1.0.0")
		tag(c)
		Expect(hashes(c)).To(Equal(before))
	})

	DescribeTable("are not made of other images: a rebuild of a released commit is no release", func(known ...string) {
		c := cut()
		tag(c)
		for _, name := range []string{"v1.0.0", "images-1.0.0"} {
			c.git("tag", "--delete", name)
		}
		for _, name := range known {
			c.git("fetch", "--quiet", ".build/tagged/"+name, "refs/tags/*:refs/tags/*")
		}
		fresh(c)
		c.candidate("b")
		c.refused(others, "tag", "make", "1.0.0", ".build/images", ".build/tagged")
	},
		Entry("once it was released", "reservation", "repository"),
		Entry("once the images were reserved", "reservation"),
		Entry("by its own tag alone", "repository"),
	)

	It("are refused by the repository where the job did not know of them", func() {
		c := cut()
		tag(c)
		c.git("init", "--quiet", "--bare", ".build/remote")
		c.git(reservation, "push", "--quiet", "--tags", c.folder+"/.build/remote")
		c.git(reservation, "push", "--quiet", "--tags", c.folder+"/.build/remote")
		c.git("tag", "--delete", "v1.0.0", "images-1.0.0")
		c.candidate("b")
		tag(c)
		Expect(c.start("git", reservation, "push", "--tags", c.folder+"/.build/remote").ExitCode()).NotTo(BeZero())
	})

	It("are not taken for those of a ship where a person made one, as it names no images", func() {
		for _, how := range [][]string{{"--annotate", "--message", "by hand"}, {"--no-sign"}} {
			c := cut()
			c.git(append(append([]string{"tag"}, how...), "v1.0.0")...)
			fresh(c)
			c.refused(`tag: the tag v1\.0\.0 names no images`, "tag", "make", "1.0.0", ".build/images", ".build/tagged")
		}
	})

	It("tell whether images are those of the release", func() {
		c := cut()
		tag(c)
		c.script("tag", "check", ".build/images")
		c.candidate("b")
		c.refused(`tag: v1\.0\.0 is the release of other images \(resource sha256:aresource, .*\) than the newest ones \(resource sha256:bresource`, "tag", "check", ".build/images")
	})
})
