package run_test

import (
	"bytes"
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/soak/rig"
	"github.com/opsman-ca/opsman-ca/test/soak/run"
	"github.com/opsman-ca/opsman-ca/test/soak/schedule"
)

// rotations of the short soak; `make soak` plays a thousand and more.
const rotations = 30

// told is all that is known of a result, for a failure.
func told(r run.Result) string {
	var b bytes.Buffer
	r.Tell(&b)
	return b.String()
}

var _ = Describe("a rotation under a random schedule", func() {
	It("keeps every promise, thirty times", func(ctx SpecContext) {
		var t run.Tally
		began := time.Now()
		q := run.Request{Procedure: run.Ours, Seed: 1, Rotations: rotations, Workers: 6, Binaries: binaries}
		Expect(run.Many(ctx, q, func(r run.Result) {
			t.Add(r)
			if len(r.Faults) > 0 {
				AddReportEntry(r.Repeat(), told(r), ReportEntryVisibilityAlways)
			}
		})).To(Succeed())
		var sums bytes.Buffer
		t.Tell(&sums, time.Since(began))
		AddReportEntry("soak", sums.String())
		Expect(t.Failed).To(BeEmpty(), "promises were broken")
		Expect(t.Rotations).To(Equal(rotations))
		Expect(t.BrokenByUs).To(BeZero())
		Expect(t.Settled).To(BeNumerically(">", rotations/2))
		Expect(t.Good).To(BeNumerically(">", rotations*20))
		Expect(len(t.Struck)).To(BeNumerically(">", 15), "too little happened: %v", t.Struck)
	})
})

// play is one rotation under a schedule written by hand.
func play(ctx SpecContext, p run.Procedure, s schedule.Schedule) run.Result {
	GinkgoHelper()
	s.Version = "3.1.2-build.5"
	for i := range s.Events {
		s.Events[i].ID = fmt.Sprintf("e%d", i+1)
	}
	r, err := run.Play(ctx, run.Request{Procedure: p, Binaries: binaries}, s)
	Expect(err).NotTo(HaveOccurred())
	return r
}

var _ = Describe("side by side", func() {
	DescribeTable("a foundation that nothing disturbs is settled by every procedure",
		func(ctx SpecContext, p run.Procedure, s schedule.Schedule, leaks ...rig.Leak) {
			r := play(ctx, p, s)
			Expect(r.Said.Success).To(BeTrue(), told(r))
			Expect(r.Verdict.Unsettled).To(BeEmpty(), told(r))
			Expect(r.Verdict.Broken).To(BeZero())
			Expect(r.Verdict.Improper).To(BeEmpty())
			Expect(r.Leaks).To(ConsistOf(leaks))
		},
		Entry("ours", run.Ours, schedule.Schedule{}),
		Entry("ours, as one task, with a CA of one's own", run.Ours, schedule.Schedule{Whole: true, Custom: true, TKGI: true}),
		Entry("ours, with a CA of one's own", run.Ours, schedule.Schedule{Custom: true, Client: true}),
		Entry("the runbook", run.Runbook, schedule.Schedule{Client: true}),
		Entry("the runbook, with a CA of one's own and TKGI", run.Runbook, schedule.Schedule{Custom: true, TKGI: true}),
		Entry("Platform Automation", run.PlatformAutomation, schedule.Schedule{TKGI: true}),
		Entry("Platform Automation, with a CA of one's own", run.PlatformAutomation, schedule.Schedule{Custom: true, Client: true}, rig.KeyInArgs, rig.KeyInLog),
	)

	// With TKGI, Ops Manager leaves out its own safety checks.
	leftBehind := schedule.Schedule{TKGI: true, Events: []schedule.Event{{
		Kind: schedule.Click, Point: schedule.Point{Where: schedule.Token, Nth: 1}, Click: sim.Action{Do: "errand", Product: "p.mysql", Errand: sim.UpgradeAllErrand},
	}}}
	DescribeTable("service instances that no errand upgrades break the foundation, unless each phase is proven",
		func(ctx SpecContext, p run.Procedure, broken bool) {
			r := play(ctx, p, leftBehind)
			Expect(r.Struck).To(HaveKeyWithValue("click: errand", 1))
			Expect(len(r.Verdict.ByUs) > 0).To(Equal(broken), told(r))
			Expect(r.Verdict.Settled).To(Equal(!broken), told(r))
			Expect(r.Faults).To(BeEmpty(), told(r))
		},
		Entry("ours", run.Ours, false), Entry("the runbook", run.Runbook, true), Entry("Platform Automation", run.PlatformAutomation, true),
	)

	DescribeTable("VMs on old stemcells are lost, unless they are recreated and proven to be",
		func(ctx SpecContext, p run.Procedure, whole, broken bool) {
			r := play(ctx, p, schedule.Schedule{Whole: whole, Oddities: []string{schedule.OldStemcells}})
			Expect(len(r.Verdict.ByUs) > 0).To(Equal(broken), told(r))
			Expect(r.Verdict.Settled).To(Equal(!broken), told(r))
			Expect(r.Faults).To(BeEmpty(), told(r))
		},
		Entry("ours", run.Ours, false, false), Entry("ours, as one task", run.Ours, true, false),
		Entry("the runbook", run.Runbook, false, true), Entry("Platform Automation", run.PlatformAutomation, false, true),
	)

	DescribeTable("what the vendor asks for before a rotation is said, answered, and the rotation settled",
		func(ctx SpecContext, whole bool) {
			r := play(ctx, run.Ours, schedule.Schedule{Whole: whole, Oddities: []string{schedule.OldStemcells, schedule.CustomerCA, schedule.AutomaticDNS}})
			Expect(r.Said.Refused).To(ConsistOf("recreate-needed", "customer-cas", "dns-auto-rotation"), told(r))
			Expect(r.Verdict.Settled).To(BeTrue(), told(r))
			Expect(r.Verdict.Broken).To(BeZero(), told(r))
			Expect(r.Faults).To(BeEmpty(), told(r))
		},
		Entry("in a pipeline", false), Entry("as one task", true),
	)

	DescribeTable("a call that Ops Manager drops",
		func(ctx SpecContext, p run.Procedure, settled bool) {
			r := play(ctx, p, schedule.Schedule{TKGI: true, Events: []schedule.Event{
				{Kind: schedule.DroppedWrite, Point: schedule.Point{Where: schedule.Regenerate, Nth: 1}},
			}})
			Expect(r.Struck).To(HaveKeyWithValue("write dropped", 1))
			Expect(r.Verdict.Settled).To(Equal(settled), told(r))
			Expect(r.Faults).To(BeEmpty(), told(r))
		},
		Entry("is found out by ours", run.Ours, true), Entry("not by the runbook", run.Runbook, false), Entry("nor by Platform Automation", run.PlatformAutomation, false),
	)

	It("is a table", func() {
		var b bytes.Buffer
		run.Table(&b, map[run.Procedure]*run.Tally{run.Runbook: {Rotations: 7, BrokenByUs: 2}})
		Expect(b.String()).To(ContainSubstring("\n| runbook | 7 | 2 | 0 |"))
	})
})
