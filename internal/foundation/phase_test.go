package foundation_test

import (
	"bytes"
	"context"
	"errors"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

// The resource's and the command's specs run whole rotations through a Runner;
// here is what only its callers in Go see.
var _ = Describe("a phase", func() {
	var (
		f      *sim.Foundation
		runner foundation.Runner
		said   *bytes.Buffer
	)

	BeforeEach(func() {
		var err error
		f, err = sim.New(sim.Options{KeyBits: 1024, VMDelay: -1, Tiles: []sim.Tile{{Identifier: "cf", Label: "TAS", Version: "6.0.3", Jobs: []sim.Job{{Name: "router", Instances: 1}}}}})
		Expect(err).NotTo(HaveOccurred())
		server, err := sim.Serve(f)
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(server.Close)
		client, err := opsman.New(opsman.Config{Target: server.URL, Username: "admin", Password: "admin", CACert: server.CAPEM})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(client.Close)
		said = &bytes.Buffer{}
		runner = foundation.Runner{
			API: client, Console: console.New(said, console.Options{Color: console.ColorNever}),
			Sleep: func(context.Context, time.Duration) error { return nil },
		}
	})

	It("without a version starts from what Ops Manager shows, and gives the state afterwards", func(ctx SpecContext) {
		o, err := runner.Run(ctx, foundation.Request{Phase: rotation.Generate})
		Expect(err).NotTo(HaveOccurred())
		Expect(o.Sent).To(BeTrue())
		Expect(o.Report).NotTo(BeNil())
		Expect(o.Decision.Verdict).To(Equal(rotation.Go))
		Expect(o.View.Observed.State).To(Equal(rotation.Generated))
		Expect(o.View.Observed.Version.Candidate).To(Equal(f.Dump().CAs[1].GUID))
		Expect(said.String()).To(And(HavePrefix("go: generate may run"), ContainSubstring("generate done\ngenerated active CA ")))
	})

	It("that is refused gives the decision, and has sent nothing", func(ctx SpecContext) {
		o, err := runner.Run(ctx, foundation.Request{Phase: rotation.Delete})
		var refused *foundation.RefusedError
		Expect(errors.As(err, &refused)).To(BeTrue(), "%v", err)
		Expect(refused.Decision.Reason).To(Equal(rotation.ReasonTooEarly))
		Expect(err).To(MatchError(HavePrefix("delete refused (too-early): ")))
		Expect(o.Sent).To(BeFalse())
	})

	It("that fails after its call tells that it was sent", func(ctx SpecContext) {
		_, err := f.AddFault(faults.Fault{Method: "POST", Path: "/api/v0/certificate_authorities/generate", Effect: faults.Drop})
		Expect(err).NotTo(HaveOccurred())
		o, err := runner.Run(ctx, foundation.Request{Phase: rotation.Generate})
		Expect(err).To(MatchError(ContainSubstring("was accepted by Ops Manager, which shows state settled all the same")))
		Expect(o.Sent).To(BeTrue())
	})

	It("that is done, not due or a dry run sends nothing", func(ctx SpecContext) {
		within, err := rotation.ParseWithin("1d")
		Expect(err).NotTo(HaveOccurred())
		for _, wanted := range []foundation.Request{
			{Phase: rotation.Verify}, {Phase: rotation.Generate, DryRun: true}, {Phase: rotation.Generate, Options: rotation.Options{Within: &within}},
		} {
			o, err := runner.Run(ctx, wanted)
			Expect(err).NotTo(HaveOccurred())
			Expect(o.Sent).To(BeFalse())
			Expect(o.View.Observed.State).To(Equal(rotation.Settled))
		}
		Expect(f.Dump().CAs).To(HaveLen(1))
	})

	Describe("that makes a CA", func() {
		const generate = "/api/v0/certificate_authorities/generate"
		var pauses int
		slept := func(at int, do func()) {
			runner.Sleep = func(context.Context, time.Duration) error {
				if pauses++; pauses == at {
					do()
				}
				return nil
			}
		}
		BeforeEach(func() { pauses = 0 })
		fault := func(fault faults.Fault) {
			fault.Method, fault.Path = "POST", generate
			_, err := f.AddFault(fault)
			Expect(err).NotTo(HaveOccurred())
		}
		another := func() {
			_, err := runner.API.Generate(context.Background(), nil)
			Expect(err).NotTo(HaveOccurred())
		}

		It("whose answer is lost is done once it shows", func(ctx SpecContext) {
			slept(0, nil)
			fault(faults.Fault{Effect: faults.CloseAfter, Times: 1})
			o, err := runner.Run(ctx, foundation.Request{Phase: rotation.Generate})
			Expect(err).NotTo(HaveOccurred())
			Expect(o.Notes).To(ContainElement(ContainSubstring("the answer to the call was lost")))
			Expect(pauses).To(BeZero())
		})

		It("whose answer is lost waits for it to show for two minutes before it gives up", func(ctx SpecContext) {
			slept(0, nil)
			fault(faults.Fault{Effect: faults.CloseBefore, Times: 1})
			_, err := runner.Run(ctx, foundation.Request{Phase: rotation.Generate})
			Expect(err).To(MatchError(ContainSubstring("generate has had no effect so far")))
			Expect(pauses).To(Equal(24))
		})

		It("whose answer is lost is found also when it shows late", func(ctx SpecContext) {
			slept(20, another)
			fault(faults.Fault{Effect: faults.CloseBefore, Times: 1})
			_, err := runner.Run(ctx, foundation.Request{Phase: rotation.Generate})
			Expect(err).NotTo(HaveOccurred())
			Expect(f.Dump().CAs).To(HaveLen(2))
		})

		DescribeTable("and is turned away is sent again only after the list stayed the same",
			func(ctx SpecContext, status int, late int, wanted int) {
				slept(late, another)
				fault(faults.Fault{Effect: faults.Answer, Status: status, Times: 1})
				_, err := runner.Run(ctx, foundation.Request{Phase: rotation.Generate})
				Expect(err).NotTo(HaveOccurred())
				Expect(f.Dump().CAs).To(HaveLen(2), "one was made, not two")
				Expect(pauses).To(Equal(wanted))
			},
			Entry("429", 429, 0, 3), Entry("401", 401, 0, 3),
			Entry("429, although it was carried out, which shows late", 429, 2, 5),
		)
	})
})
