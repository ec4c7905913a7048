package sim_test

import (
	"crypto/x509"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

var _ = Describe("the control API", func() {
	It("shows and changes the simulator without a token, and stays out of the ledger", func() {
		om := start(sim.Options{})
		Expect(om.get("/simulator/state").body["certificate_authorities"]).To(HaveLen(1))
		Expect(om.get("/simulator/state").text).NotTo(ContainSubstring("PRIVATE KEY"))
		Expect(om.call("POST", "/simulator/operator", map[string]any{"do": "generate"}).status).To(Equal(http.StatusOK))
		Expect(om.call("POST", "/simulator/operator", map[string]any{"do": "apply", "wait": true}).status).To(Equal(http.StatusOK))
		Expect(om.get("/simulator/handshakes").body).To(And(HaveKeyWithValue("broken", 0.0), HaveKeyWithValue("good", BeNumerically(">", 0))))
		Expect(om.call("PUT", "/simulator/speed", map[string]any{"vm_delay": "1ms"}).status).To(Equal(http.StatusOK))
		added := om.call("POST", "/simulator/faults", map[string]any{"effect": "answer", "status": 500, "path": "/api/v0/info", "delay": "1s"})
		Expect(added.status).To(Equal(http.StatusOK), added.text)
		Expect(om.Ledger().Requests).To(BeEmpty())
		Expect(om.get("/api/v0/info").status).To(Equal(500))
		Expect(om.get("/simulator/faults/" + text(added.body["id"])).body).To(HaveKeyWithValue("struck", 1.0))
		Expect(om.call("POST", "/simulator/faults/"+text(added.body["id"])+"/release", nil).status).To(Equal(http.StatusOK))
		Expect(om.call("DELETE", "/simulator/faults", nil).status).To(Equal(http.StatusOK))
		Expect(om.get("/simulator/ledger").body["requests"]).To(HaveLen(1))
		Expect(x509.NewCertPool().AppendCertsFromPEM([]byte(om.get("/simulator/ca.pem").text))).To(BeTrue())
	})

	DescribeTable("refuses what it does not understand", func(path string, body map[string]any, status int, want string) {
		a := start(sim.Options{}).call("POST", path, body)
		Expect(a.status).To(Equal(status))
		Expect(a.text).To(ContainSubstring(want))
	},
		Entry("unknown action", "/simulator/operator", map[string]any{"do": "dance"}, 422, "hard-rotation"),
		Entry("unknown key", "/simulator/operator", map[string]any{"du": "apply"}, 400, "du"),
		Entry("unknown product", "/simulator/operator", map[string]any{"do": "stage", "product": "x"}, 422, "p.mysql"),
		Entry("bad duration", "/simulator/faults", map[string]any{"effect": "delay", "delay": "long"}, 400, "1.5s"),
		Entry("unknown errand", "/simulator/operator", map[string]any{"do": "errand", "product": "cf", "errand": "x"}, 422, "no errand"),
		Entry("nothing to cancel", "/simulator/operator", map[string]any{"do": "cancel"}, 422, "no such installation"),
		Entry("no configurable certificate", "/simulator/operator", map[string]any{"do": "replace-configurable"}, 422, "configurable"),
		Entry("bad version", "/simulator/operator", map[string]any{"do": "upgrade", "version": "new"}, 422, "3.0.25"),
	)
})

var _ = Describe("a second operator", func() {
	It("upgrades Ops Manager, which ends the sessions and changes the director", func() {
		om := loggedIn(sim.Options{Version: "2.10.60-build.1"})
		Expect(om.Operator(sim.Action{Do: "upgrade", Version: "3.1.2-build.5"})).To(Succeed())
		Expect(om.get(cas).status).To(Equal(http.StatusUnauthorized))
		om.login()
		Expect(om.get("/api/v0/info").text).To(ContainSubstring("3.1.2-build.5"))
		Expect(om.get("/api/v1/deployed/certificates").status).To(Equal(http.StatusOK))
		Expect(om.get("/api/v0/staged/pending_changes").text).To(ContainSubstring(`"action":"update"`))
	})

	It("cancels a stuck installation", func() {
		om := loggedIn(sim.Options{})
		id := fault(om, faults.Fault{Effect: faults.Stuck})
		apply := om.startApply(nil)
		Expect(om.WaitStruck(soon(), id, 1)).To(Succeed())
		Expect(om.Operator(sim.Action{Do: "cancel"})).To(Succeed())
		Expect(om.Wait(apply)).To(MatchError(ContainSubstring("cancelled")))
	})

	It("fails an apply at a product, and restarts UAA", func() {
		om := loggedIn(sim.Options{UAADowntime: time.Hour})
		Expect(om.Operator(sim.Action{Do: "apply", FailAt: "cf", Wait: true})).To(MatchError(ContainSubstring("failed")))
		Expect(om.Operator(sim.Action{Do: "restart-uaa"})).To(Succeed())
		Expect(om.get(cas).status).To(Equal(http.StatusBadGateway))
		Expect(om.Operator(sim.Action{Do: "apply", Products: []string{"nothere"}})).NotTo(Succeed())
	})

	It("does a whole rotation", func() {
		om := loggedIn(sim.Options{})
		for _, do := range []string{"apply", "generate", "apply", "activate", "regenerate", "apply", "delete", "apply"} {
			Expect(om.Operator(sim.Action{Do: do, Checks: true, Wait: true})).To(Succeed(), do)
		}
		Expect(om.Broken()).To(BeEmpty())
		Expect(om.Dump().CAs).To(HaveLen(1))
		Expect(om.Operator(sim.Action{Do: "delete"})).NotTo(Succeed())
	})
})

var _ = Describe("a foundation", func() {
	It("does not start with a version that it cannot parse", func() {
		_, err := sim.New(sim.Options{Version: "newest"})
		Expect(err).To(MatchError(ContainSubstring("3.0.25-build.1261")))
	})

	It("reports its products, stemcells and root CA", func() {
		om := loggedIn(sim.Options{OldStemcells: true})
		Expect(om.get("/api/v0/diagnostic_report").body["added_products"]).To(HaveKeyWithValue("deployed", HaveLen(3)))
		Expect(om.get("/api/v0/security/root_ca_certificate").body["root_ca_certificate_pem"]).To(Equal(om.authorities()[0]["cert_pem"]))
		Expect(om.get("/api/v0/nothing").status).To(Equal(http.StatusNotFound))
	})

	It("counts requests and handshakes", func() {
		om := loggedIn(sim.Options{})
		om.generate()
		l := om.Ledger()
		Expect(l.Count("POST", cas+"/generate")).To(Equal(1))
		Expect(l.Count("", "")).To(Equal(2))
		Expect(om.Requests()).To(Equal(2))
		Expect(l.Writes()).To(HaveLen(1))
		Expect(l.Overlaps).To(BeZero())
		Expect(l.Events).To(HaveLen(1))
		Expect(l.Events[0].By).To(Equal("admin"))
	})
})
