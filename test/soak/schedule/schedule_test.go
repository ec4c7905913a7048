package schedule_test

import (
	"maps"
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
	"github.com/opsman-ca/opsman-ca/test/soak/schedule"
)

// everyKind is all that a thousand schedules have to hold.
var everyKind = []schedule.Kind{
	schedule.Reset, schedule.LostAnswer, schedule.Truncated, schedule.Stalled, schedule.Unauthorized, schedule.TooMany, schedule.InternalError,
	schedule.BadGateway, schedule.Warned, schedule.Violation, schedule.ViolationByTheBook, schedule.PartlyFailed, schedule.DroppedWrite,
	schedule.NoCertificates, schedule.NetworkResets, schedule.NetworkCuts, schedule.NetworkStalls, schedule.NetworkCrawls, schedule.Locked,
	schedule.UAARestarts, schedule.TokensRevoked, schedule.ProductFails, schedule.ErrandFails, schedule.StuckCancelled,
	schedule.StuckRecovering, schedule.Kill, schedule.Terminate, schedule.Click,
}

var _ = Describe("a schedule", func() {
	It("is the same for the same seed, and another one for another", func() {
		for seed := range uint64(50) {
			Expect(schedule.Of(seed)).To(Equal(schedule.Of(seed)))
			Expect(schedule.Of(seed).String()).To(Equal(schedule.Of(seed).String()))
			Expect(schedule.Of(seed).Events).NotTo(Equal(schedule.Of(seed + 1).Events))
			Expect(schedule.Of(seed).Choices().Uint64()).To(Equal(schedule.Of(seed).Choices().Uint64()))
		}
	})

	It("holds, in a thousand of them, all that can happen, on all kinds of foundations", func() {
		kinds, clicks, victims, options := map[schedule.Kind]bool{}, map[string]bool{}, map[schedule.Victim]bool{}, map[string]bool{}
		for seed := range uint64(1000) {
			s := schedule.Of(seed)
			for name, on := range map[string]bool{
				s.Version: true, "dates": s.DateOnly, "pending": s.CAChangesPending, "TKGI": s.TKGI, "tokens": s.TokenTTL == time.Second,
				"timeout": s.RequestTimeout > 0, "client": s.Client, "custom": s.Custom, "whole": s.Whole, "forgetful": s.Forgetful, "network": s.Networked(),
			} {
				if on {
					options[name] = true
				}
			}
			for _, e := range s.Events {
				kinds[e.Kind], clicks[e.Click.Do], victims[e.Victim] = true, true, true
			}
		}
		Expect(slices.Collect(maps.Keys(kinds))).To(ConsistOf(everyKind))
		Expect(slices.Collect(maps.Keys(clicks))).To(ConsistOf("", "apply", "stage", "errand", "upgrade", "generate", "activate", "regenerate", "delete"))
		Expect(slices.Collect(maps.Keys(victims))).To(ConsistOf(schedule.Victim(""), schedule.Step, schedule.Om, schedule.Both))
		Expect(options).To(HaveLen(5 + 10))
	})

	It("has, in a thousand of them, every oddity, and asks only for what the version can have", func() {
		odd := map[string]int{}
		for seed := range uint64(1000) {
			s := schedule.Of(seed)
			for _, name := range s.Oddities {
				odd[name]++
			}
			if s.Version == "2.10.63-build.1260" {
				Expect(s.Is(schedule.AutomaticDNS)).To(BeFalse(), "seed %d", seed)
			}
		}
		Expect(odd).To(HaveLen(13))
		for name, n := range odd {
			Expect(n).To(BeNumerically(">", 50), name)
		}
	})

	It("makes the foundation that its oddities name", func() {
		var o sim.Options
		schedule.Schedule{Oddities: []string{schedule.OwnRootCA, schedule.OldStemcells, schedule.CustomerCA, schedule.AutomaticDNS}}.Shape(&o)
		Expect(o).To(Equal(sim.Options{OwnRootCA: true, OldStemcells: true, CustomerCA: true, AutoRotateDNS: true}))
	})

	It("is made of faults that the simulator understands", func() {
		f, err := sim.New(sim.Options{KeyBits: 1024})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(f.Close)
		for seed := range uint64(300) {
			for _, e := range schedule.Of(seed).Events {
				fault, acts := e.Fault()
				_, err := f.AddFault(fault)
				Expect(err).NotTo(HaveOccurred(), e.String())
				Expect(fault.Product+fault.Path+string(e.Point.Where)).NotTo(BeEmpty(), e.String())
				Expect(acts).To(Equal(fault.Effect == faults.HoldBefore || fault.Effect == faults.HoldAfter), e.String())
			}
		}
	})

	It("tells each event in a line", func() {
		e := schedule.Event{ID: "e3", Kind: schedule.Kill, Victim: schedule.Both, After: true, Point: schedule.Point{Where: schedule.Apply, Nth: 2}}
		Expect(e.String()).To(Equal("e3 at start of an installation 2: kill -9 of step and om behind the work"))
		e = schedule.Event{ID: "e1", Kind: schedule.Click, Click: sim.Action{Do: "activate", Checks: true}, Point: schedule.Point{Product: "cf", Nth: 1}}
		Expect(e.String()).To(Equal(`e1 at deployment 1 of cf: click: activate {"do":"activate","checks":true}`))
	})
})
