package report_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/report"
)

var _ = Describe("the inventory", func() {
	certificate := func(name string, days int) evidence.Certificate {
		return evidence.Certificate{Name: name, ProductGUID: "cf-1", ValidUntil: madeNew.Add(time.Duration(days) * 24 * time.Hour)}
	}
	of := func(list ...evidence.Certificate) report.Inventory {
		return report.InventoryOf(evidence.Evidence{
			At: madeNew, OpsManager: "3.1.2-build.5", CAs: []evidence.CA{ca(guidOld, madeOld, true)},
			Certificates: evidence.Certificates{Source: evidence.SourceV1, List: list},
		})
	}

	DescribeTable("says by which procedure a certificate is replaced, and who has to act",
		func(change func(*evidence.Certificate), procedure string, rotated bool, who string) {
			c := certificate("/cf/router", 400)
			change(&c)
			for _, g := range of(c).Groups {
				for _, e := range g.Certificates {
					if e.Name == c.Name {
						Expect(g.Procedure).To(Equal(procedure))
						Expect(g.Rotated).To(Equal(rotated))
						Expect(g.Who).To(ContainSubstring(who))
						return
					}
				}
			}
			Fail("it is in no group")
		},
		Entry("a leaf", func(*evidence.Certificate) {}, "Root CA rotation", true, "opsman-ca"),
		Entry("with Ops Manager's name of it", func(c *evidence.Certificate) { c.RotationProcedure = "CF leaf" }, "CF leaf", true, "opsman-ca"),
		Entry("configurable", func(c *evidence.Certificate) { c.Configurable = true }, "Configurable certificates", false, "operator"),
		Entry("excluded", func(c *evidence.Certificate) { c.Excluded = true }, "Excluded from root CA rotation", false, "procedure of its own"),
		Entry("the services' CA", func(c *evidence.Certificate) { c.Name, c.IsCA = "/services/tls_ca", true }, "Excluded from root CA rotation", false, "procedure of its own"),
		Entry("automatic", func(c *evidence.Certificate) { c.AutoRotated = true }, "Automatic rotation", true, "force latest variables"),
	)

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
		text := report.InventoryText(plain, i)
		Expect(text).To(And(MatchRegexp(`late +leaf +cf-1 +2026-03-01 +expired`), MatchRegexp(`unknown +leaf +cf-1 +unknown`), MatchRegexp(guidOld+` +root CA, active`)))
	})

	It("lists a root CA once, and says when Ops Manager did not tell", func() {
		root := certificate(".properties.root_ca."+guidOld, 300)
		root.IsCA = true
		i := of(root)
		Expect(i.Groups[0].Certificates).To(HaveLen(1))
		i.Unknown = "502 Bad Gateway"
		Expect(report.InventoryText(plain, i)).To(ContainSubstring("did not list its certificates: 502 Bad Gateway"))
		Expect(report.InventoryMarkdown(i)).To(ContainSubstring("502 Bad Gateway"))
	})

	It("keeps names within the cells of Markdown", func() {
		Expect(report.InventoryMarkdown(of(certificate("a|b`c", 10)))).To(ContainSubstring("| `a\\|b'c` | leaf | cf-1 | 2026-03-12 | 10 |"))
	})
})
