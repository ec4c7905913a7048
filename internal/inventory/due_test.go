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
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

var _ = Describe("what is due", func() {
	within := func(text string) rotation.Within {
		GinkgoHelper()
		w, err := rotation.ParseWithin(text)
		Expect(err).NotTo(HaveOccurred())
		return w
	}
	listed := func(list ...evidence.Certificate) inventory.Inventory {
		return inventory.Of(evidence.Evidence{
			At: now, OpsManager: "3.1.2-build.5", Certificates: evidence.Certificates{Source: evidence.SourceV1, List: list},
		})
	}
	due := func(text string, list ...evidence.Certificate) inventory.Inventory {
		GinkgoHelper()
		i := listed(list...)
		var err error
		i.Due, err = inventory.DueWithin(i, within(text))
		Expect(err).NotTo(HaveOccurred())
		return i
	}

	It("is what expires before the span ends, and what has expired, of every owner", func() {
		configurable, unknown := certificate("configurable", 20), certificate("unknown", 0)
		configurable.Configurable, unknown.ValidUntil = true, time.Time{}
		i := due("30d", certificate("late", 30), configurable, certificate("soon", 29), unknown, certificate("expired", -1))
		Expect(i.Due.Certificates).To(HaveExactElements(
			HaveField("Name", "expired"), And(HaveField("Name", "configurable"), HaveField("Who", Equal("you"))), HaveField("Name", "soon")))
		Expect(i.Due.Err()).To(MatchError("3 certificates expire within 30d: expired of cf-1 on 2026-03-01, configurable of cf-1 on 2026-03-22, soon of cf-1 on 2026-03-31; the report says who has to act for each"))
	})

	It("is unknown of what has no date: that has a sentence of its own, in every form", func() {
		one, two := certificate("one", 0), certificate("two", 0)
		one.ValidUntil, two.ValidUntil = time.Time{}, time.Time{}
		i := due("30d", one, certificate("late", 300))
		Expect(i.Due.Err()).NotTo(HaveOccurred())
		Expect(i.Due.Unknown()).To(MatchError("1 certificate has no date from Ops Manager, so it is unknown what expires within 30d: one of cf-1; look at them where they are used"))
		Expect(troubleshooting.Of(i.Due.Unknown())).To(ConsistOf(troubleshooting.OfReason(rotation.ReasonCertificatesUnknown)))
		page, err := inventory.HTML(i)
		Expect(err).NotTo(HaveOccurred())
		for _, form := range []string{cli.ReportText(plain, i), inventory.Markdown(i), page} {
			Expect(form).To(And(ContainSubstring("Nothing is known to expire within 30d"), ContainSubstring("1 certificate has no date from Ops Manager")))
		}
		Expect(cli.ReportText(plain, due("30d", one, two, certificate("soon", 3)))).To(ContainSubstring("unknown: 2 certificates have no date from Ops Manager, so it is unknown what expires within 30d: one of cf-1, two of cf-1\n"))
		Expect(due("30d", certificate("late", 300)).Due.Unknown()).NotTo(HaveOccurred())
		Expect((*inventory.Due)(nil).Unknown()).NotTo(HaveOccurred())
	})

	It("leads the report, in each of its forms", func() {
		i := due("1w", certificate("soon", 5), certificate("late", 50))
		Expect(cli.ReportText(plain, i)).To(MatchRegexp(`^certificates .*\n.*\n\nExpires within 1w:\n(?s:.*)soon .*opsman-ca rotates it(?s:.*)soon`))
		Expect(inventory.Markdown(i)).To(ContainSubstring("\n## Expires within 1w\n\n| certificate | kind | product | expires | days left | who has to act |\n|---|---|---|---|---|---|\n| `soon` | leaf | cf-1 | 2026-03-07 | 5 | opsman-ca rotates it |\n"))
		encoded, err := json.Marshal(i)
		Expect(err).NotTo(HaveOccurred())
		Expect(encoded).To(ContainSubstring(`"due":{"within":"1w","certificates":[{"name":"soon","label":"soon","kind":"leaf","product":"cf-1","expires":"2026-03-07","days_left":5,"procedure":"Root CA rotation","category":"rotation","who":"opsman-ca rotates it"}]}`))
		Expect(i.Due.Err()).To(MatchError(HavePrefix("1 certificate expires within 1w: soon of cf-1 on 2026-03-07;")))
	})

	It("may be nothing", func() {
		i := due("1w", certificate("late", 50))
		Expect(i.Due.Err()).NotTo(HaveOccurred())
		Expect(cli.ReportText(plain, i)).To(ContainSubstring("\n\nNothing expires within 1w\n"))
		Expect(inventory.Markdown(i)).To(ContainSubstring("\n\n**Nothing expires within 1w.**\n"))
		Expect(cli.ReportText(plain, listed())).NotTo(ContainSubstring("xpires within"), "no span was given")
	})

	It("names the first of many", func() {
		i := due("1m", certificate("a", 1), certificate("b", 2), certificate("c", 3), certificate("d", 4), certificate("e", 5))
		Expect(i.Due.Err()).To(MatchError(ContainSubstring("5 certificates expire within 1m: a of cf-1 on 2026-03-03, b of cf-1 on 2026-03-04, c of cf-1 on 2026-03-05, and 2 more; ")))
	})

	rooted := func(days int, list ...evidence.Certificate) inventory.Inventory {
		GinkgoHelper()
		i := inventory.Of(evidence.Evidence{
			At: now, CAs: []evidence.CA{{GUID: "f7bc18f34f2a7a9403c3", Active: true, ExpiresOn: evidence.Stamp{Time: now.AddDate(0, 0, days)}}},
			Certificates: evidence.Certificates{Source: evidence.SourceV1, List: list},
		})
		var err error
		i.Due, err = inventory.DueWithin(i, within("1m"))
		Expect(err).NotTo(HaveOccurred())
		return i
	}

	It("names the root CA, then other CAs, of those that expire together", func() {
		authority := certificate("z", 5)
		authority.IsCA = true
		i := rooted(5, certificate("a", 5), authority, certificate("first", 4))
		Expect(i.Due.Certificates).To(HaveExactElements(
			HaveField("Name", "first"), HaveField("Name", "f7bc18f34f2a7a9403c3"), HaveField("Name", "z"), HaveField("Name", "a")))
	})

	It("leads to what is left to do where the root CA has expired", func() {
		Expect(troubleshooting.Of(rooted(-1).Due.Err())).To(ConsistOf(troubleshooting.OfReason(rotation.ReasonExpiredCA)))
		Expect(troubleshooting.Of(rooted(1, certificate("expired", -1)).Due.Err())).To(BeEmpty(), "a rotation mends that")
	})

	It("is the root CA alone where that has expired and Ops Manager lists nothing any more", func() {
		i := inventory.Of(evidence.Evidence{
			At: now, CAs: []evidence.CA{{GUID: "f7bc18f34f2a7a9403c3", Active: true, ExpiresOn: evidence.Stamp{Time: now.AddDate(0, 0, -1)}}},
			Certificates: evidence.Certificates{Unknown: "an empty list"},
		})
		found, err := inventory.DueWithin(i, within("1m"))
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Certificates).To(HaveExactElements(And(HaveField("Name", "f7bc18f34f2a7a9403c3"), HaveField("Who", "the vendor's support, before anything is deployed"))))
		Expect(troubleshooting.Of(found.Err())).To(ConsistOf(troubleshooting.OfReason(rotation.ReasonExpiredCA)))
	})

	It("is nothing that a rotation renews any more once the root CA has expired", func() {
		configurable := certificate("configurable", 5)
		configurable.Configurable = true
		for _, g := range rooted(-1, certificate("leaf", 5), configurable).Groups {
			Expect(g.Rotated).To(BeFalse())
			if g.Category == inventory.CategoryRotation {
				Expect(g.Who).To(Equal("the vendor's support, before anything is deployed"))
				Expect(g.How).To(ContainSubstring("do not apply changes"))
			}
		}
		Expect(rooted(1, certificate("leaf", 5)).Groups[0].Rotated).To(BeTrue())
	})

	It("is unknown where Ops Manager does not tell", func() {
		i := listed()
		i.Unknown = "502 Bad Gateway"
		_, err := inventory.DueWithin(i, within("3m"))
		Expect(err).To(MatchError("it is unknown what expires within 3m, as Ops Manager did not list its certificates with their dates (502 Bad Gateway): fix that, then rerun the report"))
		_, err = inventory.DueWithin(inventory.Of(evidence.Evidence{}), within("3m"))
		Expect(err).To(MatchError(ContainSubstring("(it did not say what day it is)")))
	})
})
