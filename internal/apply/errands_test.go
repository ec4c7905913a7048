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

func (s staged) ListDeployedProducts() ([]api.DeployedProductOutput, error) {
	return []api.DeployedProductOutput{{GUID: "p-bosh-1", Type: "p-bosh"}, {GUID: "cf-1", Type: "cf"}, {GUID: "mysql-1", Type: "p.mysql"}}, s.err
}

func (s staged) ListStagedPendingChanges() (api.PendingChangesOutput, error) {
	return api.PendingChangesOutput{}, s.err
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
			Expect(err.Error()).NotTo(ContainSubstring("geheim"))
			for _, problem := range problems {
				Expect(err).To(MatchError(ContainSubstring(problem)))
			}
			Expect(r.oms()).To(BeEmpty())
		},
		Entry("empty", "", "is empty", "run_post_deploy:"),
		Entry("without errands", "errands: {}", "names no errands"),
		Entry("an unknown key", "errand: {}", "has keys that no errand configuration has: errand (line 1)"),
		Entry("an unknown kind", "errands: {cf: {post_deploy: {smoke_tests: true}}}", "post_deploy (line 1); expected errands"),
		Entry("a key twice", "errands: {cf: {run_post_deploy: {smoke_tests: true, smoke_tests: false}}}", "has smoke_tests twice (line 1): keep one of them"),
		Entry("not a map", "errands: [cf]", "cannot be read (line 1): expected om's errand configuration"),
		Entry("another file", "target: x\nusername: admin\npassword: geheim\n", `errands.yml" has keys that no errand configuration has: target (line 1), username (line 2), password (line 3); expected errands`),
		Entry("another long file", "a: geheim\nb: 1\nc: 1\nd: 1\ne: 1\nf: 1\ng: 1\n", "e (line 5), 2 more; expected"),
		Entry("an invalid key", "ge heim: geheim\n", "an invalid key (line 1)"),
		Entry("no YAML", "errands:\n  cf: [geheim\n  x: }\n", "cannot be read (line "),
		Entry("a text", "geheim", "cannot be read (line 1): expected"),
		Entry("a product that is a text", "errands:\n  cf: geheim\n", "cannot be read (line 2): expected"),
		Entry("errands that are a text", "errands: {cf: {run_post_deploy: geheim}}", "cannot be read (line 1): expected"),
		Entry("a value that is a secret", "errands: {cf: {run_post_deploy: {smoke_tests: geheim}}}", "smoke_tests is neither true"),
		Entry("an unknown anchor", "errands: *geheim\n", "cannot be read"),
		Entry("a private key", "-----BEGIN RSA "+"PRIVATE KEY-----\ngeheim\n-----END RSA PRIVATE KEY-----\n", "expected"),
		Entry("two documents", "errands: {cf: {run_post_deploy: {smoke_tests: true}}}\n---\nerrands: {}", "more than one YAML document"),
		Entry("an unknown product", "errands: {redis: {run_post_deploy: {x: true}}}", "errands.redis: there is no such product; staged are cf, p-bosh, p.mysql"),
		Entry("an unknown errand", "errands: {cf: {run_post_deploy: {smoke-tests: true}}}",
			"errands.cf.run_post_deploy.smoke-tests: cf has no such errand; it has push-apps, smoke_tests"),
		Entry("an errand of the other kind", "errands: {cf: {run_pre_delete: {smoke_tests: true}}}", "errands.cf.run_pre_delete.smoke_tests: cf has no such errand; it has none"),
		Entry("a value that is not on, off or default", "errands: {cf: {run_post_deploy: {smoke_tests: when-changed}}}",
			"errands.cf.run_post_deploy.smoke_tests is neither true, false nor default: expected one of them"),
		Entry("a product without errands", "errands: {cf: {}}", "errands.cf is empty"),
		Entry("several problems at once", "errands: {redis: {run_post_deploy: {x: true}}, cf: {run_post_deploy: {y: 7}}}",
			"errands.redis: there is no such product", "cf has no such errand", "y is neither true"),
	)

	It("may have an anchor", func(ctx SpecContext) {
		configure("errands:\n  cf: &all {run_post_deploy: {smoke_tests: false}}\n")
		_, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
	})

	It("names a folder", func(ctx SpecContext) {
		configure("")
		r.req.ErrandsFile = "/"
		_, err := r.run(ctx)
		Expect(err).To(MatchError(HavePrefix(`config "/" cannot be read (is a directory): expected a file`)))
	})

	It("repeats nothing of what stands in the place of its path", func(ctx SpecContext) {
		configure("")
		r.req.ErrandsFile = "/build/target: x\npassword: geheim"
		_, err := r.run(ctx)
		Expect(err).To(MatchError("config holds the content of a file: expected the path of one, for example errand-config/errands.yml"))
	})

	It("names a file that is not there", func(ctx SpecContext) {
		configure("")
		r.req.ErrandsFile = "/no/such/errands.yml"
		_, err := r.run(ctx)
		Expect(err).To(MatchError(ContainSubstring(`config "/no/such/errands.yml" does not exist: expected om's errand configuration`)))
	})

	It("that cannot be checked starts nothing", func(ctx SpecContext) {
		configure("errands: {cf: {run_post_deploy: {smoke_tests: true}}}")
		r.deps.Errands = staged{err: errors.New("request failed: unexpected response:\nHTTP/1.1 403 Forbidden\r\nX: y\r\n\r\n{\"errors\":{\"base\":[\"no\"]}}")}
		_, err := r.run(ctx)
		Expect(err).To(MatchError(HaveSuffix("so nothing was started: cannot list the staged products: request failed: unexpected response: HTTP 403 Forbidden: no")))
		Expect(r.oms()).To(BeEmpty())
	})
})
