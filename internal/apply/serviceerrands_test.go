package apply_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

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

// tiles are products in every state that they may be in.
type tiles struct{ asked *[]string }

func (tiles) ListStagedProducts() (api.StagedProductsOutput, error) {
	return api.StagedProductsOutput{Products: []api.StagedProduct{
		{GUID: "p-bosh-1", Type: "p-bosh"}, {GUID: "mysql-1", Type: "p.mysql"}, {GUID: "rabbit-1", Type: "p.rabbitmq"}, {GUID: "pks-1", Type: "pivotal-container-service"},
	}}, nil
}

func (tiles) ListDeployedProducts() ([]api.DeployedProductOutput, error) {
	return []api.DeployedProductOutput{
		{GUID: "p-bosh-1", Type: "p-bosh"}, {GUID: "mysql-1", Type: "p.mysql"}, {GUID: "redis-1", Type: "p.redis"}, {GUID: "pks-1", Type: "pivotal-container-service"},
	}, nil
}

func (tiles) ListStagedPendingChanges() (api.PendingChangesOutput, error) {
	return api.PendingChangesOutput{ChangeList: []api.ProductChange{
		{GUID: "mysql-1", Action: "unchanged"}, {GUID: "redis-1", Action: "delete", Errands: []api.Errand{{Name: "delete-all", PreDelete: true}}},
	}}, nil
}

func (t tiles) ListStagedProductErrands(guid string) (api.ErrandsListOutput, error) {
	*t.asked = append(*t.asked, guid)
	if guid == "p-bosh-1" {
		return api.ErrandsListOutput{}, errors.New("request failed: unexpected response from /api/v0/staged/products/p-bosh-1/errands:\nHTTP/1.1 404 Not Found\r\n\r\n{}")
	}
	return api.ErrandsListOutput{Errands: []api.Errand{{Name: "upgrade-all-service-instances", PostDeploy: "default"}}}, nil
}

var _ = Describe("errands of products that are not simply deployed", func() {
	const upgrade = "upgrade-all-service-instances"
	DescribeTable("are planned",
		func(own string, wanted []string, warnings ...string) {
			path := filepath.Join(GinkgoT().TempDir(), "errands.yml")
			r := apply.Request{ServiceErrands: true}
			if own != "" {
				r.ErrandsFile = path
				Expect(os.WriteFile(path, []byte(own), 0o600)).To(Succeed())
			}
			var asked, found []string
			plan, err := apply.PlanErrands(tiles{&asked}, r)
			Expect(err).NotTo(HaveOccurred())
			for _, e := range plan.Planned {
				found = append(found, e.Product+" "+e.Errand+" "+e.Run)
			}
			Expect(found).To(ConsistOf(wanted))
			Expect(plan.Warnings).To(HaveLen(len(warnings)))
			for i, warning := range warnings {
				Expect(plan.Warnings[i]).To(ContainSubstring(warning))
			}
			given := apply.GivenToOm(plan)
			Expect(given).NotTo(ContainSubstring("p.rabbitmq"))
			if own == "" {
				Expect(asked).NotTo(ContainElement("p-bosh-1"))
			}
		},
		Entry("neither where a tile was never deployed nor TKGI's", "", []string{"p.mysql " + upgrade + " true"},
			upgrade+" of p.rabbitmq runs as its tile says: the product was never deployed", "its clusters stay unproven"),
		Entry("TKGI's when the operator asks for it", "errands: {pivotal-container-service: {run_post_deploy: {"+upgrade+": true}}}",
			[]string{"pivotal-container-service " + upgrade + " true", "p.mysql " + upgrade + " true"}, "never deployed"),
		Entry("of a tile that is staged for deletion", "errands: {p.redis: {run_pre_delete: {delete-all: true}}}",
			[]string{"p.redis delete-all true", "p.mysql " + upgrade + " true"}, "never deployed", "unproven"),
		Entry("unchecked where none are listed of a tile that is staged for deletion", "errands: {p.redis: {run_pre_delete: {delete-all: true}, run_post_deploy: {smoke-tests: false}}}",
			[]string{"p.redis smoke-tests false", "p.redis delete-all true", "p.mysql " + upgrade + " true"}, "errands.p.redis.run_post_deploy is given to Ops Manager unchecked: the product is staged for deletion", "never deployed", "unproven"),
		Entry("not the operator's own of a tile that was never deployed", "errands: {p.rabbitmq: {run_post_deploy: {"+upgrade+": true}}}",
			[]string{"p.mysql " + upgrade + " true"}, "the errands of p.rabbitmq in ", "never deployed", "unproven"),
	)

	It("are checked where they are listed of a tile that is staged for deletion", func() {
		path := filepath.Join(GinkgoT().TempDir(), "errands.yml")
		Expect(os.WriteFile(path, []byte("errands: {p.redis: {run_pre_delete: {x: true}, run_post_deploy: {y: geheim}}}"), 0o600)).To(Succeed())
		var asked []string
		_, err := apply.PlanErrands(tiles{&asked}, apply.Request{ErrandsFile: path})
		Expect(err).To(MatchError(And(ContainSubstring("p.redis has no such errand; it has delete-all"), ContainSubstring("run_post_deploy.y is neither true, false nor default"))))
	})

	It("are no more problems than can be read", func() {
		var text strings.Builder
		for i := range 1000 {
			fmt.Fprintf(&text, "  product-%d: {run_post_deploy: {x: true}}\n", i)
		}
		path := filepath.Join(GinkgoT().TempDir(), "errands.yml")
		Expect(os.WriteFile(path, []byte("errands:\n"+text.String()), 0o600)).To(Succeed())
		var asked []string
		_, err := apply.PlanErrands(tiles{&asked}, apply.Request{ErrandsFile: path})
		Expect(strings.Split(err.Error(), "\n")).To(And(HaveLen(21), ContainElement(HaveSuffix("there are 980 more problems of this kind"))))
	})

	It("are none of a director that knows no errands", func() {
		path := filepath.Join(GinkgoT().TempDir(), "errands.yml")
		Expect(os.WriteFile(path, []byte("errands: {p-bosh: {run_post_deploy: {x: true}}}"), 0o600)).To(Succeed())
		var asked []string
		_, err := apply.PlanErrands(tiles{&asked}, apply.Request{ErrandsFile: path})
		Expect(err).To(MatchError(ContainSubstring("p-bosh has no such errand; it has none")))
	})
})

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
			inline := r
			inline.ErrandsText = own
			r.ErrandsFile = file(own)
			plan, err := apply.PlanErrands(services{}, r)
			Expect(err).NotTo(HaveOccurred())
			same, err := apply.PlanErrands(services{}, inline)
			Expect(err).NotTo(HaveOccurred())
			for i := range plan.Planned {
				if own == "" {
					break
				}
				plan.Planned[i].Why = strings.ReplaceAll(plan.Planned[i].Why, r.ErrandsFile, "config_text")
			}
			Expect(same.Planned).To(Equal(plan.Planned), "given itself instead of as a file")
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

	It("reach om where the operator gave the configuration itself, which nothing was added to", func(ctx SpecContext) {
		s := newStage(ctx, sim.Options{})
		s.req.ErrandsText = `{"errands": {"cf": {"run_post_deploy": {"smoke_tests": false}}}}`
		seen := filepath.Join(GinkgoT().TempDir(), "seen")
		wrapper := filepath.Join(s.dir, "om")
		Expect(os.WriteFile(wrapper, []byte("#!/bin/sh\ncat \"$3\" > "+seen+"\nexec "+realOm()+" \"$@\"\n"), 0o700)).To(Succeed())
		_, err := s.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		text, err := os.ReadFile(seen)
		Expect(err).NotTo(HaveOccurred())
		Expect(string(text)).To(MatchYAML(s.req.ErrandsText))
	})

	DescribeTable("given itself, are refused by the name of where they were given",
		func(text, problem string) {
			var asked []string
			_, err := apply.PlanErrands(tiles{&asked}, apply.Request{ErrandsText: text})
			Expect(err).To(MatchError(And(HavePrefix("config_text"), ContainSubstring(problem))))
		},
		Entry("no configuration", "text", "cannot be read"),
		Entry("a key of none", "errands: {cf: {post_deploy: {x: true}}}", "keys that no errand configuration has"),
	)

	It("are refused where both a file and the configuration itself are given", func(ctx SpecContext) {
		s := newStage(ctx, sim.Options{})
		s.req.ErrandsFile, s.req.ErrandsText = file("errands: {}"), "errands: {}"
		_, err := s.run(ctx)
		Expect(err).To(MatchError(ContainSubstring("config and config_text are both given")))
	})

	It("reach om together with the operator's, in a file that no other user reads and that is gone afterwards", func(ctx SpecContext) {
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
