package apply_test

import (
	"errors"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/pivotal-cf/om/api"
)

// staged is a foundation's staged products with their errands.
type staged struct{ err error }

func (s staged) ListStagedProducts() (api.StagedProductsOutput, error) {
	return api.StagedProductsOutput{Products: []api.StagedProduct{{GUID: "cf-1", Type: "cf"}, {GUID: "mysql-1", Type: "p.mysql"}}}, s.err
}

func (s staged) ListStagedProductErrands(guid string) (api.ErrandsListOutput, error) {
	return map[string]api.ErrandsListOutput{
		"cf-1":    {Errands: []api.Errand{{Name: "smoke_tests", PostDeploy: true}, {Name: "push-apps", PostDeploy: "default"}}},
		"mysql-1": {Errands: []api.Errand{{Name: "upgrade-all-service-instances", PostDeploy: false}, {Name: "delete-all", PreDelete: true}}},
	}[guid], s.err
}

var _ = Describe("an errand configuration", func() {
	var r *rig

	configure := func(text string) {
		r = newRig(wholeRun...)
		r.req.ErrandsFile = filepath.Join(GinkgoT().TempDir(), "errands.yml")
		Expect(os.WriteFile(r.req.ErrandsFile, []byte(text), 0o600)).To(Succeed())
		r.deps.Errands = staged{}
	}

	It("is handed on to om", func(ctx SpecContext) {
		configure(`
errands:
  cf: {run_post_deploy: {smoke_tests: false, push-apps: default}}
  p.mysql: {run_post_deploy: {upgrade-all-service-instances: true}, run_pre_delete: {delete-all: true}}
`)
		_, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(r.oms()[0][:3]).To(Equal([]string{"apply-changes", "--config", r.req.ErrandsFile}))
	})

	DescribeTable("that om would drop or choke on is refused before anything starts",
		func(ctx SpecContext, text string, problems ...string) {
			configure(text)
			_, err := r.run(ctx)
			Expect(err).To(HaveOccurred())
			for _, problem := range problems {
				Expect(err).To(MatchError(ContainSubstring(problem)))
			}
			Expect(r.oms()).To(BeEmpty())
		},
		Entry("empty", "", "is empty", "run_post_deploy:"),
		Entry("without errands", "errands: {}", "names no errands"),
		Entry("an unknown key", "errand: {}", `unknown field "errand"`, "is not what om expects"),
		Entry("an unknown kind", "errands: {cf: {post_deploy: {smoke_tests: true}}}", `unknown field "post_deploy"`),
		Entry("a key twice", "errands: {cf: {run_post_deploy: {smoke_tests: true, smoke_tests: false}}}", "smoke_tests"),
		Entry("not a map", "errands: [cf]", "is not what om expects"),
		Entry("two documents", "errands: {cf: {run_post_deploy: {smoke_tests: true}}}\n---\nerrands: {}", "more than one YAML document"),
		Entry("an unknown product", "errands: {redis: {run_post_deploy: {x: true}}}", `no product "redis"; staged are cf, p.mysql`),
		Entry("an unknown errand", "errands: {cf: {run_post_deploy: {smoke-tests: true}}}",
			"errands.cf.run_post_deploy.smoke-tests: cf has no such errand; it has push-apps, smoke_tests"),
		Entry("an errand of the other kind", "errands: {cf: {run_pre_delete: {smoke_tests: true}}}", "errands.cf.run_pre_delete.smoke_tests: cf has no such errand; it has none"),
		Entry("a value that is not on, off or default", "errands: {cf: {run_post_deploy: {smoke_tests: when-changed}}}",
			"errands.cf.run_post_deploy.smoke_tests is when-changed: expected true, false or default"),
		Entry("a product without errands", "errands: {cf: {}}", "errands.cf is empty"),
		Entry("several problems at once", "errands: {redis: {run_post_deploy: {x: true}}, cf: {run_post_deploy: {y: 7}}}",
			`no product "redis"`, "cf has no such errand", "is 7: expected"),
	)

	It("names a file that is not there", func(ctx SpecContext) {
		configure("")
		r.req.ErrandsFile = "/no/such/errands.yml"
		_, err := r.run(ctx)
		Expect(err).To(MatchError(ContainSubstring("cannot read the errand configuration (--config): open /no/such/errands.yml")))
	})

	It("that cannot be checked starts nothing", func(ctx SpecContext) {
		configure("errands: {cf: {run_post_deploy: {smoke_tests: true}}}")
		r.deps.Errands = staged{err: errors.New("request failed: unexpected response:\nHTTP/1.1 403 Forbidden\r\nX: y\r\n\r\n{\"errors\":{\"base\":[\"no\"]}}")}
		_, err := r.run(ctx)
		Expect(err).To(MatchError(HaveSuffix("so nothing was started: cannot list the staged products: request failed: unexpected response: HTTP 403 Forbidden: no")))
		Expect(r.oms()).To(BeEmpty())
	})
})
