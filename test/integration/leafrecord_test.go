package integration_test

import (
	"context"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// fromCA is a command that is given nothing but ca/, and leaves what it knows there
// where it is a phase.
func (p *pipeline) fromCA(command string, more ...string) process {
	GinkgoHelper()
	environment := append(p.environment(), "FROM=ca", "TO=ca")
	return process{name: "opsman-ca", args: []string{command}, environment: append(environment, more...), folder: p.folder}
}

// record is the file that regenerate leaves in ca/.
func (p *pipeline) record() string { return filepath.Join(p.ca(), "leaf-only.json") }

// withRecord is a foundation with regenerated leaf certificates, and their record
// in ca/.
func withRecord(ctx context.Context) *pipeline {
	GinkgoHelper()
	p := newPipeline(sim.Options{}) //nolint:contextcheck // it is served until the spec ends, not its context
	p.look(ctx)
	succeeded(ctx, p.leafTask("regenerate"))
	Expect(p.record()).To(BeARegularFile())
	return p
}

var _ = Describe("The record of regenerated leaf certificates", func() {
	const waits = "wait for an apply changes: since installation 2 it has reached 0 of 3 products"

	It("is all that verify and apply-changes need", func(ctx SpecContext) {
		p := withRecord(ctx)
		refused := p.fromCA("verify").run(ctx)
		Expect(refused.code).To(Equal(1))
		Expect(refused.stderr).To(And(ContainSubstring("error: verify refused (not-reached): "), ContainSubstring("0 of 3 products")))
		Expect(p.record()).To(BeARegularFile(), "the proof is missing")
		Expect(succeeded(ctx, p.applyLeaves()).stderr).To(And(
			MatchRegexp(`applying changes to all products: the leaf certificates that were regenerated on \S+ wait for an apply changes`), Not(ContainSubstring("changes of another operator"))))
		Expect(succeeded(ctx, p.fromCA("verify")).stderr).To(ContainSubstring("every product was deployed since the leaf certificates were regenerated"))
		before := len(p.Dump().Installations)
		Expect(succeeded(ctx, p.applyLeaves()).stderr).To(And(ContainSubstring("nothing to do: "), ContainSubstring("the regenerated leaf certificates have reached every product")))
		Expect(p.Dump().Installations).To(HaveLen(before))
		succeeded(ctx, p.leafTask("verify"))
	})

	It("makes apply-changes apply again after an installation that reached some products, or left out service instances", func(ctx SpecContext) {
		p := withRecord(ctx)
		p.operate(sim.Action{Do: "apply", Products: []string{"cf"}, Wait: true})
		p.operate(
			sim.Action{Do: "errand", Product: "p.mysql", Errand: sim.UpgradeAllErrand, On: false}, sim.Action{Do: "apply", Wait: true},
			sim.Action{Do: "errand", Product: "p.mysql", Errand: sim.UpgradeAllErrand, On: true})
		Expect(succeeded(ctx, p.applyLeaves()).stderr).To(ContainSubstring("wait for an apply changes: certificates are not deployed everywhere: "))
		succeeded(ctx, p.fromCA("verify"))
	})

	It("has what was staged since named, and deployed along", func(ctx SpecContext) {
		p := withRecord(ctx)
		p.operate(sim.Action{Do: "stage", Product: "cf"})
		Expect(succeeded(ctx, p.applyLeaves()).stderr).To(ContainSubstring("Ops Manager deploys them together with the regenerated leaf certificates: update of TAS"))
		succeeded(ctx, p.fromCA("verify"))
		p.operate(sim.Action{Do: "stage", Product: "cf"})
		before := len(p.Dump().Installations)
		Expect(succeeded(ctx, p.applyLeaves()).stderr).To(ContainSubstring("left as they are"))
		Expect(p.Dump().Installations).To(HaveLen(before))
	})

	It("shows in status and plan until it is deployed", func(ctx SpecContext) {
		p := withRecord(ctx)
		for _, command := range []string{"status", "plan"} {
			Expect(succeeded(ctx, p.fromCA(command)).stdout).To(And(ContainSubstring("waiting: the leaf certificates that were regenerated on "), ContainSubstring(waits), ContainSubstring("next run apply changes on all products")))
			Expect(succeeded(ctx, p.fromCA(command, "FROM=")).stdout).NotTo(ContainSubstring("waiting: "))
		}
		succeeded(ctx, p.applyLeaves())
		for _, command := range []string{"status", "plan"} {
			Expect(succeeded(ctx, p.fromCA(command)).stdout).NotTo(ContainSubstring("waiting: "))
		}
	})

	DescribeTable("is handed on by a rotation for as long as its CA is active, and then dropped and ignored",
		func(ctx SpecContext, from string) {
			p := withRecord(ctx)
			p.apply(ctx)
			kept, err := os.ReadFile(p.record())
			Expect(err).NotTo(HaveOccurred())
			succeeded(ctx, p.fromCA("generate", from))
			Expect(os.ReadFile(p.record())).To(Equal(kept))
			p.apply(ctx)
			Expect(succeeded(ctx, p.fromCA("verify")).stderr).To(ContainSubstring("state trusted"))
			Expect(os.ReadFile(p.record())).To(Equal(kept))
			succeeded(ctx, p.fromCA("activate"))
			Expect(p.record()).NotTo(BeAnExistingFile())
			Expect(os.WriteFile(p.record(), kept, 0o600)).To(Succeed())
			Expect(succeeded(ctx, p.fromCA("status")).stdout).NotTo(ContainSubstring("waiting: "))
			succeeded(ctx, p.fromCA("regenerate"))
			p.apply(ctx)
			succeeded(ctx, p.fromCA("verify"))
			succeeded(ctx, p.fromCA("delete"))
			p.apply(ctx)
			Expect(os.WriteFile(p.record(), kept, 0o600)).To(Succeed())
			Expect(succeeded(ctx, p.fromCA("verify")).stderr).NotTo(ContainSubstring("leaf certificates"))
			Expect(p.Dump().Broken).To(BeEmpty())
		},
		Entry("from its folder", "FROM=ca"), Entry("from none, into its folder", "FROM="),
	)
})
