package resource_test

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/resource/listing"
)

func alert(o *opsManager, within string) *resource.AlertVersion {
	GinkgoHelper()
	a, err := resource.ExpiringSoon(context.Background(), o, span(within))
	Expect(err).NotTo(HaveOccurred())
	return a
}

var _ = Describe("an alert", func() {
	It("is about CAs and certificates of every kind, and asks for those alone", func() {
		o := settled(20, certificate("/own", -10, 10, configurable), certificate("/services/tls_ca", -10, 25), certificate("/x", -10, 40), certificate("/gone", -10, -3))
		a := alert(o, "30d")
		Expect(*a).To(And(HaveField("Expiring", "4"), HaveField("First", "/gone"), HaveField("ExpiresOn", "2026-03-06T10:00:00Z"), HaveField("Last", "2026-04-03T10:00:00Z")))
		Expect(resource.ParseAlert(a.Map())).To(Equal(*a))
		Expect(o.asked).To(Equal([]string{"authorities", "certificates"}))
	})

	It("is none where nothing expires", func() {
		Expect(alert(settled(31, certificate("/x", -10, 30)), "30d")).To(BeNil())
	})

	It("is the same for the same set, in whatever order and on whatever day, and another for another", func() {
		one, two := certificate("/a", -10, 10), certificate("/b", -10, 10)
		a := alert(settled(600, one, two), "30d")
		o := settled(600, two, one, one)
		o.at = in(5)
		Expect(alert(o, "30d")).To(Equal(a))
		for _, other := range []*opsManager{
			settled(600, one), settled(600, one, two, certificate("/c", -10, 5)), settled(600, one, certificate("/b", -10, 11)),
			settled(600, one, certificate("/b", -10, 10, func(c *evidence.Certificate) { c.ProductGUID = "cf-2" })),
			settled(600, one, certificate("/b", -10, 10, func(c *evidence.Certificate) { c.IsCA = true })),
		} {
			Expect(alert(other, "30d")).NotTo(Equal(a))
		}
	})

	It("lists its certificates with who has to act for each", func() {
		o := settled(600, certificate("/own", -10, 10, configurable), certificate("/x", -10, 20), certificate("/y", -10, 200))
		o.products = []evidence.Product{{GUID: "cf-1", Type: "cf", Label: "TAS"}}
		members, same, err := resource.MembersOf(context.Background(), o, listing.Certificates{}, span("30d"), *alert(o, "30d"))
		Expect(err).NotTo(HaveOccurred())
		Expect(same).To(BeTrue())
		Expect(members).To(HaveExactElements(
			And(HaveField("Name", "/own"), HaveField("ProductName", "TAS"), HaveField("Rotated", false), HaveField("Who", "you")),
			And(HaveField("Name", "/x"), HaveField("Rotated", true), HaveField("Expires", "2026-03-29")),
		))
		Expect(encode(members)).NotTo(ContainSubstring("days_left"))
	})

	It("is the same set to the second, which is what versions tell", func() {
		o := settled(600, certificate("/x", -10, 20, func(c *evidence.Certificate) { c.ValidUntil = c.ValidUntil.Add(time.Second / 2) }))
		members, same, err := resource.MembersOf(context.Background(), o, listing.Certificates{}, span("30d"), *alert(o, "30d"))
		Expect(err).NotTo(HaveOccurred())
		Expect(same).To(BeTrue())
		Expect(members).To(HaveLen(1))
	})

	It("says when its set is not the one that is listed any more", func() {
		o := settled(600, certificate("/own", -10, 10), certificate("/x", -10, 20))
		a := alert(o, "30d")
		o.listed.List = o.listed.List[1:]
		members, same, err := resource.MembersOf(context.Background(), o, listing.Certificates{}, span("30d"), *a)
		Expect(err).NotTo(HaveOccurred())
		Expect(same).To(BeFalse())
		Expect(members).To(HaveExactElements(HaveField("Name", "/x")))
	})

	DescribeTable("is unknown, and not none,", func(damage func(*opsManager), sentence string) {
		o := settled(600)
		damage(o)
		_, err := resource.ExpiringSoon(context.Background(), o, span("30d"))
		Expect(err).To(MatchError(ContainSubstring(sentence)))
	},
		Entry("without the certificates", func(o *opsManager) { o.listed = evidence.Certificates{Unknown: "500"} }, "did not list the deployed certificates (500)"),
		Entry("without a clock", func(o *opsManager) {
			o.listed.List, o.at = []evidence.Certificate{certificate("/x", 0, 1)}, time.Time{}
		}, "did not tell what day it is"),
		Entry("when the CAs cannot be asked for", func(o *opsManager) { o.broken = "authorities" }, "cannot ask Ops Manager for its certificate authorities: it hung up"),
	)

	It("cannot be listed without the certificates, or for a day that is none", func() {
		o := settled(600)
		o.listed = evidence.Certificates{Unknown: "500"}
		_, _, err := resource.MembersOf(context.Background(), o, listing.Certificates{}, span("30d"), resource.AlertVersion{Last: "2026-04-03T10:00:00Z"})
		Expect(err).To(MatchError(ContainSubstring("did not list the deployed certificates (500)")))
		_, _, err = resource.MembersOf(context.Background(), settled(600), listing.Certificates{}, span("30d"), resource.AlertVersion{Last: "2026-13-03T10:00:00Z"})
		Expect(err).To(MatchError(ContainSubstring("is no date")))
		o = settled(600)
		o.broken = "products"
		_, _, err = resource.MembersOf(context.Background(), o, listing.Certificates{}, span("30d"), resource.AlertVersion{})
		Expect(err).To(MatchError(ContainSubstring("cannot ask Ops Manager for its deployed products")))
	})
})

var _ = DescribeTable("a foreign version is refused with every problem", func(m map[string]string, ofDue, ofAlerts string) {
	_, err := resource.ParseDue(m)
	Expect(err).To(MatchError(ofDue))
	_, err = resource.ParseAlert(m)
	Expect(err).To(MatchError(ofAlerts))
},
	Entry("of a state", map[string]string{"state": "settled"},
		"due is missing: expected something like \"f7bc18f34f2a7a9403c3\"\nexpires_on is missing: expected something like \"2027-01-09T08:00:00Z\"\nunknown key \"state\": a version of this resource has due, product, expires_on, active, under_way; if a newer build of the image made it, go back to that build",
		"expiring is missing: expected something like \"3\"\nfirst is missing: expected something like \"/cf/diego-instance-identity-root-ca\"\nexpires_on is missing: expected something like \"2027-01-09T08:00:00Z\"\n"+
			"last is missing: expected something like \"2027-01-24T08:00:00Z\"\nset is missing: expected something like \"9f86d081884c7d65\"\nunknown key \"state\": a version of this resource has expiring, first, expires_on, last, set; if a newer build of the image made it, go back to that build"),
	Entry("malformed", map[string]string{"due": "a\nb", "expires_on": "soon", "active": "../x"},
		"due \"a\\nb\" is malformed: expected something like \"f7bc18f34f2a7a9403c3\"\nexpires_on \"soon\" is malformed: expected something like \"2027-01-09T08:00:00Z\"\nactive \"../x\" is malformed: expected something like \"f7bc18f34f2a7a9403c3\"",
		"expiring is missing: expected something like \"3\"\nfirst is missing: expected something like \"/cf/diego-instance-identity-root-ca\"\nexpires_on \"soon\" is malformed: expected something like \"2027-01-09T08:00:00Z\"\n"+
			"last is missing: expected something like \"2027-01-24T08:00:00Z\"\nset is missing: expected something like \"9f86d081884c7d65\"\n"+
			"unknown key \"active\": a version of this resource has expiring, first, expires_on, last, set; if a newer build of the image made it, go back to that build\nunknown key \"due\": a version of this resource has expiring, first, expires_on, last, set; if a newer build of the image made it, go back to that build"),
)
