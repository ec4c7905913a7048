package sim_test

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/outcome"
)

var _ = Describe("a deployment that no tile made", func() {
	concourse := func(o func(*sim.Options)) *opsman {
		GinkgoHelper()
		options := sim.Options{NonTiles: []sim.NonTile{{Name: "concourse", Jobs: []sim.Job{{Name: "web", Instances: 1}, {Name: "worker", Instances: 1}}}}}
		o(&options)
		return loggedIn(options)
	}
	plain := func(*sim.Options) {}
	redeploy := func(om *opsman) {
		GinkgoHelper()
		Expect(om.Operator(sim.Action{Do: "redeploy", Deployment: "concourse"})).To(Succeed())
	}

	It("is named by v1 alone, and outdated there until it is redeployed (facts 3.11, 4.5)", func() {
		om := concourse(plain)
		Expect(om.get("/api/v0/deployed/products").text).NotTo(ContainSubstring("concourse"))
		Expect(om.get("/api/v0/deployed/certificates").text).NotTo(ContainSubstring("concourse"))
		guid := om.generate()
		Expect(om.apply()).To(Succeed())
		outdated := func() any {
			for _, row := range rows(om.get("/api/v1/deployed/certificates?no_cache=true").body["certificates"]) {
				if row["name"] == ".properties.root_ca."+guid {
					Expect(row["deployments"]).To(ContainElement("concourse"))
					return row["outdated_deployments"]
				}
			}
			return nil
		}
		Expect(outdated()).To(ConsistOf("concourse"))
		redeploy(om)
		Expect(outdated()).To(BeEmpty())
	})

	It("is lost when it is not redeployed, while every apply succeeds", func() {
		om := concourse(func(o *sim.Options) { o.Version = "2.10.60-build.1" })
		Expect(upToRegenerate(om)).To(Succeed())
		Expect(om.Broken()).NotTo(BeEmpty())
		for _, h := range om.Broken() {
			Expect(h.Client + " " + h.Server).To(ContainSubstring("concourse/"))
		}
		Expect(om.Operator(sim.Action{Do: "redeploy", Deployment: "gitlab"})).To(MatchError(ContainSubstring("no deployment")))
	})

	DescribeTable("is safe when it is redeployed after each apply", func(o func(*sim.Options)) {
		om := concourse(o)
		old, guid := om.Dump().Active(), om.generate()
		Expect(om.apply()).To(Succeed())
		redeploy(om)
		om.mustPost(activatePath(guid), nil)
		om.mustPost(cas+"/active/regenerate", nil)
		Expect(om.apply()).To(Succeed())
		redeploy(om)
		Expect(om.call(http.MethodDelete, cas+"/"+old, nil).status).To(Equal(http.StatusOK))
		Expect(om.apply()).To(Succeed())
		redeploy(om)
		Expect(om.apply()).To(Succeed())
		Expect(om.Broken()).To(BeEmpty())
		for _, v := range om.Dump().VMs {
			Expect(v.Trusts).To(ConsistOf(guid), v.Name)
			Expect(v.LeafSigner).To(Equal(guid), v.Name)
		}
	},
		Entry("on 2.10", func(o *sim.Options) { o.Version = "2.10.60-build.1" }),
		Entry("on 3.1", plain),
		Entry("with BOSH DNS", func(o *sim.Options) { o.NonTiles[0].DNS = true }),
		Entry("on its own stemcell", func(o *sim.Options) { o.NonTiles[0].Stemcell = stemcell("xenial/621.200") }),
	)

	It("on an old stemcell has to be recreated", func() {
		for _, recreate := range []bool{false, true} {
			om := concourse(func(o *sim.Options) { o.NonTiles[0].Stemcell = stemcell("xenial/621.100") })
			guid := om.generate()
			Expect(om.apply()).To(Succeed())
			Expect(om.Operator(sim.Action{Do: "redeploy", Recreate: recreate})).To(Succeed())
			om.mustPost(activatePath(guid), nil)
			om.mustPost(cas+"/active/regenerate", nil)
			Expect(om.apply()).To(Succeed())
			Expect(len(om.Broken()) == 0).To(Equal(recreate))
		}
	})

	It("with BOSH DNS keeps the safety checks from passing", func() {
		om := concourse(func(o *sim.Options) { o.NonTiles[0].DNS = true })
		guid := om.generate()
		Expect(om.apply()).To(Succeed())
		a := om.call(http.MethodPost, activatePath(guid), nil)
		Expect(violations(a)).To(ConsistOf(outcome.ChildNotLatest))
		Expect(a.text).To(ContainSubstring("/p-bosh/concourse/dns_api_client_tls"))
	})

	It("comes back with a hard rotation", func() {
		om := concourse(func(o *sim.Options) { o.Version = "2.10.60-build.1" })
		Expect(upToRegenerate(om)).To(Succeed())
		broken := len(om.Broken())
		Expect(om.Operator(sim.Action{Do: "hard-rotation"})).To(Succeed())
		Expect(om.apply()).To(Succeed())
		Expect(om.Broken()).To(HaveLen(broken))
	})

	It("and service instances without an errand are looked after, where an operator follows the advice", func() {
		tiles := smallTiles()
		tiles[1] = tiles[1].Without(sim.RecreateAllErrand)
		om := concourse(func(o *sim.Options) {
			o.Tiles, o.OldStemcells, o.HandsOn, o.Version = tiles, true, true, "2.10.60-build.1"
		})
		apply := sim.Action{Do: "apply", Recreate: true, Wait: true}
		old, guid := om.Dump().Active(), om.generate()
		Expect(om.Operator(apply)).To(Succeed())
		om.mustPost(activatePath(guid), nil)
		om.mustPost(cas+"/active/regenerate", nil)
		Expect(om.Operator(apply)).To(Succeed())
		Expect(om.call(http.MethodDelete, cas+"/"+old, nil).status).To(Equal(http.StatusOK))
		Expect(om.Operator(apply)).To(Succeed())
		Expect(om.Broken()).To(BeEmpty())
		for _, v := range om.Dump().VMs {
			Expect(v.NATSTrusts).To(ConsistOf(guid), v.Name)
		}
	})
})
