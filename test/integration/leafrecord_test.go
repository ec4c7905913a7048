package integration_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// fromCA is a command that is given nothing but ca/, and leaves what it knows there
// where it is a phase.
func (p *pipeline) fromCA(command string, more ...string) program {
	GinkgoHelper()
	task := p.Task(command)
	task.Environ = append(append(task.Environ, "FROM=ca", "TO=ca"), more...)
	return program{task}
}

// known is the state of the version in ca/.
func (p *pipeline) known() string {
	GinkgoHelper()
	text, err := os.ReadFile(filepath.Join(p.ca(), "version.json"))
	Expect(err).NotTo(HaveOccurred())
	var v version
	Expect(json.Unmarshal(text, &v)).To(Succeed())
	return v["state"]
}

// renewed is a foundation with regenerated leaf certificates, and the version of it in
// ca/.
func renewed(ctx context.Context) *pipeline {
	GinkgoHelper()
	p := newPipeline(sim.Options{}) //nolint:contextcheck // it is served until the spec ends, not its context
	p.look(ctx)
	succeeded(ctx, p.leafTask("regenerate"))
	Expect(p.known()).To(Equal("renewed"))
	return p
}

var _ = Describe("The version of regenerated leaf certificates", func() {
	const waits = "wait for an apply changes: since installation 2 it has reached 0 of 3 products"

	It("is all that verify and apply-changes need", func(ctx SpecContext) {
		p := renewed(ctx)
		refused := p.fromCA("verify").run(ctx)
		Expect(refused.code).To(Equal(1))
		Expect(refused.stderr).To(And(ContainSubstring("error: verify refused (not-reached): "), ContainSubstring("0 of 3 products")))
		Expect(p.known()).To(Equal("renewed"), "the proof is missing")
		Expect(succeeded(ctx, p.applyLeaves()).stderr).To(And(
			MatchRegexp(`applying changes to all products: the leaf certificates that were regenerated on \S+ wait for an apply changes`), Not(ContainSubstring("changes of another operator"))))
		before := len(p.Dump().Installations)
		Expect(succeeded(ctx, p.applyLeaves()).stderr).To(And(ContainSubstring("nothing to do: "), ContainSubstring("the regenerated leaf certificates have reached every product")))
		Expect(succeeded(ctx, p.fromCA("verify")).stderr).To(ContainSubstring("every product was deployed since the leaf certificates were regenerated"))
		Expect(p.known()).To(Equal("settled"))
		Expect(succeeded(ctx, p.applyLeaves()).stderr).To(And(ContainSubstring("nothing to do: "), ContainSubstring("waits for no apply changes")))
		Expect(p.Dump().Installations).To(HaveLen(before))
		succeeded(ctx, p.leafTask("verify"))
	})

	It("makes apply-changes apply again after an installation that reached some products, or left out service instances", func(ctx SpecContext) {
		p := renewed(ctx)
		p.operate(sim.Action{Do: "apply", Products: []string{"cf"}, Wait: true})
		p.operate(
			sim.Action{Do: "errand", Product: "p.mysql", Errand: sim.UpgradeAllErrand, On: false}, sim.Action{Do: "apply", Wait: true},
			sim.Action{Do: "errand", Product: "p.mysql", Errand: sim.UpgradeAllErrand, On: true})
		Expect(succeeded(ctx, p.applyLeaves()).stderr).To(ContainSubstring("wait for an apply changes: certificates are not deployed everywhere: "))
		succeeded(ctx, p.fromCA("verify"))
	})

	It("has what was staged since named, and deployed along", func(ctx SpecContext) {
		p := renewed(ctx)
		p.operate(sim.Action{Do: "stage", Product: "cf"})
		Expect(succeeded(ctx, p.applyLeaves()).stderr).To(ContainSubstring("Ops Manager deploys them together with the regenerated leaf certificates: update of TAS"))
		succeeded(ctx, p.fromCA("verify"))
		p.operate(sim.Action{Do: "stage", Product: "cf"})
		before := len(p.Dump().Installations)
		Expect(succeeded(ctx, p.applyLeaves()).stderr).To(ContainSubstring("left as they are"))
		Expect(p.Dump().Installations).To(HaveLen(before))
	})

	It("shows in status and plan until it is deployed", func(ctx SpecContext) {
		p := renewed(ctx)
		for _, command := range []string{"status", "plan"} {
			Expect(succeeded(ctx, p.fromCA(command)).stdout).To(And(ContainSubstring("waiting: the leaf certificates that were regenerated on "), ContainSubstring(waits), ContainSubstring("next run apply changes on all products")))
			Expect(succeeded(ctx, p.fromCA(command, "FROM=")).stdout).NotTo(ContainSubstring("waiting: "))
		}
		succeeded(ctx, p.applyLeaves())
		for _, command := range []string{"status", "plan"} {
			Expect(succeeded(ctx, p.fromCA(command)).stdout).NotTo(ContainSubstring("waiting: "))
		}
	})

	It("lets a rotation begin once they are deployed, and is the rotation's from then on", func(ctx SpecContext) {
		p := renewed(ctx)
		Expect(p.fromCA("generate").run(ctx).stderr).To(And(ContainSubstring("error: generate refused (not-reached): the leaf certificates that were regenerated on "), ContainSubstring(waits)))
		Expect(p.known()).To(Equal("renewed"))
		p.apply(ctx)
		succeeded(ctx, p.fromCA("generate"))
		p.apply(ctx)
		Expect(succeeded(ctx, p.fromCA("verify")).stderr).To(ContainSubstring("state trusted"))
		succeeded(ctx, p.fromCA("activate"))
		Expect(succeeded(ctx, p.fromCA("status")).stdout).NotTo(ContainSubstring("waiting: "))
		succeeded(ctx, p.fromCA("regenerate"))
		p.apply(ctx)
		succeeded(ctx, p.fromCA("verify"))
		succeeded(ctx, p.fromCA("delete"))
		p.apply(ctx)
		Expect(succeeded(ctx, p.fromCA("verify")).stderr).NotTo(ContainSubstring("leaf certificates"))
		Expect(p.known()).To(Equal("settled"))
		Expect(p.Dump().Broken).To(BeEmpty())
	})
})
