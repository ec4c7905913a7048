package sim_test

import (
	"context"
	"net/http"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

var _ = Describe("faults", func() {
	const generate = cas + "/generate"

	DescribeTable("answer in place of the work", func(f sim.Fault, status int, text string) {
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
		Entry("401", sim.Fault{Effect: sim.Answer, Status: 401}, 401, "CF::UAA::InvalidToken"),
		Entry("429", sim.Fault{Effect: sim.Answer, Status: 429}, 429, "Too Many"),
		Entry("500", sim.Fault{Effect: sim.Answer}, 500, "Internal"),
		Entry("502 HTML", sim.Fault{Effect: sim.Answer, Status: 502}, 502, "<html>"),
		Entry("own body", sim.Fault{Effect: sim.Answer, Status: 503, Body: `{"errors":["later"]}`}, 503, `{"errors":["later"]}`),
		Entry("422", sim.Fault{Effect: sim.Violate}, 422, sim.ChildNotLatest),
		Entry("422 as documented", sim.Fault{Effect: sim.ViolateDocumented, Violations: []sim.Violation{{Violation: sim.ManySigning}}}, 422, sim.ManySigning),
		Entry("silence", sim.Fault{Effect: sim.Drop}, 200, `"guid"`),
	)

	DescribeTable("lose the reply", func(effect sim.Effect, done int) {
		om := loggedIn(sim.Options{})
		fault(om, sim.Fault{Method: "POST", Path: generate, Effect: effect})
		_, err := om.try(context.Background(), "POST", generate, map[string]any{})
		Expect(err).To(HaveOccurred())
		Expect(om.authorities()).To(HaveLen(done))
	},
		Entry("before the work", sim.CloseBefore, 1),
		Entry("after the work", sim.CloseAfter, 2),
		Entry("in the middle of it", sim.Truncate, 2),
	)

	It("warn with a 207", func() {
		om := loggedIn(sim.Options{})
		fault(om, sim.Fault{Path: generate, Effect: sim.Warn, Warnings: []string{"careful"}})
		a := om.call("POST", generate, nil)
		Expect(a.status).To(Equal(http.StatusMultiStatus))
		Expect(a.body["warnings"]).To(ConsistOf("careful"))
		Expect(a.body["guid"]).NotTo(BeEmpty())
	})

	It("let some certificates fail in a 200", func() {
		om := loggedIn(sim.Options{})
		fault(om, sim.Fault{Path: generate, Effect: sim.FailEntries, Names: []string{"/opsmgr/bosh_dns/tls_ca"}})
		a := om.mustPost(generate, nil)
		Expect(a.body["certificates"]).To(HaveKeyWithValue("regenerate_failed", ConsistOf(HaveKeyWithValue("variable_path", "/opsmgr/bosh_dns/tls_ca"))))
		Expect(om.apply()).To(Succeed())
		Expect(violations(om.call("POST", activatePath(text(a.body["guid"])), nil))).To(ContainElement(sim.LatestNotTransitional))
	})

	It("empty the certificates, skip some requests, and last as long as told", func() {
		om := loggedIn(sim.Options{})
		fault(om, sim.Fault{Path: "/api/*/deployed/certificates", Effect: sim.EmptyCertificates, Skip: 1, Times: 2})
		for _, empty := range []bool{false, true, true, false} {
			Expect(len(items(om.get("/api/v0/deployed/certificates").body["certificates"])) == 0).To(Equal(empty))
		}
		id := fault(om, sim.Fault{Path: "/api/**", Effect: sim.Answer, Status: 500, Times: sim.Forever})
		for range 3 {
			Expect(om.get("/api/v0/info").status).To(Equal(500))
		}
		Expect(om.Struck(id)).To(Equal(3))
		om.ClearFaults()
		Expect(om.get("/api/v0/info").status).To(Equal(200))
	})

	It("delay", func() {
		om := loggedIn(sim.Options{})
		fault(om, sim.Fault{Path: cas, Effect: sim.Delay, Delay: sim.Duration(time.Hour)})
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		_, err := om.try(ctx, "GET", cas, nil)
		Expect(err).To(MatchError(context.DeadlineExceeded))
	})

	DescribeTable("hold a request until its client is killed", func(effect sim.Effect, orphan bool, done int) {
		om := loggedIn(sim.Options{})
		id := fault(om, sim.Fault{Method: "POST", Path: generate, Effect: effect, Orphan: orphan})
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
		Entry("before the work: nothing happens", sim.HoldBefore, false, 1),
		Entry("before the work that goes on without it", sim.HoldBefore, true, 2),
		Entry("after the work", sim.HoldAfter, false, 2),
	)

	It("wake everybody who waits for an installation to be struck", func() {
		om := loggedIn(sim.Options{})
		id := fault(om, sim.Fault{Effect: sim.Stuck, Product: "cf"})
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
		id := fault(om, sim.Fault{Path: generate, Effect: sim.HoldAfter})
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
		id := fault(om, sim.Fault{Path: generate, Effect: sim.HoldBefore})
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
		_, err := om.AddFault(sim.Fault{Effect: "explode"})
		Expect(err).To(MatchError(ContainSubstring("close-after")))
		_, err = om.AddFault(sim.Fault{Effect: sim.Drop, Path: "["})
		Expect(err).To(MatchError(ContainSubstring("/api/v0/installations/*/logs")))
	})
})
