package sim_test

import (
	"fmt"
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

var _ = Describe("a dead record", func() {
	statuses := func(om *opsman) []string {
		var all []string
		for _, in := range items(om.get("/api/v0/installations").body["installations"]) {
			all = append(all, fmt.Sprint(object(in)["id"], " ", object(in)["status"]))
		}
		return all
	}
	const current = "/api/v0/installations/current_log"

	It("is the newest, and nothing runs", func() {
		om := loggedIn(sim.Options{})
		Expect(om.Operator(sim.Action{Do: "orphan"})).To(Succeed())
		Expect(statuses(om)).To(Equal([]string{"3 running", "2 succeeded", "1 succeeded"}))
		Expect(om.get(current).text).To(ContainSubstring("no install in progress"))
		Expect(om.Log(3)).To(And(ContainSubstring("Running"), Not(ContainSubstring("Finished"))))
		By("staying below the next one")
		Expect(om.apply()).To(Succeed())
		Expect(statuses(om)).To(HaveExactElements("4 succeeded", "3 running", "2 succeeded", "1 succeeded"))
	})

	It("is left of the installation that runs", func() {
		om := loggedIn(sim.Options{})
		stuck := fault(om, faults.Fault{Effect: faults.Stuck, Product: "cf"})
		id := om.startApply(nil)
		Expect(om.WaitStruck(soon(), stuck, 1)).To(Succeed())
		Expect(om.Operator(sim.Action{Do: "orphan"})).To(Succeed())
		Expect(om.get(fmt.Sprintf("/api/v0/installations/%d", id)).body).To(HaveKeyWithValue("status", "running"))
		Expect(om.get(current).text).To(ContainSubstring("no install in progress"))
		om.ClearFaults()
		Expect(om.apply()).To(Succeed())
		Expect(statuses(om)).To(HaveExactElements("4 succeeded", "3 running", "2 succeeded", "1 succeeded"))
		Expect(om.Broken()).To(BeEmpty())
	})

	It("is made of an old one, or there from the beginning", func() {
		om := loggedIn(sim.Options{History: 4, DeadRecord: true})
		Expect(om.Operator(sim.Action{Do: "orphan", ID: 1})).To(Succeed())
		Expect(statuses(om)).To(Equal([]string{"4 succeeded", "3 running", "2 succeeded", "1 running"}))
		Expect(om.Operator(sim.Action{Do: "orphan", ID: 9})).NotTo(Succeed())
	})

	DescribeTable("is pruned where the version prunes orphans", func(version string, left []string) {
		om := loggedIn(sim.Options{Version: version, History: 4, DeadRecord: true})
		Expect(om.call(http.MethodPut, "/api/v0/settings/pruning", map[string]any{"days_to_keep": 1}).status).To(Equal(http.StatusOK))
		Expect(statuses(om)).To(HaveExactElements(left))
	},
		Entry("3.0.18 does not", "3.0.18-build.1", []string{"3 running"}),
		Entry("3.0.19 does", "3.0.19-build.1", []string{}),
	)
})

var _ = Describe("ids of installations that begin again", func() {
	ids := func(om *opsman) []int {
		var all []int
		for _, in := range om.Dump().Installations {
			all = append(all, in.ID)
		}
		return all
	}

	DescribeTable("as after", func(a sim.Action, left, next []int) {
		om := loggedIn(sim.Options{History: 5})
		a.Do = "restart-ids"
		Expect(om.Operator(a)).To(Succeed())
		Expect(ids(om)).To(Equal(left))
		Expect(om.apply()).To(Succeed())
		Expect(ids(om)).To(Equal(next))
	},
		Entry("an import without history", sim.Action{}, nil, []int{1}),
		Entry("an import with some", sim.Action{Keep: 2}, []int{1, 2}, []int{1, 2, 3}),
		Entry("a snapshot", sim.Action{ID: 3}, []int{1, 2, 3}, []int{1, 2, 3, 4}),
	)

	It("wait for what runs", func() {
		om := loggedIn(sim.Options{})
		fault(om, faults.Fault{Effect: faults.Stuck})
		om.startApply(nil)
		Expect(om.Operator(sim.Action{Do: "restart-ids"})).To(MatchError(ContainSubstring("an installation runs")))
	})
})

var _ = Describe("the user of an installation", func() {
	It("is not always the login", func() {
		om := loggedIn(sim.Options{InstallationUser: "Jane Doe"})
		Expect(om.apply()).To(Succeed())
		Expect(om.Operator(sim.Action{Do: "apply", Wait: true})).To(Succeed())
		list := items(om.get("/api/v0/installations").body["installations"])
		Expect(list[0]).To(HaveKeyWithValue("user_name", "operator"))
		Expect(list[1]).To(HaveKeyWithValue("user_name", "Jane Doe"))
	})
})

var _ = Describe("a year of selective deploys", func() {
	It("never deploys everything, and is pruned", func() {
		om := loggedIn(sim.Options{SelectiveHistory: 365, DaysToKeep: 90})
		installations := om.Dump().Installations
		Expect(len(installations)).To(BeNumerically("~", 90, 1))
		seen := map[string]bool{}
		for i, in := range installations {
			Expect(in.Products).To(HaveLen(2))
			seen[in.Products[1].Identifier] = true
			if i > 0 {
				Expect(in.ID).To(Equal(installations[i-1].ID + 1))
				Expect(in.StartedAt).To(BeTemporally(">", installations[i-1].StartedAt))
			}
		}
		Expect(seen).To(HaveLen(2))
	})
})
