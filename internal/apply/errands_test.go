package apply_test

import (
	"errors"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/pivotal-cf/om/api"

	"github.com/opsman-ca/opsman-ca/internal/apply"
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
		Entry("an unknown kind", "errands: {cf: {post_deploy: {smoke_tests: true}}}", "post_deploy (line 1); expected run_post_deploy"),
		Entry("a key twice", "errands: {cf: {run_post_deploy: {smoke_tests: true, smoke_tests: false}}}", "has a key twice: smoke_tests (line 1); keep one of them"),
		Entry("a kind twice", "errands: {cf: {run_post_deploy: {smoke_tests: true}, run_post_deploy: {push-apps: true}}}", "has a key twice: run_post_deploy (line 1)"),
		Entry("errands twice", "errands: {cf: }\nerrands: {cf: }\n", "has a key twice: errands (line 2)"),
		Entry("no value", "errands: {cf: {run_post_deploy: {smoke_tests: }}}", "smoke_tests is neither true"),
		Entry("a truth in quotes", `errands: {cf: {run_post_deploy: {smoke_tests: "true"}}}`, "smoke_tests is neither true"),
		Entry("comments alone", "# nothing yet\n", "is empty"),
		Entry("not a map", "errands: [cf]", "cannot be read (line 1): expected om's errand configuration"),
		Entry("many unknown kinds", "errands: {cf: {a: geheim, b: 1, c: 1, d: 1, ge heim: 1, f: 1, g: 1}}\n", "a (line 1), b (line 1), c (line 1), d (line 1), an invalid key (line 1), 2 more; expected"),
		Entry("no YAML", "errands:\n  cf: [geheim\n  x: }\n", "cannot be read (line "),
		Entry("a text", "geheim", "cannot be read (line 1): expected"),
		Entry("a product that is a text", "errands:\n  cf: geheim\n", "cannot be read (line 2): expected"),
		Entry("errands that are a text", "errands: {cf: {run_post_deploy: geheim}}", "cannot be read (line 1): expected"),
		Entry("a value that is a secret", "errands: {cf: {run_post_deploy: {smoke_tests: geheim}}}", "smoke_tests is neither true"),
		Entry("an unknown anchor", "errands: *geheim\n", "cannot be read"),
		Entry("a private key", "-----BEGIN RSA "+"PRIVATE KEY-----\ngeheim\n-----END RSA PRIVATE KEY-----\n", "expected"),
		Entry("an unknown product", "errands: {redis: {run_post_deploy: {x: true}}}", "errands.redis: there is no such product; staged are cf, p-bosh, p.mysql"),
		Entry("an unknown errand", "errands: {cf: {run_post_deploy: {smoke-tests: true}}}",
			"errands.cf.run_post_deploy.smoke-tests: cf has no such errand; it has push-apps, smoke_tests"),
		Entry("an errand of the other kind", "errands: {cf: {run_pre_delete: {smoke_tests: true}}}", "errands.cf.run_pre_delete.smoke_tests: cf has no such errand; it has none"),
		Entry("a value that is not on, off or default", "errands: {cf: {run_post_deploy: {smoke_tests: when-changed}}}",
			"errands.cf.run_post_deploy.smoke_tests is neither true, false nor default: expected one of them"),
		Entry("several problems at once", "errands: {redis: {run_post_deploy: {x: true}}, cf: {run_post_deploy: {y: 7}}}",
			"errands.redis: there is no such product", "cf has no such errand", "y is neither true"),
	)

	DescribeTable("that om takes is taken, with a warning where om passes something over",
		func(ctx SpecContext, text string, planned []string, warnings ...string) {
			configure(text)
			plan, err := apply.PlanErrands(staged{}, apply.Request{ErrandsFile: r.req.ErrandsFile, Names: r.req.Names})
			Expect(err).NotTo(HaveOccurred())
			var found []string
			for _, e := range plan.Planned {
				found = append(found, e.Product+" "+e.Errand+" "+e.Run)
			}
			Expect(found).To(Equal(planned))
			Expect(plan.Warnings).To(HaveLen(len(warnings)+1), "%v", plan.Warnings)
			for i, warning := range warnings {
				Expect(plan.Warnings[i]).To(And(ContainSubstring(warning), Not(ContainSubstring("geheim"))))
			}
			_, err = r.run(ctx)
			Expect(err).NotTo(HaveOccurred())
			Expect(r.oms()[0][:3]).To(Equal([]string{"apply-changes", "--config", r.req.ErrandsFile}))
		},
		Entry("an anchor", "errands:\n  cf: &all {run_post_deploy: {smoke_tests: false}}\n", []string{"cf smoke_tests false"}),
		Entry("a merge beside a key of its own", "x: &all {smoke_tests: true, push-apps: true}\nerrands: {cf: {run_post_deploy: {<<: *all, smoke_tests: false}}}\n",
			[]string{"cf push-apps true", "cf smoke_tests false"}, "has keys beside errands, which om passes over: x (line 1)"),
		Entry("the vendor's own example", "product-name: cf\nerrands: {cf: {run_post_deploy: {smoke_tests: on}}}\n", []string{"cf smoke_tests true"}, "has keys beside errands, which om passes over: product-name (line 1)"),
		Entry("another file", "target: x\nusername: admin\npassword: geheim\n", nil, "target (line 1), username (line 2), password (line 3)", "names no errands: they run as their tiles say"),
		Entry("another long file", "a: geheim\nb: 1\nc: 1\nd: 1\nge heim: 1\nf: 1\ng: 1\n", nil, "d (line 4), an invalid key (line 5), 2 more", "names no errands"),
		Entry("no errands", "errands:\n", nil, "names no errands"),
		Entry("a product with nothing", "errands: {cf: , p.mysql: {}}\n", nil),
		Entry("a kind with nothing", "errands: {cf: {run_post_deploy: }}\n", nil),
		Entry("JSON with a byte order mark", "\ufeff{\"errands\": {\"cf\": {\"run_post_deploy\": {\"smoke_tests\": false}}}}", []string{"cf smoke_tests false"}),
		Entry("a second document", "errands: {cf: {run_post_deploy: {smoke_tests: true}}}\n---\nerrands: {geheim: {}}", []string{"cf smoke_tests true"}, "has more than one YAML document: the first counts"),
		Entry("an end of the document", "--- # errands\nerrands: {cf: {run_post_deploy: {smoke_tests: true}}}\n...\n---\n", []string{"cf smoke_tests true"}),
	)

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
