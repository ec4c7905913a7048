package sim_test

import (
	"context"
	"net/http"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
	"github.com/opsman-ca/opsman-ca/internal/sim/outcome"
)

var _ = Describe("faults", func() {
	const generate = cas + "/generate"

	DescribeTable("answer in place of the work", func(f faults.Fault, status int, text string) {
		om := loggedIn(sim.Options{})
		f.Method, f.Path = "POST", generate
		fault(om, f)
		a := om.call("POST", generate, nil)
		Expect(a.status).To(Equal(status))
		Expect(a.text).To(ContainSubstring(text))
		Expect(om.authorities()).To(HaveLen(1))
		By("striking once")
		om.generate()
	},
		Entry("401", faults.Fault{Effect: faults.Answer, Status: 401}, 401, "CF::UAA::InvalidToken"),
		Entry("429", faults.Fault{Effect: faults.Answer, Status: 429}, 429, "Too Many"),
		Entry("500", faults.Fault{Effect: faults.Answer}, 500, "Internal"),
		Entry("502 HTML", faults.Fault{Effect: faults.Answer, Status: 502}, 502, "<html>"),
		Entry("own body", faults.Fault{Effect: faults.Answer, Status: 503, Body: `{"errors":["later"]}`}, 503, `{"errors":["later"]}`),
		Entry("422", faults.Fault{Effect: faults.Violate}, 422, outcome.ChildNotLatest),
		Entry("422 as documented", faults.Fault{Effect: faults.ViolateDocumented, Violations: []outcome.Violation{{Violation: outcome.ManySigning}}}, 422, outcome.ManySigning),
		Entry("silence", faults.Fault{Effect: faults.Drop}, 200, `"guid"`),
	)

	DescribeTable("lose the reply", func(effect faults.Effect, done int) {
		om := loggedIn(sim.Options{})
		fault(om, faults.Fault{Method: "POST", Path: generate, Effect: effect})
		_, err := om.try(context.Background(), "POST", generate, map[string]any{})
		Expect(err).To(HaveOccurred())
		Expect(om.authorities()).To(HaveLen(done))
	},
		Entry("before the work", faults.CloseBefore, 1),
		Entry("after the work", faults.CloseAfter, 2),
		Entry("in the middle of it", faults.Truncate, 2),
	)

	It("warn with a 207", func() {
		om := loggedIn(sim.Options{})
		fault(om, faults.Fault{Path: generate, Effect: faults.Warn, Warnings: []string{"careful"}})
		a := om.call("POST", generate, nil)
		Expect(a.status).To(Equal(http.StatusMultiStatus))
		Expect(a.body["warnings"]).To(ConsistOf("careful"))
		Expect(a.body["guid"]).NotTo(BeEmpty())
	})

	It("let some certificates fail in a 200", func() {
		om := loggedIn(sim.Options{})
		fault(om, faults.Fault{Path: generate, Effect: faults.FailEntries, Names: []string{"/opsmgr/bosh_dns/tls_ca"}})
		a := om.mustPost(generate, nil)
		Expect(a.body["certificates"]).To(HaveKeyWithValue("regenerate_failed", ConsistOf(HaveKeyWithValue("variable_path", "/opsmgr/bosh_dns/tls_ca"))))
		Expect(om.apply()).To(Succeed())
		Expect(violations(om.call("POST", activatePath(text(a.body["guid"])), nil))).To(ContainElement(outcome.LatestNotTransitional))
	})

	It("empty the certificates, skip some requests, and last as long as told", func() {
		om := loggedIn(sim.Options{})
		fault(om, faults.Fault{Path: "/api/*/deployed/certificates", Effect: faults.EmptyCertificates, Skip: 1, Times: 2})
		for _, empty := range []bool{false, true, true, false} {
			Expect(len(items(om.get("/api/v0/deployed/certificates").body["certificates"])) == 0).To(Equal(empty))
		}
		id := fault(om, faults.Fault{Path: "/api/**", Effect: faults.Answer, Status: 500, Times: faults.Forever})
		for range 3 {
			Expect(om.get("/api/v0/info").status).To(Equal(500))
		}
		Expect(om.Struck(id)).To(Equal(3))
		om.ClearFaults()
		Expect(om.get("/api/v0/info").status).To(Equal(200))
	})

	It("delay", func() {
		om := loggedIn(sim.Options{})
		fault(om, faults.Fault{Path: cas, Effect: faults.Delay, Delay: faults.Duration(time.Hour)})
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		_, err := om.try(ctx, "GET", cas, nil)
		Expect(err).To(MatchError(context.DeadlineExceeded))
	})

	DescribeTable("hold a request until its client is killed", func(effect faults.Effect, orphan bool, done int) {
		om := loggedIn(sim.Options{})
		id := fault(om, faults.Fault{Method: "POST", Path: generate, Effect: effect, Orphan: orphan})
		ctx, kill := context.WithCancel(context.Background())
		gone := make(chan struct{})
		go func() {
			defer GinkgoRecover()
			defer close(gone)
			_, err := om.try(ctx, "POST", generate, nil)
			Expect(err).To(HaveOccurred())
		}()
		Expect(om.WaitStruck(soon(), id, 1)).To(Succeed())
		kill()
		<-gone
		Eventually(func() bool {
			requests := om.Ledger().Requests
			return requests[len(requests)-1].Done
		}).Should(BeTrue())
		Expect(om.authorities()).To(HaveLen(done))
	},
		Entry("before the work: nothing happens", faults.HoldBefore, false, 1),
		Entry("before the work that goes on without it", faults.HoldBefore, true, 2),
		Entry("after the work", faults.HoldAfter, false, 2),
	)

	It("wake everybody who waits for an installation to be struck", func() {
		om := loggedIn(sim.Options{})
		id := fault(om, faults.Fault{Effect: faults.Stuck, Product: "cf"})
		ctx := soon()
		var waiting sync.WaitGroup
		for range 64 { // each is a chance to look just before it strikes
			waiting.Go(func() {
				defer GinkgoRecover()
				Expect(om.WaitStruck(ctx, id, 1)).To(Succeed())
			})
		}
		apply := om.startApply(nil)
		waiting.Wait()
		Expect(om.Release(id)).To(Succeed())
		Expect(om.Wait(apply)).To(Succeed())
	})

	It("release what they hold", func() {
		om := loggedIn(sim.Options{})
		id := fault(om, faults.Fault{Path: generate, Effect: faults.HoldAfter})
		var group sync.WaitGroup
		group.Go(func() {
			defer GinkgoRecover()
			Expect(om.call("POST", generate, nil).status).To(Equal(http.StatusOK))
		})
		Expect(om.WaitStruck(soon(), id, 1)).To(Succeed())
		Expect(om.authorities()).To(HaveLen(2))
		Expect(om.Release(id)).To(Succeed())
		group.Wait()
		Expect(om.Release("nothere")).NotTo(Succeed())
	})

	DescribeTable("overlapping writes", func(drop bool, created int) {
		om := loggedIn(sim.Options{DropOverlappingWrites: drop, SafetyChecks: off()})
		id := fault(om, faults.Fault{Path: generate, Effect: faults.HoldBefore})
		var group sync.WaitGroup
		group.Go(func() {
			defer GinkgoRecover()
			Expect(om.call("POST", generate, nil).status).To(Equal(http.StatusOK))
		})
		Expect(om.WaitStruck(soon(), id, 1)).To(Succeed())
		Expect(om.call("POST", generate, nil).status).To(Equal(http.StatusOK))
		Expect(om.Release(id)).To(Succeed())
		group.Wait()
		Expect(om.authorities()).To(HaveLen(created))
		Expect(om.Ledger().Overlaps).To(BeNumerically(">", 0))
	}, Entry("are queued", false, 3), Entry("are dropped without a word", true, 2))

	It("have to be understood", func() {
		om := start(sim.Options{})
		_, err := om.AddFault(faults.Fault{Effect: "explode"})
		Expect(err).To(MatchError(ContainSubstring("close-after")))
		_, err = om.AddFault(faults.Fault{Effect: faults.Drop, Path: "["})
		Expect(err).To(MatchError(ContainSubstring("/api/v0/installations/*/logs")))
	})
})
