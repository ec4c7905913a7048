package integration_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

var _ = Describe("A put", func() {
	It("with dry_run decides and changes nothing, whatever the phase", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.rotate(ctx, p.first, func(ctx context.Context, phase string) {
			GinkgoHelper()
			before, known := len(p.writes()), p.Version
			dry := p.out(phase, params{"dry_run": true}).run(ctx)
			a := dry.answer()
			Expect(p.writes()).To(HaveLen(before))
			if phase != "verify" {
				Expect(a.Version).To(Equal(known))
				Expect(a.Datum("outcome")).To(HavePrefix("dry run, nothing was changed"))
				Expect(dry.stderr).To(ContainSubstring("nothing was changed"))
			}
			p.put(ctx, phase)
		})
		p.expectKept(p.first)
	})

	It("with dry_run is refused as without", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.look(ctx)
		p.expectRefused(ctx, "delete", params{"dry_run": true}, "too-early")
	})

	// The CA has 60 days left, the leaves a year.
	DescribeTable("of generate with expires_within", func(ctx SpecContext, o sim.Options, within string, due bool) {
		p := newPipeline(o)
		p.look(ctx)
		a := p.putWith(ctx, "generate", params{"expires_within": within})
		if due {
			Expect(a.Version["state"]).To(Equal("generated"))
			return
		}
		Expect(a.Version).To(Equal(p.Given[0]))
		Expect(a.Datum("outcome")).To(And(HavePrefix("not-due: "), ContainSubstring("expires within "+within)))
		Expect(p.writes()).To(BeEmpty())
	},
		Entry("is due in days", sim.Options{}, "61d", true),
		Entry("is not due in days", sim.Options{}, "30d", false),
		Entry("is due in weeks", sim.Options{DateOnly: true}, "9w", true),
		Entry("is not due in weeks", sim.Options{DateOnly: true}, "8w", false),
		Entry("is due in months", sim.Options{Version: "2.10.63-build.1260"}, "3m", true),
		Entry("is not due in months", sim.Options{Version: "2.10.63-build.1260"}, "1m", false),
		Entry("is due in years", sim.Options{}, "1y", true),
		Entry("is due for a leaf alone", sim.Options{CAAge: 300 * day, LeafAge: 200 * day, LeafValidity: 220 * day}, "30d", true),
	)

	It("may be repeated without a get between, as with no_get", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.look(ctx)
		for _, phase := range []string{"generate", "verify", "activate"} {
			if phase == "verify" {
				p.apply(ctx)
			}
			first := p.put(ctx, phase)
			before := len(p.writes())
			for range 2 {
				Expect(p.put(ctx, phase).Version).To(Equal(first.Version))
			}
			Expect(p.writes()).To(HaveLen(before))
		}
		Expect(p.Version["state"]).To(Equal("activated"))
		p.finish(ctx, p.first)
		p.expectKept(p.first)
	})

	It("of a get with skip_download needs no Ops Manager", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.look(ctx)
		before := p.Requests()
		o := p.getting(p.Version, params{"skip_download": true}).run(ctx)
		Expect(o.answer().Version).To(Equal(p.Version))
		Expect(p.Requests()).To(Equal(before))
	})
})
