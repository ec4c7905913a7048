package scripts_test

import (
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// candidate are images as gets leave them; the digests begin with one letter.
func (c *checkout) candidate(letter string) {
	GinkgoHelper()
	for _, image := range []string{"resource", "task", "sim"} {
		c.write(".build/images/"+image+"/digest", "sha256:"+letter+image)
	}
}

var _ = Describe("the tag of a release", func() {
	const others = `tag: v1\.0\.0 is of other images \(resource sha256:aresource, task sha256:atask, sim sha256:asim\) than those that would be released \(resource sha256:bresource, .*\)\. Release them as a patch`

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
	// pushed takes the tag from where a put pushes it from.
	pushed := func(c *checkout) {
		GinkgoHelper()
		c.git("fetch", "--quiet", ".build/tagged", "refs/tags/*:refs/tags/*")
		Expect(os.RemoveAll(filepath.Join(c.folder, ".build", "tagged"))).To(Succeed())
	}

	It("names the images, stands alone, and is the same again for the same images", func() {
		c := cut()
		c.script("tag", "1.0.0", ".build/images", ".build/tagged")
		Expect(c.prints("git", "--git-dir=.build/tagged", "tag", "--list", "--format=%(refname:short) %(contents)")).
			To(Equal("v1.0.0 opsman-ca 1.0.0\n\nresource sha256:aresource\ntask sha256:atask\nsim sha256:asim"))
		before := c.prints("git", "--git-dir=.build/tagged", "rev-parse", "v1.0.0")
		pushed(c)
		c.script("tag", "1.0.0", ".build/images", ".build/tagged")
		Expect(c.prints("git", "--git-dir=.build/tagged", "rev-parse", "v1.0.0")).To(Equal(before))
	})

	It("is not of other images than before: a rebuild of a released commit is no release", func() {
		c := cut()
		c.script("tag", "1.0.0", ".build/images", ".build/tagged")
		pushed(c)
		c.candidate("b")
		c.refused(others, "tag", "1.0.0", ".build/images", ".build/tagged")
		Expect(filepath.Join(c.folder, ".build", "tagged")).NotTo(BeAnExistingFile())
	})

	It("is not taken for that of a release where a person made it, as it names no images", func() {
		c := cut()
		c.git("tag", "--annotate", "--message", "by hand", "v1.0.0")
		c.refused(`tag: v1\.0\.0 names no images`, "tag", "1.0.0", ".build/images", ".build/tagged")
		c.git("tag", "--delete", "v1.0.0")
		c.git("tag", "v1.0.0")
		c.refused(`tag: v1\.0\.0 names no images`, "tag", "1.0.0", ".build/images", ".build/tagged")
	})
})
