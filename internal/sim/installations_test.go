package sim_test

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

var _ = Describe("installations", func() {
	const path = "/api/v0/installations"
	list := func(om *opsman, query string) []map[string]any {
		GinkgoHelper()
		a := om.get(path + query)
		Expect(a.status).To(Equal(http.StatusOK), a.text)
		var all []map[string]any
		for _, in := range items(a.body["installations"]) {
			all = append(all, object(in))
		}
		return all
	}
	ids := func(installations []map[string]any) string {
		var all []string
		for _, in := range installations {
			all = append(all, fmt.Sprint(in["id"]))
		}
		return strings.Join(all, " ")
	}

	DescribeTable("are listed newest first, in pages where the version has them", func(version, want string) {
		om := loggedIn(sim.Options{Version: version})
		Expect(om.apply()).To(Succeed())
		Expect(ids(list(om, ""))).To(Equal("3 2 1"))
		Expect(ids(list(om, "?page_num=2&per_page=2"))).To(Equal(want))
		Expect(ids(list(om, "?per_page=2"))).To(Equal("3 2 1"))
	},
		Entry("2.10.60 does not page", "2.10.60-build.1", "3 2 1"),
		Entry("2.10.61 does", "2.10.61-build.1", "1"),
		Entry("3.0.25 does", "3.0.25-build.1261", "1"),
		Entry("3.1 does", "3.1.2-build.5", "1"),
	)

	It("refuse pages that do not exist as numbers", func() {
		om := loggedIn(sim.Options{})
		Expect(om.get(path + "?page_num=0").status).To(Equal(http.StatusBadRequest))
		Expect(list(om, "?page_num=9")).To(BeEmpty())
	})

	It("speak two vocabularies of status, and write ids as strings when asked to", func() {
		om := loggedIn(sim.Options{IDsAsStrings: true})
		newest := list(om, "")[0]
		Expect(newest["id"]).To(Equal("2"))
		Expect(newest["status"]).To(Equal("succeeded"))
		Expect(newest["started_at"]).To(MatchRegexp(`T\d\d:\d\d:\d\d\.\d{3}Z$`))
		Expect(newest["unchanged"]).To(HaveLen(3))
		Expect(items(newest["unchanged"])[0]).To(And(
			HaveKeyWithValue("deployment_status", "successful"), HaveKeyWithValue("identifier", "p-bosh"), HaveKeyWithValue("change_type", "unchanged")))
		Expect(list(om, "")[1]["additions"]).To(HaveLen(3))
	})

	It("run, with a log that grows, and one at a time", func() {
		om := loggedIn(sim.Options{})
		stuck := fault(om, faults.Fault{Effect: faults.Stuck, Product: "cf"})
		id := om.startApply(map[string]any{"deploy_products": "all"})
		Expect(om.WaitStruck(soon(), stuck, 1)).To(Succeed())
		one := fmt.Sprintf("%s/%d", path, id)
		Expect(om.get(one).body).To(And(HaveKeyWithValue("status", "running"), HaveKeyWithValue("finished_at", BeNil())))
		early := text(om.get(one + "/logs").body["logs"])
		Expect(early).To(ContainSubstring("bosh/0"))
		Expect(om.call("POST", path, map[string]any{"deploy_products": "all"}).status).To(Equal(http.StatusUnprocessableEntity))
		changes := items(list(om, "")[0]["unchanged"])
		Expect(changes[0]).To(HaveKeyWithValue("deployment_status", "successful"))
		Expect(changes[1]).To(HaveKeyWithValue("deployment_status", "running"))
		Expect(changes[2]).To(HaveKeyWithValue("deployment_status", "pending"))
		om.ClearFaults()
		Expect(om.Wait(id)).To(Succeed())
		Expect(om.get(one + "/logs").body["logs"]).To(HavePrefix(early))
		Expect(om.get(path + "/99").status).To(Equal(http.StatusNotFound))
		Expect(om.get(path + "/x/logs").status).To(Equal(http.StatusNotFound))
	})

	It("fail half way where a fault says so, and skip what comes after", func() {
		om := loggedIn(sim.Options{})
		Expect(om.Operator(sim.Action{Do: "stage", Product: "cf"})).To(Succeed())
		fault(om, faults.Fault{Effect: faults.FailProduct, Product: "cf"})
		Expect(om.apply()).To(MatchError(ContainSubstring("is not running after update")))
		newest := list(om, "")[0]
		Expect(newest["status"]).To(Equal("failed"))
		Expect(items(newest["updates"])[0]).To(HaveKeyWithValue("deployment_status", "failed"))
		Expect(items(newest["unchanged"])[1]).To(HaveKeyWithValue("deployment_status", "skipped"))
		Expect(om.get("/api/v0/staged/pending_changes").text).To(ContainSubstring(`"action":"update"`))
		Expect(om.apply()).To(Succeed())
	})

	It("count a tile whose errand failed as deployed", func() {
		om := loggedIn(sim.Options{})
		Expect(om.Operator(sim.Action{Do: "stage", Product: "cf"})).To(Succeed())
		fault(om, faults.Fault{Effect: faults.FailErrand, Product: "cf", Errand: "smoke_tests"})
		Expect(om.apply()).To(MatchError(ContainSubstring("errand 'smoke_tests'")))
		Expect(items(list(om, "")[0]["updates"])[0]).To(HaveKeyWithValue("deployment_status", "failed"))
		Expect(om.get("/api/v0/staged/pending_changes").text).NotTo(ContainSubstring(`"action":"update"`))
	})

	It("deploy the director and the tiles selected", func() {
		om := loggedIn(sim.Options{})
		cf := om.Dump().Products[1].GUID
		Expect(om.Wait(om.startApply(map[string]any{"deploy_products": []string{cf}}))).To(Succeed())
		Expect(list(om, "")[0]["unchanged"]).To(HaveLen(2))
		Expect(om.get("/api/v0/deployed/products").text).To(ContainSubstring(`"parent_products_deployed_more_recently":["` + cf + `"]`))
		Expect(om.Wait(om.startApply(map[string]any{"deploy_products": "none"}))).To(Succeed())
		Expect(list(om, "")[0]["unchanged"]).To(HaveLen(1))
		Expect(om.call("POST", path, map[string]any{"deploy_products": []string{"nothere"}}).status).To(Equal(http.StatusUnprocessableEntity))
		Expect(om.Operator(sim.Action{Do: "stage", Product: "cf"})).To(Succeed())
		mysql := om.Dump().Products[2].GUID
		a := om.call("POST", path, map[string]any{"deploy_products": []string{mysql}})
		Expect(a.status).To(Equal(http.StatusUnprocessableEntity))
		Expect(a.text).To(ContainSubstring("has staged changes"))
	})

	It("run the errands that are on, by setting or by request, the request for once", func() {
		om := loggedIn(sim.Options{})
		mysql := om.Dump().Products[2].GUID
		errands := func() []string {
			installations := om.Ledger().Installations
			return installations[len(installations)-1].Products[2].Errands
		}
		Expect(om.apply()).To(Succeed())
		Expect(errands()).To(Equal([]string{"register-broker", sim.UpgradeAllErrand}))
		Expect(om.Wait(om.startApply(map[string]any{"errands": map[string]any{mysql: map[string]any{
			"run_post_deploy": map[string]any{sim.UpgradeAllErrand: false, sim.RecreateAllErrand: true, "register-broker": "default"},
		}}}))).To(Succeed())
		Expect(errands()).To(Equal([]string{"register-broker", sim.RecreateAllErrand}))
		settings := "/api/v0/staged/products/" + mysql + "/errands"
		Expect(om.call("PUT", settings, map[string]any{"errands": []map[string]any{{"name": sim.UpgradeAllErrand, "post_deploy": false}}}).status).To(Equal(http.StatusOK))
		Expect(om.get(settings).text).To(ContainSubstring(`"name":"upgrade-all-service-instances","post_deploy":false`))
		Expect(om.apply()).To(Succeed())
		Expect(errands()).To(Equal([]string{"register-broker"}))
		Expect(om.call("PUT", settings, map[string]any{"errands": []map[string]any{{"name": "nothere"}}}).status).To(Equal(http.StatusUnprocessableEntity))
		Expect(om.call("POST", path, map[string]any{"enabled_errands": map[string]any{}}).body["errors"]).To(ConsistOf("The enabled_errands parameter is no longer supported"))
	})

	It("recreate VMs once, which leaves the director looking changed", func() {
		om := loggedIn(sim.Options{})
		const properties = "/api/v0/staged/director/properties"
		Expect(om.call("PUT", properties, map[string]any{"director_configuration": map[string]any{"bosh_recreate_on_next_deploy": true}}).text).To(Equal("{}"))
		Expect(om.apply()).To(Succeed())
		Expect(om.get(properties).body["director_configuration"]).To(HaveKeyWithValue("bosh_recreate_on_next_deploy", false))
		pending := items(om.get("/api/v0/staged/pending_changes").body["product_changes"])
		Expect(pending[0]).To(HaveKeyWithValue("action", "update"))
		Expect(pending[1]).To(HaveKeyWithValue("action", "unchanged"))
		before := om.Dump().VMs[1].Recreations
		Expect(om.apply()).To(Succeed())
		Expect(om.Dump().VMs[1].Recreations).To(Equal(before))
		Expect(om.get("/api/v0/staged/pending_changes").text).NotTo(ContainSubstring(`"action":"update"`))
	})

	It("of the newest versions take recreate and rotate_certs", func() {
		om := loggedIn(sim.Options{Version: "3.3.0-build.10"})
		before := om.Dump().VMs[1]
		Expect(om.Wait(om.startApply(map[string]any{"recreate": true, "rotate_certs": map[string]any{"non_configurable_leaf": true}}))).To(Succeed())
		after := om.Dump().VMs[1]
		Expect(after.Recreations).To(Equal(before.Recreations + 1))
		Expect(after.LeafVersion).To(Equal(before.LeafVersion + 1))
	})

	It("never share a second with another event, by default", func() {
		om := loggedIn(sim.Options{})
		om.generate()
		created, err := time.Parse(time.RFC3339, text(om.authorities()[1]["created_on"]))
		Expect(err).NotTo(HaveOccurred())
		Expect(om.apply()).To(Succeed())
		started, err := time.Parse(time.RFC3339, text(list(om, "")[0]["started_at"]))
		Expect(err).NotTo(HaveOccurred())
		Expect(started.Truncate(time.Second)).To(BeTemporally(">", created))
		date, err := http.ParseTime(om.get("/api/v0/info").header.Get("Date"))
		Expect(err).NotTo(HaveOccurred())
		Expect(date).To(BeTemporally(">", started))
	})

	It("leave the history when it is pruned", func() {
		om := loggedIn(sim.Options{})
		Expect(om.apply()).To(Succeed())
		Expect(om.call("PUT", "/api/v0/settings/pruning", map[string]int{"days_to_keep": 120}).status).To(Equal(http.StatusOK))
		Expect(ids(list(om, ""))).To(Equal("3"))
		Expect(om.apply()).To(Succeed())
		Expect(om.Operator(sim.Action{Do: "prune", Keep: 1})).To(Succeed())
		Expect(ids(list(om, ""))).To(Equal("4"))
	})

	It("can be reverted before they begin", func() {
		om := loggedIn(sim.Options{})
		Expect(om.call("DELETE", "/api/v0/staged", nil).status).To(Equal(http.StatusNotModified))
		Expect(om.Operator(sim.Action{Do: "stage", Product: "cf", Version: "9.9.9"})).To(Succeed())
		Expect(om.get("/api/v0/staged/products").text).To(ContainSubstring("9.9.9"))
		Expect(om.call("DELETE", "/api/v0/staged", nil).status).To(Equal(http.StatusNoContent))
		Expect(om.get("/api/v0/staged/products").text).NotTo(ContainSubstring("9.9.9"))
	})
})
