package sim_test

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/outcome"
)

var _ = Describe("safety checks", func() {
	refused := func(a answer, want string) {
		GinkgoHelper()
		Expect(a.status).To(Equal(http.StatusUnprocessableEntity), a.text)
		Expect(violations(a)).To(ContainElement(want))
		Expect(a.body["errors"]).To(HaveLen(1))
		Expect(a.body).NotTo(HaveKey("error"))
	}
	step := func(om *opsman, do string) {
		GinkgoHelper()
		Expect(om.Operator(sim.Action{Do: do, Wait: true})).To(Succeed())
	}

	DescribeTable("refuse what comes too early", func(before []string, method, path, want string) {
		om := loggedIn(sim.Options{})
		oldCA := text(om.authorities()[0]["guid"])
		for _, do := range before {
			step(om, do)
		}
		guids := map[string]string{"OLD": oldCA}
		if list := om.authorities(); len(list) > 1 {
			guids["NEW"] = text(list[1]["guid"])
		}
		for name, guid := range guids {
			if path == cas+"/"+name {
				path = cas + "/" + guid
			}
			if path == activatePath(name) {
				path = activatePath(guid)
			}
		}
		refused(om.call(method, path, nil), want)
		Expect(om.Broken()).To(BeEmpty())
		By("letting it through when told to")
		Expect(om.call(method, path+"?skip_safety_check=true", nil).status).To(Equal(http.StatusOK))
	},
		Entry("a second generate", []string{"generate"}, "POST", cas+"/generate", outcome.HasTransitional),
		Entry("activate before the apply", []string{"generate"}, "POST", activatePath("NEW"), outcome.ChildNotLatest),
		Entry("regenerate before activate", []string{"generate", "apply"}, "POST", cas+"/active/regenerate", outcome.SigningTransitional),
		Entry("regenerate without trust", []string{"generate", "activate"}, "POST", cas+"/active/regenerate", outcome.ChildDoesNotTrust),
		Entry("delete of the candidate", []string{"generate", "apply"}, "DELETE", cas+"/NEW", outcome.LatestTransitional),
		Entry("delete before regenerate", []string{"generate", "apply", "activate"}, "DELETE", cas+"/OLD", outcome.ChildSignedByOld),
		Entry("delete before the second apply", []string{"generate", "apply", "activate", "regenerate"}, "DELETE", cas+"/OLD", outcome.VersionNotLatest),
		Entry("generate while leaves wait", []string{"regenerate"}, "POST", cas+"/generate", outcome.ChildNotLatest),
	)

	It("find service instances that an earlier rotation left behind", func() {
		om := loggedIn(sim.Options{})
		for _, do := range []string{"generate", "apply", "activate", "regenerate"} {
			step(om, do)
		}
		Expect(om.Operator(sim.Action{Do: "errand", Product: "p.mysql", Errand: sim.UpgradeAllErrand})).To(Succeed())
		step(om, "apply")
		step(om, "delete")
		refused(om.call("POST", cas+"/generate", nil), outcome.LatestNotSigning)
	})

	It("find tiles that were left out", func() {
		om := loggedIn(sim.Options{})
		for _, do := range []string{"generate", "apply", "activate", "regenerate"} {
			step(om, do)
		}
		Expect(om.Operator(sim.Action{Do: "apply", Products: []string{"cf"}, Wait: true})).To(Succeed())
		a := om.call("DELETE", cas+"/"+text(om.authorities()[0]["guid"]), nil)
		Expect(violations(a)).To(ConsistOf(outcome.VersionNotLatest, outcome.ManySigning))
	})

	It("meet a customer's CA that was not excluded", func() {
		om := loggedIn(sim.Options{CustomerCA: true})
		newCA := om.generate()
		Expect(om.apply()).To(Succeed())
		refused(om.call("POST", activatePath(newCA), nil), outcome.LatestNotTransitional)
	})

	It("pass a customer's CA that was excluded", func() {
		om := loggedIn(sim.Options{CustomerCA: true})
		made := om.mustPost(cas+"/generate", map[string]any{"exclude_from_rotation": map[string]any{
			"certificate_authorities": []string{"/services/tls_ca", "/customer/tls_ca"},
		}})
		Expect(made.text).To(ContainSubstring(`"variable_path":"/customer/tls_ca"`))
		Expect(om.apply()).To(Succeed())
		om.mustPost(activatePath(text(made.body["guid"])), nil)
	})

	It("stop at BOSH DNS when it rotates by itself, unless variables are forced", func() {
		om := loggedIn(sim.Options{AutoRotateDNS: true})
		newCA := om.generate()
		Expect(om.apply()).To(Succeed())
		refused(om.call("POST", activatePath(newCA), nil), outcome.ChildNotLatest)
		Expect(om.Wait(om.startApply(map[string]any{"force_latest_variables": true}))).To(Succeed())
		om.mustPost(activatePath(newCA), nil)
	})

	It("are off when TKGI is there, and the answer is 207 with warnings", func() {
		tiles := append(smallTiles(), sim.Tile{Identifier: sim.TKGI, Version: "1.19.0", Jobs: []sim.Job{{Name: "pks", Instances: 1}}})
		om := loggedIn(sim.Options{Tiles: tiles})
		a := om.call("POST", cas+"/generate", nil)
		Expect(a.status).To(Equal(http.StatusMultiStatus))
		Expect(a.body["warnings"]).To(HaveLen(1))
		Expect(om.call("POST", cas+"/generate", nil).status).To(Equal(http.StatusMultiStatus))
		Expect(om.authorities()).To(HaveLen(3))
	})

	It("answer as documented when asked to", func() {
		om := loggedIn(sim.Options{DocumentedErrors: true})
		om.generate()
		a := om.call("POST", cas+"/generate", nil)
		Expect(a.status).To(Equal(http.StatusUnprocessableEntity))
		Expect(a.body).To(HaveKey("error"))
		Expect(a.body).NotTo(HaveKey("errors"))
		Expect(a.text).To(ContainSubstring("migitation")) //nolint:misspell // as the reference has it
	})
})
