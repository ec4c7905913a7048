package integration_test

import (
	"context"
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// procedure is the whole rotation as a runbook has it.
var procedure = []string{"apply", "generate", "apply", "activate", "regenerate", "apply", "delete", "apply"}

// omCommands carry out the procedure with om alone.
var omCommands = map[string][]string{
	"apply":      {"apply-changes"},
	"generate":   {"generate-certificate-authority"},
	"activate":   {"activate-certificate-authority"},
	"regenerate": {"regenerate-certificates"},
	"delete":     {"delete-certificate-authority", "--all-inactive"},
}

var _ = Describe("A rotation that another operator carried half way", func() {
	inUI := func(_ context.Context, p *pipeline, step string) {
		GinkgoHelper()
		p.operate(sim.Action{Do: step, Checks: true, Wait: true})
	}
	withOm := func(ctx context.Context, p *pipeline, step string) {
		GinkgoHelper()
		p.mustOm(ctx, omCommands[step]...)
	}
	for done := range len(procedure) + 1 {
		steps := procedure[:done]
		name := fmt.Sprintf("up to %d calls (%s)", done, strings.Join(steps, ", "))

		DescribeTable("is picked up where it stands: "+name,
			func(ctx SpecContext, do func(context.Context, *pipeline, string), cursor bool) {
				p := newPipeline(sim.Options{})
				if cursor {
					p.look(ctx)
				}
				for _, step := range steps {
					do(ctx, p, step)
				}
				p.finish(ctx, p.first)
				if !cursor && done == len(procedure)-1 {
					// Nothing shows that the last apply changes is outstanding. The next
					// rotation begins with one.
					p.apply(ctx)
				}
				p.expectKept(p.first)
			},
			Entry("in the UI, with no version known", inUI, false),
			Entry("with om, with the settled version from before", withOm, true),
		)
	}

	It("and seen by no check before a deleted candidate is settled again", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.reach(ctx, "generated")
		p.operate(sim.Action{Do: "delete"})
		Expect(p.look(ctx)["state"]).To(Equal("retired"))
		p.apply(ctx)
		Expect(p.put(ctx, "verify").Version).To(HaveKeyWithValue("state", "settled"))
		Expect(p.Dump().Broken).To(BeEmpty())
	})
})
