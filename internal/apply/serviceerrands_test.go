package apply_test

import (
	"os"
	"path/filepath"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/pivotal-cf/om/api"

	"github.com/opsman-ca/opsman-ca/internal/apply"
	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// services are staged tiles that have service instances, some by other names.
type services struct{ staged }

func (services) ListStagedProductErrands(guid string) (api.ErrandsListOutput, error) {
	return map[string]api.ErrandsListOutput{
		"cf-1": {Errands: []api.Errand{{Name: "smoke_tests", PostDeploy: true}, {Name: "not-upgrade-all", PostDeploy: false}}},
		"mysql-1": {Errands: []api.Errand{
			{Name: "upgrade-all-service-instances", PostDeploy: false}, {Name: "recreate-all-service-instances", PostDeploy: false},
			{Name: "upgrade-all-before-deletion", PreDelete: true},
		}},
	}[guid], nil
}

var _ = Describe("the errands that reach service instances", func() {
	const upgrade, recreate = "upgrade-all-service-instances", "recreate-all-service-instances"

	file := func(text string) string {
		if text == "" {
			return ""
		}
		path := filepath.Join(GinkgoT().TempDir(), "errands.yml")
		Expect(os.WriteFile(path, []byte(text), 0o600)).To(Succeed())
		return path
	}

	DescribeTable("are planned",
		func(r apply.Request, own string, wanted map[string]string, warnings int) {
			r.ErrandsFile = file(own)
			plan, err := apply.PlanErrands(services{}, r)
			Expect(err).NotTo(HaveOccurred())
			found := map[string]string{}
			for _, e := range plan.Planned {
				found[e.Product+" "+e.Errand] = e.Run
				Expect(e.Why).NotTo(BeEmpty())
			}
			Expect(found).To(Equal(wanted))
			Expect(plan.Warnings).To(HaveLen(warnings))
		},
		Entry("upgrade", apply.Request{ServiceErrands: true}, "", map[string]string{"p.mysql " + upgrade: "true"}, 0),
		Entry("recreate, with the VMs", apply.Request{ServiceErrands: true, RecreateVMs: true}, "", map[string]string{"p.mysql " + upgrade: "true", "p.mysql " + recreate: "true"}, 0),
		Entry("unless the operator says otherwise, with a warning", apply.Request{ServiceErrands: true}, "errands: {p.mysql: {run_post_deploy: {"+upgrade+": false}}}",
			map[string]string{"p.mysql " + upgrade: "false"}, 1),
		Entry("beside the operator's own", apply.Request{ServiceErrands: true}, "errands: {cf: {run_post_deploy: {smoke_tests: default}}}",
			map[string]string{"cf smoke_tests": "default", "p.mysql " + upgrade: "true"}, 0),
		Entry("not when switched off, with a warning", apply.Request{RecreateVMs: true}, "", map[string]string{}, 1),
	)

	It("reach om together with the operator's, in a file that nobody else reads and that is gone afterwards", func(ctx SpecContext) {
		folder := GinkgoT().TempDir()
		GinkgoT().Setenv("TMPDIR", folder)
		s := newStage(ctx, sim.Options{})
		s.req.ServiceErrands, s.req.RecreateVMs = true, true
		s.req.ErrandsFile = file("errands: {cf: {run_post_deploy: {smoke_tests: false, push-usage-service: true}}}")
		seen := filepath.Join(GinkgoT().TempDir(), "seen")
		wrapper := filepath.Join(s.dir, "om")
		Expect(os.WriteFile(wrapper, []byte("#!/bin/sh\nstat -c %a \"$3\" > "+seen+"\ncat \"$3\" >> "+seen+"\nexec "+realOm()+" \"$@\"\n"), 0o700)).To(Succeed())
		_, err := s.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		text, err := os.ReadFile(seen)
		Expect(err).NotTo(HaveOccurred())
		Expect(string(text)).To(And(HavePrefix("600\n"), ContainSubstring("smoke_tests: false"), ContainSubstring(upgrade+": true"), ContainSubstring(recreate+": true"), Not(ContainSubstring("run_pre_delete"))))
		shown := string(s.out.Contents())
		Expect(shown).To(And(ContainSubstring("run-errand push-usage-service"), ContainSubstring("run-errand "+upgrade), ContainSubstring("run-errand "+recreate), Not(ContainSubstring("run-errand smoke_tests"))))
		Expect(shown).To(MatchRegexp(`p\.mysql +` + recreate + ` +runs +VMs are recreated`))
		left, err := os.ReadDir(folder)
		Expect(err).NotTo(HaveOccurred())
		Expect(slices.ContainsFunc(left, func(e os.DirEntry) bool { return filepath.Ext(e.Name()) == ".yml" })).To(BeFalse())
	})
})
