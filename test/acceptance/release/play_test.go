package release_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
)

// images are those that a release has.
var images = []string{"resource", "task", "sim"}

// The pipeline that releases this project, its files unchanged but for what docs/dev/acceptance.md lists.
var _ = Describe("the release pipeline", func() {
	It("makes a candidate of a commit, releases it by its digest under all tags, and refuses what is no release", func() {
		repository := publish()
		page := newPage()
		w := outside(repository, page)
		tools := pushTools(repository, w)
		registry := tools.registry
		p := ci.SetPipeline("manual-rotation", func(s *concourse.Setting) { s.Text, s.Values = releasing(repository, w, registry) })
		base, major, patch := repository.base, repository.base.bumped("major"), repository.base.bumped("major").bumped("patch")

		By("a commit that is no release becomes a candidate")
		for _, resource := range []string{"day", "go-image", "base-image", "oci-build-task", "tags", "releases", "source"} {
			p.Look(resource)
		}
		p.Build("rebuild", 1).Succeeds()
		Expect(p.Build("unit", 1).Succeeds().Log()).To(ContainSubstring("ok  \tgithub.com/opsman-ca/opsman-ca/internal/"))
		Expect(p.Build("build", 1).Succeeds().Log()).To(And(ContainSubstring("BUILD_VERSION="+base.String()+"-1-g"), ContainSubstring("linux/arm64 sha256:")))
		p.Build("acceptance", 1).Succeeds()
		p.Run("ship-major").Fails("a major release behind " + base.String() + " is " + major.String() + ", but this commit is " + base.String() + "-1-g")
		Expect(repository.tags()).To(ConsistOf("v" + base.String()))

		By("the section of the changelog makes it one")
		repository.cut("major")
		p.Look("source")
		p.Build("unit", 2).Succeeds()
		p.Build("build", 2).Succeeds()
		p.Build("acceptance", 2).Succeeds()
		p.Run("ship-minor").Fails("a minor release behind " + base.String() + " is " + base.bumped("minor").String() + ", but this commit is " + major.String() + ": start ship-major")
		page.down()
		p.Run("ship-major").Fails("503")
		page.up()
		shipped := p.Run("ship-major").Succeeds()
		Expect(concourse.OneLine(shipped.Log())).To(And(
			ContainSubstring("v"+major.String()+" is this commit: released again"), // its tag was pushed before the page was down
			ContainSubstring(major.String()+" may be released"),
		))
		first := expectReleased(p, repository, page, registry, major, 2)

		By("a patch moves the short tags, and leaves the release before it")
		repository.change("A mended thing.")
		repository.cut("patch")
		p.Look("source")
		p.Build("unit", 3).Succeeds()
		p.Build("build", 3).Succeeds()
		p.Build("acceptance", 3).Succeeds()
		p.Run("ship-patch").Succeeds()
		second := expectReleased(p, repository, page, registry, patch, 3)
		for _, image := range images {
			Expect(second[image]).NotTo(Equal(first[image]))
			Expect(ci.Digest(registry+"/"+image+":"+major.String())).To(Equal(first[image]), image)
		}
		tags := []string{"v" + base.String(), "images-" + major.String(), "v" + major.String(), "images-" + patch.String(), "v" + patch.String()}
		Expect(repository.tags()).To(ConsistOf(tags))

		By("the same commit on a newer Go is another candidate, and is not released under a version that is given")
		tools.newerGo()
		p.Look("go-image")
		p.Build("rebuild", 2).Succeeds()
		p.Build("build", 4).Succeeds()
		p.Build("acceptance", 4).Succeeds()
		p.Run("ship-patch").Fails(patch.String()+" are other images", "than those that would be released", "Release them as a patch")
		for _, image := range images {
			Expect(ci.Digest(registry+"/"+image+":latest")).To(Equal(second[image]), image)
		}
		Expect(repository.tags()).To(ConsistOf(tags))

		By("what was released is run again; nothing was run for the tag to count from, and nothing else is started")
		Expect(p.Builds("released")).To(BeEmpty())
		p.Look("releases")
		Expect(p.Build("released", 1).Succeeds().Inputs()["releases"]).To(HaveKeyWithValue("ref", "v"+patch.String()))
		p.ExpectQuiet(map[string]int{"rebuild": 2, "unit": 3, "build": 4, "acceptance": 4, "ship-major": 3, "ship-minor": 1, "ship-patch": 2, "released": 1})

		version := ":" + patch.String()
		ci.Published(registry+"/resource"+version, registry+"/task"+version, registry+"/sim"+version)
	})
})

// expectReleased looks at all that a release leaves, from that build of the job build on, and gives the digests of the images.
func expectReleased(p *concourse.Pipeline, r *repository, published *page, registry string, v version, build int) map[string]string {
	GinkgoHelper()
	candidate, accepted := p.Build("build", build), p.Build("acceptance", build)
	fields, files := published.has()
	Expect(fields).To(And(
		HaveKeyWithValue("tag", "v"+v.String()), HaveKeyWithValue("name", "opsman-ca "+v.String()),
		HaveKeyWithValue("commitish", r.head()), HaveKeyWithValue("body", ContainSubstring("- ")),
	))
	digests := map[string]string{}
	for _, image := range images {
		digest := candidate.Outputs()[image+"-candidate"]["digest"]
		Expect(accepted.Inputs()[image+"-candidate"]).To(HaveKeyWithValue("digest", digest))
		for _, tag := range v.tags() {
			Expect(ci.Digest(registry+"/"+image+":"+tag)).To(Equal(digest), image+":"+tag)
		}
		Expect(platformsOf(registry+"/"+image+":"+v.String())).To(Equal(map[string]string{"linux/amd64": v.String(), "linux/arm64": v.String()}), image)
		Expect(files["images-"+v.String()+".txt"]).To(ContainSubstring(registry + "/" + image + "@" + digest))
		digests[image] = digest
	}
	published.expectFiles(v.String(), r.head())
	return digests
}
