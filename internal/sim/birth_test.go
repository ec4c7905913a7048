package sim_test

import (
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/outcome"
)

var _ = Describe("a service instance that is born in the middle of a rotation", func() {
	// bornCA is the path of its own CA.
	bornCA := func(om *opsman) string {
		for _, c := range om.Dump().CredHub {
			if strings.HasSuffix(c.Path, "/instance_ca") {
				return c.Path
			}
		}
		return ""
	}
	trusted := func(o sim.Options) *opsman {
		GinkgoHelper()
		o.BornLater = "p.mysql"
		om := loggedIn(o)
		before := len(om.Dump().VMs)
		Expect(om.Operator(sim.Action{Do: "apply", Wait: true})).To(Succeed())
		Expect(bornCA(om)).To(BeEmpty(), "no rotation is under way")
		for _, do := range []string{"generate", "apply"} {
			Expect(om.Operator(sim.Action{Do: do, Wait: true})).To(Succeed())
		}
		Expect(om.Dump().VMs).To(HaveLen(before + 1))
		return om
	}
	candidate := func(om *opsman) string { return text(om.authorities()[1]["guid"]) }
	toTheEnd := func(om *opsman) {
		GinkgoHelper()
		old := text(om.authorities()[0]["guid"])
		Expect(om.call("POST", activatePath(candidate(om)), nil).status).To(BeElementOf(http.StatusOK, http.StatusMultiStatus))
		for _, do := range []string{"regenerate", "apply"} {
			Expect(om.Operator(sim.Action{Do: do, Checks: true, Wait: true})).To(Succeed())
		}
		Expect(om.call("DELETE", cas+"/"+old, nil).status).To(BeElementOf(http.StatusOK, http.StatusMultiStatus))
		Expect(om.Operator(sim.Action{Do: "apply", Wait: true})).To(Succeed())
		Expect(om.Broken()).To(BeEmpty())
		Expect(om.Dump().TrustsActive()).To(BeTrue())
	}

	It("has a CA that generate never saw, for which activate is refused and changes nothing, until it has a version of its own", func() {
		om := trusted(sim.Options{})
		before := om.authorities()
		a := om.call("POST", activatePath(candidate(om)), nil)
		Expect(a.status).To(Equal(http.StatusUnprocessableEntity))
		Expect(violations(a)).To(ConsistOf(outcome.LatestNotTransitional))
		Expect(a.text).To(ContainSubstring(bornCA(om)))
		Expect(om.authorities()).To(Equal(before))
		By("applying changes, which does not help")
		Expect(om.Operator(sim.Action{Do: "apply", Wait: true})).To(Succeed())
		Expect(violations(om.call("POST", activatePath(candidate(om)), nil))).To(ConsistOf(outcome.LatestNotTransitional))
		By("having Maestro make it, and applying changes")
		Expect(om.Operator(sim.Action{Do: "regenerate-ca", Path: bornCA(om)})).To(Succeed())
		Expect(om.Operator(sim.Action{Do: "apply", Wait: true})).To(Succeed())
		toTheEnd(om)
	})

	It("may be deleted, and the rotation goes on", func() {
		om := trusted(sim.Options{})
		deployment := strings.Split(bornCA(om), "/")[2]
		Expect(om.Operator(sim.Action{Do: "delete-instance", Deployment: deployment})).To(Succeed())
		Expect(om.Operator(sim.Action{Do: "delete-instance", Deployment: deployment})).To(MatchError(ContainSubstring("there is no service instance")))
		Expect(bornCA(om)).To(BeEmpty())
		toTheEnd(om)
	})

	It("is like every other where Maestro is not called", func() {
		old := sim.DefaultTiles()
		old[0].Version = "2.8.1"
		toTheEnd(trusted(sim.Options{Tiles: old}))
	})

	It("is of a tile that has some", func() {
		om := loggedIn(sim.Options{})
		Expect(om.Operator(sim.Action{Do: "create-instance", Product: "cf"})).To(MatchError(ContainSubstring("cf has no service instances")))
		Expect(om.Operator(sim.Action{Do: "create-instance", Product: "p.mysql"})).To(Succeed())
		Expect(bornCA(om)).NotTo(BeEmpty())
		Expect(om.Operator(sim.Action{Do: "regenerate-ca", Path: "/no/ca"})).To(MatchError(ContainSubstring("there is no CA")))
	})
})
