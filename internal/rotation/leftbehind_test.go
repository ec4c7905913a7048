package rotation_test

import (
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// A rotation of years ago ended without the delete: A has expired since, and B signs.
var _ = Describe("an inactive CA that an earlier rotation left behind, and that has expired", func() {
	const long, recent = "2024-02-01T10:00:00Z", "2026-03-05T12:00:00Z"
	left := func() foundation {
		return shows(inactive(guidA, "2019-01-09T08:00:00Z"), active(guidB, "2022-12-01T08:00:00Z")).
			after(installation(4, long), installation(5, recent))
	}
	errand := evidence.PendingChange{GUID: mysql.GUID, Identifier: mysql.Type, Action: "unchanged", Errands: []evidence.Errand{{Name: upgradeAll, PostDeploy: "default"}}}

	ofB := func(c evidence.Certificate) evidence.Certificate {
		c.SignedBy = []string{rootRow(guidB).Name}
		return c
	}

	DescribeTable("is only to be deleted",
		func(f foundation, from *rotation.Version) {
			s := f.observe(from)
			Expect(s.State).To(Equal(rotation.Replaced))
			Expect(s.LeftBehind).To(BeTrue())
			Expect(f.observe(&s.Version).State).To(Equal(rotation.Replaced), "a second look changes nothing")
			Expect(f.observe(&s.Version).Version).To(Equal(s.Version))
			Expect(f.observe(&s.Version).LeftBehind).To(BeTrue())
			_, refused := rotation.ApplyRefusal(s)
			Expect(refused).To(BeFalse())
			Expect(decide(rotation.Delete, &s.Version, f).Verdict).To(Equal(rotation.Go))
			Expect(is(asks(f, from))).To(Equal("phase delete"))
		},
		Entry("with certificates v1", left(), nil),
		Entry("with certificates v0", left().v0(leaf("/cf/a", "2024-01-01T00:00:00Z")), nil),
		Entry("where VMs take certificates only when they are recreated", left().v0().onStemcells(tas, "ubuntu-jammy 1.5"), nil),
		Entry("where a version called it activated, and nothing has proven its trust", left().v0().onStemcells(tas, "ubuntu-jammy 1.5"), activated(guidB, guidA, "5", "")),
		Entry("where the version is of a check, which asks for no stemcells", left().v0().onStemcells(tas, "ubuntu-jammy 1.5"), replaced(guidB, guidA, "4", "")),
		Entry("where the version knows the active CA alone", left(), settled(guidB)),
		Entry("where the version knows the former CA alone", left(), settled(guidA)),
		Entry("where dates are bare", shows(expires(inactive(guidA, "2019-01-09"), "2023-01-09"), active(guidB, "2022-12-01")).after(installation(4, long), installation(5, recent)), nil),
	)

	It("is named before generate, and no rotation is said to have been made or to be under way", func() {
		f := left()
		all := rotation.Readiness(readied(f, nil, rotation.Options{}))
		Expect(refusing(all)).To(Equal([]rotation.Reason{rotation.ReasonUnderWay}))
		Expect(all[0].Message).To(says(guidA, "2023-01-09", "left behind by an earlier rotation"))
		Expect(all[0].Message).NotTo(ContainSubstring("under way"))
		Expect(all[0].Next).To(ContainSubstring("delete"))
		s := f.observe(nil)
		for _, phase := range []rotation.Phase{rotation.Generate, rotation.Activate, rotation.Regenerate} {
			d := decide(phase, &s.Version, f)
			Expect(d.Verdict).To(Equal(rotation.Done))
			Expect(d.Message).To(says(guidA, "left behind by an earlier rotation"))
			Expect(d.Message).NotTo(ContainSubstring("done already"))
		}
		legs := rotation.Ahead(s)
		Expect(legs).To(HaveLen(2))
		Expect(legs[0].Name).To(Equal("delete"))
	})

	Describe("beside certificates v1 that name CAs without their GUID", func() {
		row := func(name, from, until string) evidence.Certificate {
			c := authority(name, until)
			c.Location, c.ProductGUID, c.ValidFrom = "ops_manager", director.GUID, at(from)
			if name == ".properties.root_ca" {
				c.ProductGUID = "ops_manager"
			}
			return c
		}
		nats := func(from, until string) evidence.Certificate { return row(".properties.nats_ca", from, until) }
		formers, actives := nats("2019-01-09T08:00:00Z", "2023-01-09T08:00:00Z"), nats("2022-12-01T08:00:00Z", "2026-12-01T08:00:00Z")
		roots := []evidence.Certificate{
			row(".properties.root_ca", "2019-01-09T08:00:00Z", "2023-01-09T08:00:00Z"), row(".properties.root_ca", "2022-12-01T08:00:00Z", "2026-12-01T08:00:00Z"),
		}
		findings := func(f foundation) []rotation.Finding {
			return rotation.Readiness(readied(f.withoutRows(), nil, rotation.Options{}))
		}

		DescribeTable("is not taken for a CA that the rotation replaces", func(f foundation) {
			Expect(refusing(findings(f))).To(Equal([]rotation.Reason{rotation.ReasonUnderWay}))
		},
			Entry("with its NATS CA", left().v1(append(roots, formers, actives)...)),
			Entry("with dates of CAs that are days", shows(expires(inactive(guidA, "2019-01-09"), "2023-01-09"), active(guidB, "2022-12-01")).
				after(installation(4, long), installation(5, recent)).v1(append(roots, formers, actives)...)),
			Entry("where only root CAs are listed", left().v1(roots...)),
		)

		DescribeTable("hides no CA below the active one that has expired", func(name string, rows ...evidence.Certificate) {
			all := findings(left().v1(append(roots, rows...)...))
			Expect(refusing(all)).To(Equal([]rotation.Reason{rotation.ReasonUnderWay, rotation.ReasonExpiredCA}))
			n := slices.IndexFunc(all, func(f rotation.Finding) bool { return f.Code == rotation.ReasonExpiredCA })
			Expect(all[n].Message).To(says("have expired", name))
			Expect(all[n].Next).To(ContainSubstring("support"))
		},
			Entry("of CredHub", "/cf/ca", formers, actives, authority("/cf/ca", "2026-03-01T00:00:00Z")),
			Entry("its NATS CA", ".properties.nats_ca at 2026-03-01T00:00:00Z", formers, nats("2022-12-01T08:00:00Z", "2026-03-01T00:00:00Z")),
		)

		DescribeTable("is not told from the active one's NATS CA, and that is said", func(rows ...evidence.Certificate) {
			all := findings(left().v1(append(roots, rows...)...))
			n := slices.IndexFunc(all, func(f rotation.Finding) bool { return f.Code == rotation.ReasonExpiredCA })
			Expect(all[n].Status).To(Equal(rotation.StatusRefuses))
			Expect(all[n].Message).To(says("unknown", ".properties.nats_ca at 2023-01-09T08:00:00Z", guidA))
			Expect(all[n].Next).To(says("delete CA "+guidA, "support"))
		},
			Entry("where there is no other row", formers),
			Entry("where all rows are older than the active CA", formers, nats("2022-11-01T08:00:00Z", "2026-11-01T08:00:00Z")),
			Entry("where its row has no beginning", func() evidence.Certificate {
				c := formers
				c.ValidFrom = time.Time{}
				return c
			}(), actives),
		)

		It("is no matter where there is no second CA: the row is below the root", func() {
			f := shows(active(guidB, "2022-12-01T08:00:00Z")).after(installation(4, long), installation(5, recent)).v1(formers)
			Expect(refusing(findings(f))).To(Equal([]rotation.Reason{rotation.ReasonExpiredCA}))
		})
	})

	It("is behind an apply changes where nothing shows that the errands ran since it expired", func() {
		f := left().v0().staged(errand)
		s := f.observe(nil)
		Expect(s.State).To(Equal(rotation.Regenerated))
		Expect(s.Deployed.Missing()).To(ConsistOf(ContainSubstring("its log was not read")))
		Expect(f.observe(&s.Version).Version).To(Equal(s.Version))
		Expect(rotation.LogsWanted(f.tells(), s)).To(Equal([]int{5, 4}))
		read := installation(5, recent)
		read.Log = evidence.Log{Asked: true, Commands: []evidence.Command{{Deployment: mysql.GUID, Errand: upgradeAll, Finished: true}}}
		Expect(f.after(installation(4, long), read).observe(&s.Version).State).To(Equal(rotation.Replaced))
		Expect(rotation.Readiness(readied(f, nil, rotation.Options{}))[0].Next).To(ContainSubstring("run apply changes"))
	})

	It("is behind an apply changes where leaf certificates wait for one", func() {
		f := left().v0(ofB(owned(tas, "2026-03-06T12:00:00Z")))
		s := f.observe(nil)
		Expect(s.State).To(Equal(rotation.Regenerated))
		Expect(s.Version.Installation).To(Equal("5"))
		Expect(f.then(installation(6, "2026-03-07T12:00:00Z")).observe(&s.Version).State).To(Equal(rotation.Replaced))
		Expect(left().v1(outdatedOn(leaf("/cf/a", long), tas.GUID)).observe(nil).State).To(Equal(rotation.Regenerated))
	})

	DescribeTable("is not taken for one where that is not shown",
		func(f foundation, from *rotation.Version) {
			s := f.observe(from)
			Expect(s.State).NotTo(Equal(rotation.Replaced))
			Expect(s.LeftBehind).To(BeFalse())
		},
		Entry("a product was not deployed since it expired", left().after(installation(4, "2022-12-20T10:00:00Z"), installation(5, recent, ok(director), ok(tas))), nil),
		Entry("it expired behind the last deployment", shows(expires(inactive(guidA, madeA), "2026-03-18T00:00:00Z"), active(guidB, madeB)).after(installation(4, "2026-02-20T10:00:00Z"), installation(5, recent)), nil),
		Entry("the active CA came behind the last deployment", shows(expires(inactive(guidA, madeA), "2026-01-01"), active(guidB, "2026-03-10T10:00:00Z")).after(installation(4, long), installation(5, recent)), nil),
		Entry("it has signed something that is deployed", left().v1(leaf("/cf/a", long, guidA)), nil),
		Entry("leaf certificates are older than the active CA", left().v0(leaf("/cf/a", "2022-11-01T00:00:00Z")), nil),
		Entry("certificates are not listed", left().certificatesUnknown("500"), nil),
		Entry("the date of the active CA may be the day it was signed", func() foundation {
			f := left()
			f.e.CAs[1] = ofSubject(f.e.CAs[1], theCompanys)
			return f
		}(), nil),
		Entry("the version knows of an activation that goes on", left(), activated(guidB, guidA, "4", "4")),
		Entry("the version knows of leaf certificates that wait", left(), regenerated(guidB, guidA, "5", "4")),
	)

	It("has VMs on old stemcells recreated behind its deletion as well, and that is said before and then, with how to be spared it", func() {
		old := left().onStemcells(tas, "ubuntu-jammy 1.5")
		said := rotation.Readiness(readied(old, nil, rotation.Options{}))[0].Next
		Expect(said).To(says("that apply changes recreates VMs", "ubuntu-jammy 1.5", "also where the CA that was deleted had expired", "upgrade their stemcells first"))
		Expect(rotation.Readiness(readied(left(), nil, rotation.Options{}))[0].Next).NotTo(ContainSubstring("recreates"))
		s := old.observe(nil)
		gone := shows(active(guidB, "2022-12-01T08:00:00Z")).after(installation(4, long), installation(5, recent)).onStemcells(tas, "ubuntu-jammy 1.5")
		v := rotation.After(s, rotation.Delete, gone.tells())
		m := rotation.Next(rotation.Way{Observed: gone.observe(v), Evidence: gone.tells(), From: v})
		Expect(m.Kind).To(Equal(rotation.MoveApply))
		Expect(m.Recreate).To(says("ubuntu-jammy 1.5", "behind delete as well", "upgrade their stemcells first"))
	})

	It("leaves, once deleted and applied, the foundation settled", func() {
		f := left()
		s := f.observe(nil)
		gone := shows(active(guidB, "2022-12-01T08:00:00Z")).after(installation(4, long), installation(5, recent))
		v := rotation.After(s, rotation.Delete, gone.tells())
		Expect(v.State).To(Equal(rotation.Retired))
		Expect(gone.then(installation(6, "2026-03-10T12:00:00Z")).observe(v).State).To(Equal(rotation.Settled))
	})

	It("does not hold up delete for certificates that operators supplied after it had expired", func() {
		supplied := func(from string) evidence.Certificate {
			c := leaf(".cf.tls", from)
			c.Configurable = true
			return c
		}
		f := left().v0(supplied("2024-06-01T00:00:00Z"))
		s := f.observe(nil)
		Expect(decide(rotation.Delete, &s.Version, f).Verdict).To(Equal(rotation.Go))
		f = left().v0(supplied("2022-12-20T00:00:00Z"))
		Expect(decide(rotation.Delete, &s.Version, f).Reason).To(Equal(rotation.ReasonConfigurable))
	})
})

var _ = Describe("an inactive CA that is newer than the active one, and has expired", func() {
	f := func() foundation {
		return shows(active(guidA, madeA), expires(inactive(guidB, madeB), "2026-03-19")).after(installation(4, "2026-02-20T10:00:00Z"), installation(5, "2026-03-05T12:00:00Z"))
	}

	DescribeTable("is to be deleted, and never to be activated", func(from *rotation.Version) {
		s := f().observe(from)
		Expect(s.State).To(Equal(rotation.Blocked))
		Expect(s.Reason).To(Equal(rotation.ReasonExpiredCA))
		Expect(s.Message).To(says(guidB, "2026-03-19", "never be activated", "om delete-certificate-authority --id "+guidB, "CredHub Maestro"))
		Expect(refusing(rotation.Readiness(readied(f(), from, rotation.Options{})))).To(Equal([]rotation.Reason{rotation.ReasonExpiredCA}))
		for _, phase := range rotation.Phases() {
			Expect(decide(phase, &s.Version, f()).Verdict).To(Equal(rotation.Refuse))
		}
	},
		Entry("without a version", nil),
		Entry("of a version", generated(guidA, guidB, "4")),
		Entry("that was trusted", trusted(guidA, guidB, "5")),
	)

	It("is not told from the former one by a bare date that both have: no advice says to delete or to activate it", func() {
		f := shows(active(guidA, "2026-03-02"), expires(inactive(guidB, "2026-03-02"), "2026-03-19"))
		s := f.observe(nil)
		Expect(s.Reason).To(Equal(rotation.ReasonExpiredCA))
		Expect(s.Message).To(says(guidB, "never be activated"))
		Expect(s.Message).NotTo(ContainSubstring("--id"))
	})

	It("is no remedy for an active one that has expired as well", func() {
		s := shows(expires(active(guidA, madeA), "2026-03-18"), expires(inactive(guidB, madeB), "2026-03-19")).observe(nil)
		Expect(s.Message).To(says(guidA, "support"))
		Expect(s.Message).NotTo(ContainSubstring("--id"))
	})
})
