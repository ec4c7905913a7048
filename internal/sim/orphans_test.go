package sim_test

import (
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

var _ = Describe("a service instance that Cloud Foundry does not know any more", func() {
	orphaned := func(o sim.Options) *opsman {
		GinkgoHelper()
		o.Tiles = smallTiles()
		o.Tiles[1].Orphans = 1
		return loggedIn(o)
	}
	// ofInstances are the VMs of service instances by the name of their deployment.
	ofInstances := func(om *opsman) map[string]sim.VMState {
		all := map[string]sim.VMState{}
		for _, v := range om.Dump().VMs {
			if strings.HasPrefix(v.Deployment, "service-instance_") {
				all[v.Deployment] = v
			}
		}
		return all
	}
	// orphan is the deployment that upgrades pass by, the last one.
	orphan := func(om *opsman) string {
		last := ""
		for _, v := range om.Dump().VMs {
			if strings.HasPrefix(v.Deployment, "service-instance_") {
				last = v.Deployment
			}
		}
		return last
	}
	const counts = "Number of successful upgrades so far: 1; Number of CF service instance orphans detected so far: 1;"
	ended := func(om *opsman) string {
		return ran("--deployment="+om.Dump().Products[2].GUID+" run-errand "+sim.UpgradeAllErrand, 0)
	}

	It("is passed by, which the log counts, and everything succeeds", func() {
		om := orphaned(sim.Options{})
		guid := om.generate()
		id := om.startApply(nil)
		Expect(om.Wait(id)).To(Succeed())
		Expect(om.Log(id)).To(And(ContainSubstring(counts), MatchRegexp(ended(om))))
		Expect(ofInstances(om)).To(HaveLen(2), "its VM is there all the same")
		for name, v := range ofInstances(om) {
			if name == orphan(om) {
				Expect(v.Trusts).NotTo(ContainElement(guid), name)
			} else {
				Expect(v.Trusts).To(ContainElement(guid), name)
			}
		}
	})

	It("is counted by the logs of the history as well", func() {
		om := orphaned(sim.Options{})
		Expect(om.get("/api/v0/installations/2/logs").body["logs"]).To(And(ContainSubstring(counts), MatchRegexp(ended(om))))
		none := loggedIn(sim.Options{})
		Expect(none.get("/api/v0/installations/2/logs").body["logs"]).To(ContainSubstring("orphans detected so far: 0;"))
	})

	It("is outdated in v1, and keeps the safety checks from passing", func() {
		om := orphaned(sim.Options{})
		guid := om.generate()
		Expect(om.apply()).To(Succeed())
		late := map[string]any{}
		for _, row := range rows(om.get("/api/v1/deployed/certificates?no_cache=true").body["certificates"]) {
			late[text(row["name"])] = row["outdated_deployments"]
		}
		Expect(late[".properties.root_ca."+guid]).To(ConsistOf(orphan(om)))
		a := om.call(http.MethodPost, activatePath(guid), nil)
		Expect(violations(a)).NotTo(BeEmpty())
	})

	It("is lost where nothing checks for it, and only it", func() {
		tiles := smallTiles()
		tiles[0].Version, tiles[1].Orphans = "2.8.1", 1
		om := loggedIn(sim.Options{Version: "2.10.60-build.1", Tiles: tiles})
		Expect(om.Operator(sim.Action{Do: "generate"})).To(Succeed())
		Expect(om.apply()).To(Succeed())
		Expect(om.Operator(sim.Action{Do: "activate", Checks: true})).To(Succeed())
		Expect(om.Operator(sim.Action{Do: "regenerate", Checks: true})).To(Succeed())
		Expect(om.apply()).To(MatchError(ContainSubstring("Timed out sending 'get_state' to instance '" + orphan(om))))
		Expect(om.Broken()).NotTo(BeEmpty())
		for _, h := range om.Broken() {
			Expect(h.Client + " " + h.Server).To(ContainSubstring(orphan(om)))
		}
	})

	It("is safe where an operator redeploys it after each apply", func() {
		om := orphaned(sim.Options{Version: "2.10.60-build.1", HandsOn: true})
		old := om.Dump().Active()
		Expect(upToRegenerate(om)).To(Succeed())
		Expect(om.call(http.MethodDelete, cas+"/"+old, nil).status).To(Equal(http.StatusOK))
		Expect(om.apply()).To(Succeed())
		Expect(om.Broken()).To(BeEmpty())
		for _, v := range om.Dump().VMs {
			Expect(v.Trusts).NotTo(ContainElement(old), v.Name)
		}
	})

	It("is gone when an operator deletes it, and the next log counts none; former ones say what they said", func() {
		om := orphaned(sim.Options{})
		gone := orphan(om)
		Expect(om.Operator(sim.Action{Do: "delete-orphans", Product: "p.mysql"})).To(Succeed())
		Expect(ofInstances(om)).To(And(HaveLen(1), Not(HaveKey(gone))))
		Expect(om.get("/api/v1/deployed/certificates?no_cache=true").text).NotTo(ContainSubstring(gone))
		Expect(om.get("/api/v0/installations/2/logs").body["logs"]).To(ContainSubstring(counts))
		id := om.startApply(nil)
		Expect(om.Wait(id)).To(Succeed())
		Expect(om.Log(id)).To(ContainSubstring("orphans detected so far: 0;"))
		Expect(upToRegenerate(om)).To(Succeed())
		Expect(om.Broken()).To(BeEmpty())
		Expect(om.Operator(sim.Action{Do: "delete-orphans", Product: "p.mysql"})).To(MatchError(ContainSubstring("no service instances that Cloud Foundry does not know")))
	})
})
