package sim_test

import (
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// rows are the certificates of an answer, those below signs too.
func rows(list any) []map[string]any {
	var all []map[string]any
	items, _ := list.([]any)
	for _, item := range items {
		row := object(item)
		all = append(all, row)
		all = append(all, rows(row["signs"])...)
	}
	return all
}

var _ = Describe("deployed certificates", func() {
	const v0, v1 = "/api/v0/deployed/certificates", "/api/v1/deployed/certificates"

	DescribeTable("exist by version", func(version string, status int, procedures bool) {
		om := loggedIn(sim.Options{Version: version})
		Expect(om.get(v1).status).To(Equal(status))
		for _, row := range rows(om.get(v0).body["certificates"]) {
			_, has := row["rotation_procedure_name"]
			Expect(has).To(Equal(procedures))
		}
	},
		Entry("2.10 before the procedures", "2.10.30-build.1", http.StatusNotFound, false),
		Entry("2.10", "2.10.60-build.1", http.StatusNotFound, true),
		Entry("early 3.0", "3.0.9-build.1", http.StatusNotFound, true),
		Entry("3.0", "3.0.25-build.1261", http.StatusOK, true),
		Entry("3.1", "3.1.2-build.5", http.StatusOK, true),
	)

	It("of v0 are one row per deployment, with null for what does not apply", func() {
		om := loggedIn(sim.Options{})
		count := map[string]int{}
		for _, row := range rows(om.get(v0).body["certificates"]) {
			Expect(row).NotTo(HaveKey("outdated_deployments"))
			if row["location"] == "credhub" {
				Expect(row["property_reference"]).To(BeNil())
				continue
			}
			Expect(row["variable_path"]).To(BeNil())
			count[text(row["property_reference"])]++
		}
		Expect(count[".service_instance.mysql.tls_credentials"]).To(Equal(2))
		Expect(count[".properties.root_ca."+text(om.authorities()[0]["guid"])]).To(Equal(1))
	})

	It("are filtered by expiry and exclusion", func() {
		om := loggedIn(sim.Options{})
		Expect(om.get(v0 + "?expires_within=1m").body["certificates"]).To(BeEmpty())
		soon := rows(om.get(v0 + "?expires_within=12w").body["certificates"])
		Expect(soon).NotTo(BeEmpty())
		for _, row := range soon {
			Expect(row["is_ca"]).To(BeTrue())
		}
		excluded := rows(om.get(v0 + "?show_excluded_from_rotation_only=true").body["certificates"])
		Expect(excluded).NotTo(BeEmpty())
		for _, row := range excluded {
			Expect(row["variable_path"]).To(Or(HavePrefix("/services/"), HaveSuffix("/tls_certificate")))
		}
		Expect(om.get(v0 + "?expires_within=soon").status).To(Equal(http.StatusBadRequest))
	})

	It("of v1 show what an apply still owes", func() {
		om := loggedIn(sim.Options{})
		outdated := func() map[string]any {
			found := map[string]any{}
			for _, row := range rows(om.get(v1 + "?no_cache=true").body["certificates"]) {
				Expect(row).NotTo(HaveKey("variable_path"))
				if len(items(row["outdated_deployments"])) > 0 {
					found[text(row["name"])] = row["outdated_deployments"]
				}
			}
			return found
		}
		Expect(outdated()).To(BeEmpty())
		newCA := om.generate()
		Expect(outdated()).To(HaveKeyWithValue(".properties.root_ca."+newCA, HaveLen(5)))
		Expect(om.Operator(sim.Action{Do: "errand", Product: "p.mysql", Errand: sim.UpgradeAllErrand})).To(Succeed())
		Expect(om.apply()).To(Succeed())
		Expect(outdated()).To(HaveKeyWithValue(".properties.root_ca."+newCA, ConsistOf(HavePrefix("service-instance_"), HavePrefix("service-instance_"))))
		Expect(om.Operator(sim.Action{Do: "errand", Product: "p.mysql", Errand: sim.UpgradeAllErrand, On: true})).To(Succeed())
		Expect(om.apply()).To(Succeed())
		Expect(outdated()).To(BeEmpty())
		om.mustPost(activatePath(newCA), nil)
		Expect(outdated()).To(BeEmpty())
		om.mustPost(cas+"/active/regenerate", nil)
		Expect(outdated()).To(HaveKey(".router.tls_credentials"))
		Expect(om.apply()).To(Succeed())
		Expect(outdated()).To(BeEmpty())
	})

	It("of v1 come from a cache unless told otherwise", func() {
		om := loggedIn(sim.Options{})
		om.get(v1)
		newCA := om.generate()
		Expect(om.get(v1).text).NotTo(ContainSubstring(newCA))
		Expect(om.get(v1 + "?no_cache=true").text).To(ContainSubstring(newCA))
	})

	It("nest leaves below the CA that signed them, and valid_from is when they were issued", func() {
		om := loggedIn(sim.Options{ConfigurableLeaf: true})
		newCA := om.generate()
		created := text(om.authorities()[1]["created_on"])
		Expect(om.apply()).To(Succeed())
		om.mustPost(activatePath(newCA), nil)
		om.mustPost(cas+"/active/regenerate", nil)
		for _, root := range items(om.get(v1 + "?no_cache=true").body["certificates"]) {
			row := object(root)
			signs := rows(row["signs"])
			if row["name"] == ".properties.root_ca."+newCA {
				Expect(signs).NotTo(BeEmpty())
				for _, leaf := range signs {
					Expect(text(leaf["valid_from"]) > created).To(BeTrue())
				}
			} else if strings.HasPrefix(text(row["name"]), ".properties.root_ca.") {
				Expect(signs).To(ConsistOf(HaveKeyWithValue("name", ".properties.networking_poe_ssl_certs")))
			}
		}
	})
})
