package sim_test

import (
	"net/http"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
	"github.com/opsman-ca/opsman-ca/internal/sim/outcome"
)

var _ = Describe("a tile", func() {
	const staged, deployed, pending = "/api/v0/staged/products", "/api/v0/deployed/products", "/api/v0/staged/pending_changes"
	rabbit := func(o func(*sim.Tile)) sim.Options {
		tile := sim.ServiceTile("p.rabbitmq", "RabbitMQ", "2.3.2", 1, sim.Job{Name: "broker", Instances: 1}, sim.Job{Name: "rabbitmq-server", Instances: 1})
		tile.GUID = "p.rabbitmq-0c1565f5abd07993dba0"
		o(&tile)
		return sim.Options{Tiles: append(smallTiles(), tile)}
	}
	const guid = "p.rabbitmq-0c1565f5abd07993dba0"
	action := func(om *opsman) map[string]any {
		rows := items(om.get(pending).body["product_changes"])
		i := slices.IndexFunc(rows, func(row any) bool { return object(row)["guid"] == guid })
		if i < 0 {
			return nil
		}
		return object(rows[i])
	}
	vms := func(om *opsman) int {
		n := 0
		for _, v := range om.Dump().VMs {
			if v.Product == guid {
				n++
			}
		}
		return n
	}
	rotate := func(om *opsman) {
		GinkgoHelper()
		old := om.Dump().Active()
		ca := om.generate()
		Expect(om.apply()).To(Succeed())
		om.mustPost(activatePath(ca), nil)
		om.mustPost(cas+"/active/regenerate", nil)
		Expect(om.apply()).To(Succeed())
		a := om.call("DELETE", cas+"/"+old, nil)
		Expect(a.status).To(Equal(http.StatusOK), a.text)
		Expect(om.apply()).To(Succeed())
		Expect(om.Broken()).To(BeEmpty())
	}
	upgrade := func(kind string) map[string]any {
		return map[string]any{"errands": map[string]any{guid: map[string]any{kind: map[string]any{sim.UpgradeAllErrand: true}}}}
	}

	It("that was never deployed is staged and nothing more", func() {
		o := rabbit(func(t *sim.Tile) { t.NeverDeployed = true })
		o.SafetyChecks = off()
		om := loggedIn(o)
		Expect(om.get(staged).text).To(ContainSubstring(guid))
		Expect(om.get(deployed).text).NotTo(ContainSubstring(guid))
		Expect(action(om)).To(And(HaveKeyWithValue("action", "install"), HaveKeyWithValue("deployed", BeNil()), HaveKeyWithValue("staged", Not(BeNil()))))
		Expect(vms(om)).To(Equal(0))
		Expect(om.get("/api/v0/deployed/certificates").text).NotTo(ContainSubstring(guid))
		Expect(om.get(staged + "/" + guid + "/errands").text).To(ContainSubstring(sim.UpgradeAllErrand))

		By("refusing its errands")
		a := om.call("POST", "/api/v0/installations", upgrade("run_post_deploy"))
		Expect(a.status).To(Equal(http.StatusUnprocessableEntity))
		Expect(a.body["errors"]).To(ConsistOf(`The product with guid "` + guid + `" cannot be found in deployed products. Has the product been deployed?`))

		By("being deployed with everything, in the middle of a rotation")
		rotate(om)
		Expect(vms(om)).To(Equal(2))
		Expect(action(om)).To(HaveKeyWithValue("action", "unchanged"))
		installations := om.Dump().Installations
		Expect(installations[0].Products).To(HaveLen(3))
		Expect(installations[2].Products[3].Kind).To(Equal("addition"))
		Expect(om.get("/api/v0/deployed/certificates").text).To(ContainSubstring(guid))
	})

	It("that is deployed in the middle of a rotation has CAs that generate did not cover", func() {
		om := loggedIn(rabbit(func(t *sim.Tile) { t.NeverDeployed = true }))
		ca := om.generate()
		Expect(om.apply()).To(Succeed())
		a := om.call("POST", activatePath(ca), nil)
		Expect(violations(a)).To(ConsistOf(outcome.LatestNotTransitional))
		Expect(a.text).To(ContainSubstring("/p-bosh/" + guid + "/p.rabbitmq_ca"))
	})

	It("is staged by an operator, and reverted", func() {
		om := loggedIn(sim.Options{})
		Expect(om.Operator(sim.Action{Do: "add-tile", Product: "p.redis"})).To(Succeed())
		Expect(om.Operator(sim.Action{Do: "add-tile", Product: "p.redis"})).NotTo(Succeed())
		Expect(om.get(pending).text).To(ContainSubstring(`"action":"install"`))
		Expect(om.call("DELETE", "/api/v0/staged", nil).status).To(Equal(http.StatusNoContent))
		Expect(om.get(staged).text).NotTo(ContainSubstring("p.redis"))
		Expect(om.call("DELETE", "/api/v0/staged", nil).status).To(Equal(http.StatusNotModified))
		Expect(om.Operator(sim.Action{Do: "add-tile", Product: "p.redis"})).To(Succeed())
		Expect(om.Operator(sim.Action{Do: "delete-tile", Product: "p.redis"})).To(Succeed())
		Expect(om.get(pending).text).NotTo(ContainSubstring("p.redis"))
	})

	It("that is staged for deletion is deployed until changes are applied", func() {
		om := loggedIn(rabbit(func(t *sim.Tile) { t.StagedForDeletion = true }))
		Expect(om.get(staged).text).NotTo(ContainSubstring(guid))
		Expect(om.get(deployed).text).To(ContainSubstring(guid))
		Expect(om.get(staged + "/" + guid + "/errands").status).To(Equal(http.StatusNotFound))
		Expect(action(om)).To(And(HaveKeyWithValue("action", "delete"), HaveKeyWithValue("staged", BeNil()), HaveKeyWithValue("deployed", Not(BeNil()))))
		Expect(vms(om)).To(Equal(2))
		Expect(om.call("POST", "/api/v0/installations", upgrade("run_pre_delete")).status).To(Equal(http.StatusUnprocessableEntity))

		rotate(om)
		Expect(vms(om)).To(Equal(0))
		Expect(action(om)).To(BeNil())
		Expect(om.get(deployed).text).NotTo(ContainSubstring(guid))
		Expect(om.get("/api/v0/deployed/certificates").text).NotTo(ContainSubstring(guid))
		Expect(om.Log(3)).To(And(MatchRegexp(ran("run-errand delete-all-service-instances", 0)), MatchRegexp(ran("--deployment="+guid+" delete-deployment", 0))))
		Expect(items(om.get("/api/v0/installations").body["installations"])[2]).To(HaveKeyWithValue("deletions", HaveLen(1)))
	})

	It("keeps its pre-delete errands from running when told, and stays when they fail", func() {
		om := loggedIn(rabbit(func(*sim.Tile) {}))
		Expect(om.Operator(sim.Action{Do: "delete-tile", Product: "p-bosh"})).NotTo(Succeed())
		Expect(om.Operator(sim.Action{Do: "delete-tile", Product: "p.rabbitmq"})).To(Succeed())
		fault(om, faults.Fault{Effect: faults.FailErrand, Errand: "delete-all-service-instances"})
		Expect(om.apply()).NotTo(Succeed())
		Expect(om.get(deployed).text).To(ContainSubstring(guid))
		id := om.startApply(map[string]any{"errands": map[string]any{guid: map[string]any{"run_pre_delete": map[string]any{"delete-all-service-instances": false}}}})
		Expect(om.Wait(id)).To(Succeed())
		Expect(om.Log(id)).NotTo(ContainSubstring("run-errand delete-all"))
		Expect(om.get(deployed).text).NotTo(ContainSubstring(guid))
	})

	It("of the director may have no errands to ask for", func() {
		om := loggedIn(sim.Options{NoDirectorErrands: true})
		products := om.Dump().Products
		Expect(om.get(staged + "/" + products[0].GUID + "/errands").status).To(Equal(http.StatusNotFound))
		Expect(om.get(staged + "/" + products[1].GUID + "/errands").status).To(Equal(http.StatusOK))
		om = loggedIn(sim.Options{})
		Expect(om.get(staged + "/" + om.Dump().Products[0].GUID + "/errands").status).To(Equal(http.StatusOK))
	})

	It("whose verifier fails is refused, unless that may be ignored", func() {
		o := rabbit(func(t *sim.Tile) {
			t.Verifiers = []sim.Verifier{{Type: "WildcardDomainVerifier", Ignorable: true, Errors: []string{"no such domain"}}}
		})
		om := loggedIn(o)
		Expect(om.get(staged + "/" + guid + "/pre_deploy_check").body["pre_deploy_check"]).To(And(
			HaveKeyWithValue("complete", true), HaveKeyWithValue("verifiers", ConsistOf(HaveKeyWithValue("ignorable", true)))))
		Expect(om.get("/api/v0/staged/director/pre_deploy_check").status).To(Equal(http.StatusOK))
		a := om.call("POST", "/api/v0/installations", map[string]any{"ignore_warnings": "false"})
		Expect(a.status).To(Equal(http.StatusUnprocessableEntity))
		Expect(a.text).To(ContainSubstring("no such domain"))
		Expect(om.Wait(om.startApply(map[string]any{"ignore_warnings": "true"}))).To(Succeed())
		Expect(om.Wait(om.startApply(map[string]any{"ignore_warnings": false, "deploy_products": "none"}))).To(Succeed())
	})
})
