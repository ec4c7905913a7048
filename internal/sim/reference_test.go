package sim_test

import (
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

var _ = Describe("the reference foundation", func() {
	reference := func(version string) *opsman {
		o := sim.ReferenceFoundation()
		o.Version = version
		return loggedIn(o)
	}
	apply := func(om *opsman) {
		GinkgoHelper()
		Expect(om.Wait(om.startApply(map[string]any{"deploy_products": "all", "ignore_warnings": "true"}))).To(Succeed())
	}

	DescribeTable("rotates, and keeps what no rotation touches", func(version string) {
		om := reference(version)
		old := om.Dump().Active()
		guid := om.generate()
		apply(om)
		om.mustPost(activatePath(guid), nil)
		om.mustPost(cas+"/active/regenerate", nil)
		apply(om)
		a := om.call("DELETE", cas+"/"+old, nil)
		Expect(a.status).To(Equal(http.StatusOK), a.text)
		apply(om)
		Expect(om.Broken()).To(BeEmpty())
		Expect(om.get("/api/v0/deployed/certificates").text).To(ContainSubstring(".uaa.service_provider_key_credentials"))
	}, Entry("without v1", "2.10.60-build.1"), Entry("with v1", "3.1.2-build.5"))

	It("has a SAML certificate below the root CA, and an expired public root in a bundle", func() {
		om := reference("3.1.2-build.5")
		top := items(om.get("/api/v1/deployed/certificates").body["certificates"])
		Expect(object(top[0])["signs"]).To(ContainElement(And(
			HaveKeyWithValue("name", ".uaa.service_provider_key_credentials"), HaveKeyWithValue("configurable", true),
			HaveKeyWithValue("is_ca", false), HaveKeyWithValue("outdated_deployments", BeEmpty()),
			HaveKeyWithValue("rotation_procedure_name", "Identity Provider SAML Procedure"))))
		expired := 0
		for _, row := range top {
			until, err := time.Parse(time.RFC3339, text(object(row)["valid_until"]))
			Expect(err).NotTo(HaveOccurred())
			if until.Before(om.Dump().Now) {
				expired++
				Expect(object(row)).To(And(HaveKeyWithValue("issuer", HaveSuffix("CN=DST Root CA X3")), HaveKeyWithValue("configurable", true)))
			}
		}
		Expect(expired).To(Equal(1))
		Expect(om.get("/api/v0/installations").text).NotTo(ContainSubstring(`"change_type":"addition"`))
	})

	It("has Windows cells and a tile without VMs", func() {
		om := reference("2.10.60-build.1")
		report := om.get("/api/v0/diagnostic_report").text
		Expect(report).To(ContainSubstring("windows2019"))
		Expect(report).To(MatchRegexp(`"name":"p-scheduler","stemcells":\[\]`))
	})
})

var _ = Describe("TKGI with clusters", func() {
	It("upgrades them only when its errand is asked for", func() {
		om := loggedIn(sim.Options{Tiles: append(smallTiles(), sim.TKGITile(2))})
		tkgi := om.Dump().Products[3]
		Expect(tkgi.Deployments).To(HaveLen(3))
		trusting := func() int {
			n := 0
			for _, v := range om.Dump().VMs {
				if v.Product == tkgi.GUID && len(v.Trusts) == 2 {
					n++
				}
			}
			return n
		}
		a := om.call("POST", cas+"/generate", nil)
		Expect(a.status).To(Equal(http.StatusMultiStatus))
		Expect(om.apply()).To(Succeed())
		Expect(trusting()).To(Equal(1))
		Expect(om.Wait(om.startApply(map[string]any{"errands": map[string]any{
			tkgi.GUID: map[string]any{"run_post_deploy": map[string]any{sim.UpgradeAllErrand: true}},
		}}))).To(Succeed())
		Expect(trusting()).To(Equal(7))
	})
})
