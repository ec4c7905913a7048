package resource_test

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

func configurable(c *evidence.Certificate) { c.Configurable = true }
func inCredHub(c *evidence.Certificate)    { c.Location = "credhub" }

func look(o *opsManager, within string, cursor *resource.DueVersion) resource.Finding {
	GinkgoHelper()
	found, err := resource.RotationDue(context.Background(), o, span(within), cursor)
	Expect(err).NotTo(HaveOccurred())
	return found
}

var (
	theCA   = resource.DueVersion{Due: guidOld, ExpiresOn: "2026-05-08T10:00:00Z", Active: guidOld}
	theLeaf = resource.DueVersion{Due: "/cf/router", Product: "cf-1", ExpiresOn: "2026-05-08T10:00:00Z", Active: guidOld}
	// left is a certificate that a rotation did not renew.
	left = resource.DueVersion{Due: "/cf/router", Product: "cf-1", ExpiresOn: "2026-05-08T10:00:00Z"}
)

var _ = It("nothing is due once the active CA has expired: no rotation mends that", func() {
	unlisted := settled(-1)
	unlisted.listed = evidence.Certificates{Unknown: "an empty list"}
	for _, o := range []*opsManager{settled(-1), unlisted} {
		_, err := resource.RotationDue(context.Background(), o, span("3m"), nil)
		Expect(err).To(MatchError("the active CA " + guidOld + " expired on 2026-03-08T10:00:00Z, and no rotation works any more: do not apply changes, and ask the vendor's support"))
		Expect(troubleshooting.Of(err)).To(ConsistOf(troubleshooting.OfReason(rotation.ReasonExpiredCA)))
	}

	By("which an alert says as well, where Ops Manager lists nothing any more")
	_, err := resource.ExpiringSoon(context.Background(), unlisted, span("3m"))
	Expect(troubleshooting.Of(err)).To(ConsistOf(troubleshooting.OfReason(rotation.ReasonExpiredCA)))
	alert, err := resource.ExpiringSoon(context.Background(), settled(-1), span("3m"))
	Expect(err).NotTo(HaveOccurred())
	Expect(alert.First).To(Equal(guidOld))
})

var _ = It("nothing is due once a CA below the root has expired that a rotation would replace: generate is refused for it", func() {
	authority := func(c *evidence.Certificate) { c.IsCA = true }
	o := settled(600, certificate("/cf/ca", -1000, -1, authority))
	_, err := resource.RotationDue(context.Background(), o, span("3m"), nil)
	Expect(err).To(MatchError(ContainSubstring("CA /cf/ca below the root CA expired on 2026-03-08T10:00:00Z")))
	Expect(troubleshooting.Of(err)).To(ConsistOf(troubleshooting.OfReason(rotation.ReasonExpiredCA)))
	Expect(o.asked).To(Equal([]string{"authorities", "certificates", "excluded certificates"}), "no request more than for another certificate")

	By("which does not hold for an expired leaf, nor for a CA that is excluded")
	Expect(look(settled(600, certificate("/cf/router", -1000, -1)), "3m", nil).Version).NotTo(BeNil())
	o = settled(600, certificate("/cf/ca", -1000, -1, authority))
	o.excluded = []string{"/cf/ca"}
	Expect(look(o, "3m", nil).Version).To(BeNil())
})

var _ = DescribeTable("a rotation is due", func(o *opsManager, within string, expected *resource.DueVersion, asked ...string) {
	found := look(o, within, nil)
	Expect(found.Version).To(Equal(expected))
	Expect(found.Why).NotTo(BeEmpty())
	Expect(o.asked).To(Equal(asked))
	if expected == nil {
		return
	}

	By("which generate with expires_within begins for")
	o.at = now
	e := evidence.Evidence{At: now, CAs: o.cas, Certificates: o.listed, Products: evidence.Products{Asked: true, List: o.products}}
	state := rotation.Observe(e, nil)
	w := span(within)
	d := rotation.Decide(rotation.Question{Phase: rotation.Generate, From: state.Version, Observed: state, Evidence: e, Options: rotation.Options{Within: &w}})
	Expect(d.Verdict).NotTo(Equal(rotation.NotDue), d.Message)

	By("and is no news later on")
	o.at = now.AddDate(0, 0, 20)
	Expect(look(o, within, found.Version).Version).To(Or(Equal(expected), BeNil()))
},
	Entry("for the active CA", settled(60, certificate("/cf/router", -100, 10)), "3m", &theCA, "authorities"),
	Entry("not for a CA that lives long", settled(600), "3m", nil, "authorities", "certificates"),
	Entry("for a certificate", settled(600, certificate("/x", -100, 500), certificate("/cf/router", -100, 60)), "3m", &theLeaf, "authorities", "certificates", "excluded certificates"),
	Entry("for the certificate that expires first", settled(600, certificate("/z", -100, 61), certificate("/cf/router", -100, 60)), "3m", &theLeaf, "authorities", "certificates", "excluded certificates"),
	Entry("not for a certificate of an operator's own", settled(600, certificate("/cf/router", -100, 60, configurable)), "3m", nil, "authorities", "certificates"),
	Entry("not for the services TLS CA", settled(600, certificate("/services/tls_ca", -100, 60)), "3m", nil, "authorities", "certificates"),
	Entry("not for a certificate that is excluded", func() *opsManager {
		o := settled(600, certificate("/cf/router", -100, 60))
		o.excluded = []string{"/cf/router"}
		return o
	}(), "3m", nil, "authorities", "certificates", "excluded certificates"),
	Entry("for one in CredHub", settled(600, certificate("/cf/router", -100, 60, inCredHub)), "3m", &theLeaf, "authorities", "certificates", "excluded certificates", "products"),
	Entry("not for one in CredHub beside TKGI", func() *opsManager {
		o := settled(600, certificate("/cf/router", -100, 60, inCredHub))
		o.products = []evidence.Product{{GUID: "pks-1", Type: "pivotal-container-service"}}
		return o
	}(), "3m", nil, "authorities", "certificates", "excluded certificates", "products"),
	Entry("for one that a rotation has left, without a CA", settled(600, certificate("/cf/router", -2000, 60)), "3m", &left, "authorities", "certificates", "excluded certificates"),
	Entry("for one that can be renewed rather than for those", settled(600, certificate("/old", -2000, 20), certificate("/cf/router", -100, 60)), "3m", &theLeaf, "authorities", "certificates", "excluded certificates"),
	Entry("for the last of those", settled(600, certificate("/old", -2000, 20), certificate("/cf/router", -2000, 60)), "3m", &left, "authorities", "certificates", "excluded certificates"),
	Entry("for one without a date of issue", settled(600, certificate("/cf/router", 0, 60, func(c *evidence.Certificate) { c.ValidFrom = time.Time{} })), "3m", &theLeaf,
		"authorities", "certificates", "excluded certificates"),
	Entry("not for one without a date of expiry", settled(600, certificate("/cf/router", -100, 0, func(c *evidence.Certificate) { c.ValidUntil = time.Time{} })), "3m", nil,
		"authorities", "certificates"),
	Entry("by a bare date", func() *opsManager {
		o := settled(60)
		o.cas[0].ExpiresOn = evidence.Stamp{Time: time.Date(2026, 5, 8, 0, 0, 0, 0, time.UTC), DateOnly: true}
		return o
	}(), "60d", &resource.DueVersion{Due: guidOld, ExpiresOn: "2026-05-08", Active: guidOld}, "authorities"),
	Entry("not on the day itself, to the second", settled(60), "60d", nil, "authorities", "certificates"),
)

var _ = Describe("what is due", func() {
	It("is asked for once: nothing is, while the rotation is under way, and another is after it", func() {
		o := settled(60, certificate("/cf/router", -100, 70))
		asked := look(o, "3m", nil).Version
		Expect(asked).To(Equal(&theCA))

		By("a candidate")
		o.cas = append(o.cas, ca(guidNew, false, 0, 1460))
		Expect(look(o, "3m", asked).Version).To(BeNil())
		By("activated, the leaves still the old ones")
		o.cas[0].Active, o.cas[1].Active = false, true
		Expect(look(o, "3m", asked).Version).To(BeNil())
		By("over")
		o.cas, o.listed.List = o.cas[1:], []evidence.Certificate{certificate("/cf/router", 1, 700)}
		Expect(look(o, "3m", asked).Version).To(BeNil())

		By("much later")
		o.at = in(650)
		Expect(look(o, "3m", asked).Version).To(Equal(&resource.DueVersion{Due: "/cf/router", Product: "cf-1", ExpiresOn: "2028-02-07T10:00:00Z", Active: guidNew}))
	})

	It("is something of a rotation that this pipeline did not ask for, and that stands still", func() {
		o := settled(60, certificate("/cf/router", -400, 60))
		o.cas = append(o.cas, ca(guidNew, false, -300, 1000))
		former := resource.DueVersion{Due: "cccc", ExpiresOn: "2024-05-08", Active: "cccc"}
		beside := theCA
		beside.UnderWay = guidNew
		Expect(look(o, "3m", nil).Version).To(Equal(&beside))
		Expect(look(o, "3m", &former).Version).To(Equal(&beside))
		o.cas[0].Active, o.cas[1].Active = false, true
		Expect(look(o, "3m", &former).Version).To(HaveValue(And(HaveField("Due", "/cf/router"), HaveField("Active", guidNew), HaveField("UnderWay", guidOld))))
	})

	It("is so by another version once the rotation has ended that it met, and triggers again", func() {
		// An operator has made guidOld the active CA long ago, and never deleted the
		// one before.
		o := settled(60, certificate("/cf/router", -100, 500))
		o.cas = append(o.cas, ca(guidNew, false, -1400, 20))
		met := look(o, "3m", nil).Version
		Expect(met).To(HaveValue(And(HaveField("Due", guidOld), HaveField("UnderWay", guidNew))))
		Expect(resource.ParseDue(met.Map())).To(Equal(*met))
		Expect(look(o, "3m", met).Version).To(BeNil(), "it has triggered")
		o.cas = o.cas[:1]
		again := look(o, "3m", met).Version
		Expect(again).To(Equal(&theCA))
		Expect(look(o, "3m", again).Version).To(Equal(&theCA), "no other version")

		By("a certificate, beside several")
		o = settled(600, certificate("/cf/router", -100, 60))
		o.cas = append(o.cas, ca(guidNew, false, -1400, 20), ca("cccc", false, -1300, 20))
		met = look(o, "3m", nil).Version
		Expect(met).To(HaveValue(HaveField("UnderWay", guidNew+",cccc")))
		Expect(resource.ParseDue(met.Map())).To(Equal(*met))
		o.cas = o.cas[:1]
		Expect(look(o, "3m", met).Version).To(Equal(&theLeaf))
	})

	It("is nothing while a rotation is under way that a certificate without a CA asked for", func() {
		o := settled(600, certificate("/other", -2000, 60))
		o.cas = append(o.cas, ca(guidNew, false, 0, 1460))
		Expect(look(o, "3m", &left).Version).To(BeNil())
	})

	It("is the active CA all the same, when it is about to expire in that rotation", func() {
		o := settled(60, certificate("/other", -2000, 60))
		o.cas = append(o.cas, ca(guidNew, false, 0, 1460))
		beside := theCA
		beside.UnderWay = guidNew
		Expect(look(o, "3m", &left).Version).To(Equal(&beside))
	})

	It("is no second time a certificate that a rotation has left", func() {
		o := settled(600, certificate("/cf/router", -2000, 60))
		Expect(look(o, "3m", &left).Version).To(BeNil())
		asked := theLeaf
		asked.Active = "cccc"
		found := look(o, "3m", &asked)
		Expect(found.Version).To(BeNil())
		Expect(found.Why).To(ContainSubstring("/cf/router expires on 2026-05-08T10:00:00Z, and is older than the active CA " + guidOld + ", so the rotation to that CA has left it; no second rotation is begun for it"))
		By("but one of the same name")
		o.listed.List[0].ProductGUID = "cf-2"
		Expect(look(o, "3m", &left).Version).To(HaveValue(HaveField("Product", "cf-2")))
		By("and the next one that comes into the span")
		o.listed.List = append(o.listed.List, certificate("/other", -2000, 80))
		Expect(look(o, "3m", &left).Version).To(HaveValue(HaveField("Due", "/other")))
	})

	It("is told by a short name, and never by none", func() {
		long := make([]byte, 5000)
		for i := range long {
			long[i] = 'x'
		}
		one, two := certificate(string(long)+"1", -100, 60), certificate(string(long)+"2", -100, 60)
		a, b := look(settled(600, one), "3m", nil).Version, look(settled(600, two), "3m", nil).Version
		Expect(a).NotTo(Equal(b))
		none := look(settled(600, certificate("", -100, 60)), "3m", nil).Version
		for _, v := range []*resource.DueVersion{a, b, none} {
			Expect(len(v.Due)).To(BeNumerically("<", 300))
			Expect(resource.ParseDue(v.Map())).To(Equal(*v))
		}
	})

	It("asks for Ops Manager's version where that decides which certificates it can list", func() {
		o := settled(600, certificate("/cf/router", -100, 60))
		o.needsVersion = true
		Expect(look(o, "3m", nil).Version).To(Equal(&theLeaf))
		Expect(o.asked).To(Equal([]string{"authorities", "certificates", "info", "certificates", "excluded certificates"}))
	})

	DescribeTable("is unknown, and not nothing,", func(damage func(*opsManager), sentence string) {
		o := settled(600)
		damage(o)
		_, err := resource.RotationDue(context.Background(), o, span("3m"), nil)
		Expect(err).To(MatchError(ContainSubstring(sentence)))
	},
		Entry("without an active CA", func(o *opsManager) { o.cas[0].Active = false }, "Ops Manager lists 0 active certificate authorities, so it is unknown what expires within 3m"),
		Entry("with two of them", func(o *opsManager) { o.cas = append(o.cas, ca(guidNew, true, 0, 1)) }, "lists 2 active"),
		Entry("without a clock", func(o *opsManager) { o.at = time.Time{} }, "did not tell what day it is"),
		Entry("without a date", func(o *opsManager) { o.cas[0].ExpiresOn = evidence.Stamp{} }, "when the active CA "+guidOld+" expires"),
		Entry("without the certificates", func(o *opsManager) { o.listed = evidence.Certificates{Unknown: "500"} }, "did not list the deployed certificates (500), so it is unknown whether one expires within 3m"),
		Entry("when the CAs cannot be asked for", func(o *opsManager) { o.broken = "authorities" }, "cannot ask Ops Manager for its certificate authorities: it hung up"),
		Entry("when the certificates cannot", func(o *opsManager) { o.broken = "certificates" }, "cannot ask Ops Manager for its certificates: it hung up"),
		Entry("when the excluded ones cannot", func(o *opsManager) {
			o.broken, o.listed.List = "excluded certificates", []evidence.Certificate{certificate("/x", -1, 1)}
		}, "which certificates it excludes from rotation: it hung up"),
		Entry("when the products cannot", func(o *opsManager) {
			o.broken, o.listed.List = "products", []evidence.Certificate{certificate("/x", -1, 1, inCredHub)}
		}, "cannot ask Ops Manager for its deployed products: it hung up"),
	)
})
