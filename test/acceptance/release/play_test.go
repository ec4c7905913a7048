package release_test

import (
	"strings"

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
		page := &page{}
		w := outside(repository, page)
		tools := pushTools(repository, w)
		registry := tools.registry
		p := ci.SetPipeline("manual-rotation", func(s *concourse.Setting) { s.Text, s.Values = releasing(repository, w, registry) })
		// becomesCandidate waits for the nth builds of the jobs up to acceptance.
		becomesCandidate := func(n int) {
			GinkgoHelper()
			for _, job := range []string{"unit", "build", "acceptance"} {
				p.Build(job, n).Succeeds()
			}
		}

		By("a commit that is no release becomes a candidate")
		for _, resource := range []string{"day", "go-image", "base-image", "oci-build-task", "tags", "releases", "source"} {
			p.Look(resource)
		}
		p.Build("rebuild", 1).Succeeds()
		Expect(p.Build("unit", 1).Succeeds().Log()).To(ContainSubstring("ok  \tgithub.com/opsman-ca/opsman-ca/internal/"))
		Expect(p.Build("build", 1).Succeeds().Log()).To(And(ContainSubstring("BUILD_VERSION=0.0.0-1-g"), ContainSubstring("linux/arm64 sha256:")))
		p.Build("acceptance", 1).Succeeds()
		p.Run("ship-major").Fails("a major release behind 0.0.0 is 1.0.0, but this commit is 0.0.0-1-g")
		Expect(repository.tags()).To(ConsistOf("v0.0.0"))

		By("the section of the changelog makes it one")
		repository.cut("major")
		p.Look("source")
		becomesCandidate(2)
		p.Run("ship-minor").Fails("a minor release behind 0.0.0 is 0.1.0, but this commit is 1.0.0: start ship-major")
		page.down()
		p.Run("ship-major").Fails("503")
		page.up()
		shipped := p.Run("ship-major").Succeeds()
		Expect(concourse.OneLine(shipped.Log())).To(And(
			ContainSubstring("v1.0.0 is this commit: released again"), // its tag was pushed before the page was down
			ContainSubstring("1.0.0 may be released"),
		))
		first := expectReleased(p, repository, page, registry, "1.0.0", 2)

		By("a patch moves the short tags, and leaves the release before it")
		repository.change("A mended thing.")
		repository.cut("patch")
		p.Look("source")
		becomesCandidate(3)
		p.Run("ship-patch").Succeeds()
		second := expectReleased(p, repository, page, registry, "1.0.1", 3)
		for _, image := range images {
			Expect(second[image]).NotTo(Equal(first[image]))
			Expect(ci.Digest(registry+"/"+image+":1.0.0")).To(Equal(first[image]), image)
		}
		tags := []string{"v0.0.0", "images-1.0.0", "v1.0.0", "images-1.0.1", "v1.0.1"}
		Expect(repository.tags()).To(ConsistOf(tags))

		By("the same commit on a newer Go is another candidate, and is not released under a version that is given")
		tools.newerGo()
		p.Look("go-image")
		p.Build("rebuild", 2).Succeeds()
		p.Build("build", 4).Succeeds()
		p.Build("acceptance", 4).Succeeds()
		p.Run("ship-patch").Fails("1.0.1 are other images", "than those that would be released", "Release them as a patch")
		for _, image := range images {
			Expect(ci.Digest(registry+"/"+image+":latest")).To(Equal(second[image]), image)
		}
		Expect(repository.tags()).To(ConsistOf(tags))

		By("what was released is run again; nothing was run for the tag to count from, and nothing else is started")
		Expect(p.Builds("released")).To(BeEmpty())
		p.Look("releases")
		Expect(p.Build("released", 1).Succeeds().Inputs()["releases"]).To(HaveKeyWithValue("ref", "v1.0.1"))
		p.ExpectQuiet(map[string]int{"rebuild": 2, "unit": 3, "build": 4, "acceptance": 4, "ship-major": 3, "ship-minor": 1, "ship-patch": 2, "released": 1})

		ci.Published(registry+"/resource:1.0.1", registry+"/task:1.0.1", registry+"/sim:1.0.1")
	})
})

// expectReleased looks at all that a release leaves, from that build of the job build on, and gives the digests of the images.
func expectReleased(p *concourse.Pipeline, r *repository, published *page, registry, version string, build int) map[string]string {
	GinkgoHelper()
	candidate, accepted := p.Build("build", build), p.Build("acceptance", build)
	fields, files := published.has()
	Expect(fields).To(And(
		HaveKeyWithValue("tag", "v"+version), HaveKeyWithValue("name", "opsman-ca "+version),
		HaveKeyWithValue("commitish", r.head()), HaveKeyWithValue("body", ContainSubstring("- ")),
	))
	digests := map[string]string{}
	for _, image := range images {
		digest := candidate.Outputs()[image+"-candidate"]["digest"]
		Expect(accepted.Inputs()[image+"-candidate"]).To(HaveKeyWithValue("digest", digest))
		for _, tag := range tagsOf(version) {
			Expect(ci.Digest(registry+"/"+image+":"+tag)).To(Equal(digest), image+":"+tag)
		}
		Expect(platformsOf(registry+"/"+image+":"+version)).To(Equal(map[string]string{"linux/amd64": version, "linux/arm64": version}), image)
		Expect(files["images-"+version+".txt"]).To(ContainSubstring(registry + "/" + image + "@" + digest))
		digests[image] = digest
	}
	published.expectFiles(version, r.head())
	return digests
}

// tagsOf are the tags of the images of a release.
func tagsOf(version string) []string {
	part := strings.Split(version, ".")
	return []string{version, part[0] + "." + part[1], part[0], "latest"}
}
