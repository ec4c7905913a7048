package inventory_test

import (
	"encoding/json"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/cli"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/inventory"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// groupOf is the group with the certificate in it.
func groupOf(i inventory.Inventory, name string) inventory.Group {
	GinkgoHelper()
	for _, g := range i.Groups {
		for _, e := range g.Certificates {
			if e.Name == name {
				return g
			}
		}
	}
	Fail(name + " is in no group")
	return inventory.Group{}
}

var _ = Describe("the inventory", func() {
	DescribeTable("says by which procedure a certificate is replaced, and who has to act",
		func(change func(*evidence.Certificate), category inventory.Category, procedure string, rotated bool, who string) {
			c := certificate("/cf/router", 400)
			change(&c)
			g := groupOf(of(c), c.Name)
			Expect(g.Category).To(Equal(category))
			Expect(g.Procedure).To(Equal(procedure))
			Expect(g.Rotated).To(Equal(rotated))
			Expect(g.Who).To(ContainSubstring(who))
			Expect(g.How).To(HaveSuffix("."))
		},
		Entry("a leaf", func(*evidence.Certificate) {}, inventory.CategoryRotation, "Root CA rotation", true, "opsman-ca"),
		Entry("with Ops Manager's name of it", func(c *evidence.Certificate) { c.RotationProcedure = "CF leaf" }, inventory.CategoryRotation, "CF leaf", true, "opsman-ca"),
		Entry("configurable", func(c *evidence.Certificate) { c.Configurable = true }, inventory.CategoryConfigurable, "Configurable certificates", false, "you"),
		Entry("configurable, of Ops Manager itself", func(c *evidence.Certificate) { c.Configurable, c.ProductGUID = true, "ops_manager" }, inventory.CategorySettings, "Ops Manager's settings", false, "administrator"),
		Entry("a customer's CA", func(c *evidence.Certificate) { c.Configurable, c.IsCA, c.Location = true, true, "credhub" }, inventory.CategoryCustomerCA, "Customer-provided CA", false, "the customer who provided it"),
		Entry("excluded", func(c *evidence.Certificate) { c.Excluded = true }, inventory.CategoryExcluded, "Excluded from root CA rotation", false, "you"),
		Entry("the services' CA", func(c *evidence.Certificate) { c.Name, c.IsCA = "/services/tls_ca", true }, inventory.CategoryServices, "Services TLS CA", false, "Maestro"),
		Entry("below the services' CA", func(c *evidence.Certificate) { c.SignedBy = []string{"/services/tls_ca"} }, inventory.CategoryServices, "Services TLS CA", false, "Maestro"),
		Entry("of the services' CA, by v0", func(c *evidence.Certificate) { c.RotationProcedure = "Services TLS CA Procedure" }, inventory.CategoryServices, "Services TLS CA Procedure", false, "Maestro"),
		Entry("of a service instance", func(c *evidence.Certificate) { c.Name = "/p-bosh/service-instance_1/tls_certificate" }, inventory.CategoryInstance, "Certificates of service instances", false, "service tile"),
		Entry("for SAML", func(c *evidence.Certificate) { c.Name, c.Configurable = ".properties.saml_service_provider_cert", true }, inventory.CategorySAML, "Identity provider (SAML)", false, "identity provider"),
		Entry("for SAML, as Ops Manager calls it", func(c *evidence.Certificate) { c.RotationProcedure = "Identity Provider SAML Procedure" }, inventory.CategorySAML, "Identity Provider SAML Procedure", false, "identity provider"),
		Entry("of Telemetry", func(c *evidence.Certificate) { c.Name = "/telemetry-ca-cert" }, inventory.CategoryTelemetry, "Telemetry", false, "you"),
		Entry("of IPsec", func(c *evidence.Certificate) { c.Name, c.Excluded = "/p-bosh/x/ipsec_peer", true }, inventory.CategoryIPsec, "IPsec", false, "add-on"),
		Entry("automatic", func(c *evidence.Certificate) { c.AutoRotated = true }, inventory.CategoryAutomatic, "Automatic rotation", true, "Ops Manager renews it"),
	)

	It("leaves to TKGI what CredHub holds, where TKGI is", func() {
		held, stored := certificate("/p-bosh/pks/tls", 400), certificate(".properties.router", 400)
		held.Location, stored.Location = "credhub", "ops_manager"
		e := foundationOf(held, stored)
		Expect(groupOf(inventory.Of(e), held.Name).Category).To(Equal(inventory.CategoryRotation))
		e.Products.List = append(e.Products.List, evidence.Product{GUID: "pks-1", Type: "pivotal-container-service"})
		Expect(groupOf(inventory.Of(e), held.Name)).To(And(HaveField("Category", inventory.CategoryTKGI), HaveField("Rotated", false)))
		Expect(groupOf(inventory.Of(e), stored.Name).Category).To(Equal(inventory.CategoryRotation))
	})

	It("counts days by Ops Manager's clock, and puts first what expires first", func() {
		late, unknown := certificate("late", -1), certificate("unknown", 0)
		unknown.ValidUntil = time.Time{}
		i := of(certificate("soon", 10), unknown, late, certificate("soon", 10))
		Expect(i.Groups).To(HaveLen(1))
		list := i.Groups[0].Certificates
		Expect(list).To(HaveExactElements(HaveField("Name", "late"), HaveField("Name", "soon"), HaveField("Name", guidOld), HaveField("Name", "unknown")), "one row for two of v0")
		Expect(list[0].DaysLeft).To(HaveValue(Equal(-1)))
		Expect(list[1].DaysLeft).To(HaveValue(Equal(10)))
		Expect(list[3].DaysLeft).To(BeNil())
		Expect(i.Summary).To(And(HaveField("Total", 4), HaveField("Expired", 1), HaveField("Urgent", 1), HaveField("Fine", 1), HaveField("Undated", 1), HaveField("First.Name", "late")))
	})

	DescribeTable("has a word for how soon something expires",
		func(days int, urgency inventory.Urgency) {
			Expect(of(certificate("x", days)).Groups[0].Certificates).To(ContainElement(And(HaveField("Name", "x"), WithTransform(inventory.Entry.Urgency, Equal(urgency)))))
		},
		Entry(nil, -1, inventory.Expired), Entry(nil, 0, inventory.Urgent), Entry(nil, 29, inventory.Urgent),
		Entry(nil, 30, inventory.Soon), Entry(nil, 89, inventory.Soon), Entry(nil, 90, inventory.Fine),
	)

	It("lists a root CA once, among what Ops Manager calls its procedure, and the NATS CA beside it", func() {
		again, nats := certificate(".properties.root_ca."+guidOld, 300), certificate(".properties.nats_ca."+guidOld, 300)
		again.IsCA, again.RotationProcedure, nats.IsCA, nats.RotationProcedure = true, "Standard CA Procedure", true, "Standard CA Procedure"
		i := of(again, nats)
		Expect(i.Groups).To(HaveExactElements(HaveField("Procedure", "Standard CA Procedure")))
		Expect(i.Groups[0].Certificates).To(HaveExactElements(
			And(HaveField("Name", nats.Name), HaveField("Kind", rotation.Authority)), And(HaveField("Name", guidOld), HaveField("Kind", rotation.RootActive))))
	})

	It("says for machines what the documentation promises", func() {
		text, err := inventory.JSON(of(certificate("/cf/router<1>", 10)))
		Expect(err).NotTo(HaveOccurred())
		var read map[string]any
		Expect(json.Unmarshal(text, &read)).To(Succeed())
		Expect(read).To(And(HaveLen(6), HaveKeyWithValue("format", 1.0), HaveKeyWithValue("ops_manager", "3.1.2-build.5"), HaveKeyWithValue("at", "2026-03-02T10:00:00Z"), HaveKey("not_listed")))
		Expect(read["summary"]).To(HaveKeyWithValue("within_30_days", 1.0))
		Expect(string(text)).To(ContainSubstring(`"name": "/cf/router<1>",
          "label": "/cf/router<1>",
          "kind": "leaf",
          "product": "cf-1",
          "product_name": "TAS",
          "expires": "2026-03-12",
          "days_left": 10
`))
	})

	It("is empty, not broken, where Ops Manager tells nothing", func() {
		i := inventory.Of(evidence.Evidence{Certificates: evidence.Certificates{Unknown: "502 Bad Gateway"}})
		Expect(cli.ReportText(plain, i)).To(ContainSubstring("did not list its certificates: 502 Bad Gateway"))
		Expect(inventory.Markdown(i)).To(ContainSubstring("did not list its certificates:** 502 Bad Gateway"))
		page, err := inventory.HTML(i)
		Expect(err).NotTo(HaveOccurred())
		Expect(page).To(And(ContainSubstring("</strong> 502 Bad Gateway"), Not(ContainSubstring("<svg")), Not(ContainSubstring("<dt>expired</dt>")), ContainSubstring("At a time that Ops Manager did not tell")))
		Expect(cli.ReportText(plain, i)).NotTo(ContainSubstring("0 expired"), "that is unknown")
		text, err := inventory.JSON(i)
		Expect(err).NotTo(HaveOccurred())
		Expect(string(text)).To(ContainSubstring(`"procedures": []`))
	})
})
