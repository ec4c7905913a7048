package rotation_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

var ownKey = func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		panic(err)
	}
	return key
}()

// ofSubject gives the CA a certificate of this subject that is valid from its
// created_on on, or from another moment.
func ofSubject(ca evidence.CA, subject pkix.Name, from ...string) evidence.CA {
	GinkgoHelper()
	notBefore := ca.CreatedOn.Time
	if len(from) > 0 {
		notBefore = at(from[0])
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: subject, NotBefore: notBefore, NotAfter: notBefore.AddDate(4, 0, 0), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &ownKey.PublicKey, ownKey)
	Expect(err).NotTo(HaveOccurred())
	ca.CertPEM = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return ca
}

var (
	theVendors  = pkix.Name{Country: []string{"US"}, Organization: []string{"Pivotal"}}
	theCompanys = pkix.Name{CommonName: "Example Root CA", Organization: []string{"Example"}}
)

var _ = Describe("an operator's own CA, whose created_on may be when it was signed", func() {
	const signed, later = "2019-05-06T07:00:00Z", "2026-03-05T12:00:00Z"
	past := installation(4, "2026-02-20T10:00:00Z")

	// older is a company's root that was signed long before the CA that it replaces was made.
	older := func(ca evidence.CA) evidence.CA { return expires(ofSubject(ca, theCompanys), "2039-01-01") }

	It("is not placed by its date where that is older: not as the one that is to be deleted", func() {
		f := shows(ofSubject(active(guidA, madeA), theVendors), older(inactive(guidB, signed))).after(past, installation(5, later))
		s := f.observe(nil)
		Expect(s.State).To(Equal(rotation.Blocked))
		Expect(s.Reason).To(Equal(rotation.ReasonUndatedCA))
		for _, phase := range rotation.Phases() {
			Expect(rotation.Decide(rotation.Question{Phase: phase, From: s.Version, Observed: s, Evidence: f.tells()}).Verdict).To(Equal(rotation.Refuse), string(phase))
		}
		_, refused := rotation.ApplyRefusal(s)
		Expect(refused).To(BeTrue())
	})

	It("is placed by what the version knows, whatever the dates say", func() {
		f := shows(ofSubject(active(guidA, madeA), theVendors), older(inactive(guidB, signed))).after(past, installation(5, later))
		Expect(f.observe(settled(guidA)).State).To(Equal(rotation.Generated))
		Expect(f.observe(settled(guidA)).Candidate.GUID).To(Equal(guidB))

		turned := shows(ofSubject(inactive(guidA, madeA), theVendors), older(active(guidB, signed))).after(past, installation(5, later))
		s := turned.observe(trusted(guidA, guidB, "5"))
		Expect(s.State).To(Equal(rotation.Activated))
		Expect(s.Retiring.GUID).To(Equal(guidA))
	})

	It("is the newer one for sure where its date is later than a generated one's", func() {
		f := shows(ofSubject(active(guidA, madeA), theVendors), ofSubject(inactive(guidB, madeB), theCompanys)).after(past, installation(5, later))
		Expect(f.observe(nil).State).To(Equal(rotation.Generated))
	})

	It("is not trusted by what was deployed after its date: it may have been added later", func() {
		f := shows(ofSubject(active(guidA, madeA), theVendors), ofSubject(inactive(guidB, madeB), theCompanys)).after(past, installation(5, later))
		s := f.observe(nil)
		Expect(s.State).To(Equal(rotation.Generated))
		Expect(s.Version.Installation).To(Equal("5"), "a first sight anchors at the highest installation")
		s = f.then(installation(6, "2026-03-06T12:00:00Z")).observe(&s.Version)
		Expect(s.State).To(Equal(rotation.Trusted))
	})

	It("is dated where created_on is not the day it was signed", func() {
		f := shows(ofSubject(active(guidA, madeA), theVendors), ofSubject(inactive(guidB, madeB), theCompanys, signed)).after(past, installation(5, later))
		Expect(f.observe(nil).State).To(Equal(rotation.Trusted))
	})

	It("is known by its row among the certificates where they are listed", func() {
		row := rootRow(guidB)
		row.Configurable = true
		f := shows(ofSubject(active(guidA, madeA), theVendors), ofSubject(inactive(guidB, madeB), theVendors)).after(past, installation(5, later))
		Expect(f.observe(nil).State).To(Equal(rotation.Trusted))
		Expect(f.v1(row).observe(nil).State).To(Equal(rotation.Generated))
	})

	It("counts with its outdated deployments, though its row is called configurable", func() {
		row := rootRow(guidB, "service-instance_1")
		row.Configurable = true
		f := shows(ofSubject(active(guidA, madeA), theVendors), ofSubject(inactive(guidB, madeB), theVendors)).after(past, installation(5, later)).v1(row)
		s := f.observe(generated(guidA, guidB, "4"))
		Expect(s.State).To(Equal(rotation.Generated))
		Expect(s.Trust.Outdated).To(ConsistOf(ContainSubstring("service-instance_1")))
		Expect(decide(rotation.Activate, trusted(guidA, guidB, "5"), f).Reason).To(Equal(rotation.ReasonOutdated))
	})
})

var _ = Describe("trust in an active CA that no check has seen proven", func() {
	const later = "2026-03-05T12:00:00Z"
	switched := func(retiring evidence.CA) foundation { return shows(active(guidB, madeB), retiring) }
	old := inactive(guidA, madeA)

	It("is missing where a record shows that a product was left out", func() {
		f := switched(old).after(installation(4, "2026-02-20T10:00:00Z"), installation(5, later, ok(director), ok(tas), failed(mysql)))
		signed := leaf("/cf/a", "2025-06-01T00:00:00Z", guidA)
		signed.Deployments = []string{tas.GUID}
		f = f.v1(signed)
		d := firstSight(rotation.Regenerate, f)
		Expect(d.Reason).To(Equal(rotation.ReasonUntrusted))
		Expect(d.Next).To(ContainSubstring("make CA " + guidA + " the active one again"))
		_, refused := rotation.ApplyRefusal(f.observe(nil), rotation.ReasonUntrusted, rotation.ReasonTrustUnknown)
		Expect(refused).To(BeTrue(), "what a record shows is not accepted")
	})

	DescribeTable("is unknown where the history does not tell, and an apply changes alone may be accepted then",
		func(f foundation) {
			s := f.observe(nil)
			d, refused := rotation.ApplyRefusal(s)
			Expect(refused).To(BeTrue())
			Expect(d.Reason).To(Equal(rotation.ReasonTrustUnknown))
			Expect(d.Next).To(ContainSubstring("accept trust-unknown"))
			_, refused = rotation.ApplyRefusal(s, rotation.ReasonTrustUnknown)
			Expect(refused).To(BeFalse())
			q := rotation.Question{Phase: rotation.Regenerate, From: s.Version, Observed: s, Evidence: f.tells(), Options: rotation.Options{Accept: []rotation.Reason{rotation.ReasonTrustUnknown}}}
			Expect(rotation.Decide(q).Verdict).To(Equal(rotation.Refuse), "no phase runs on it")

			proven := f.then(installation(41, "2026-03-10T12:00:00Z"))
			Expect(proven.observe(&s.Version).Untrusted()).To(BeFalse(), "the apply changes has proven it anew")
		},
		Entry("old records are pruned", switched(old).after(installation(40, later, ok(director), ok(tas)))),
		Entry("no record is left", switched(old).after()),
		Entry("bare dates, deployed that day", shows(active(guidB, "2026-03-02"), old).after(installation(40, "2026-03-02T12:00:00Z"))),
	)

	It("is shown by certificates v1 that list nothing as outdated, and leaves of the active CA deployed", func() {
		deployed := leaf("/cf/a", later, guidB)
		deployed.Deployments = []string{tas.GUID}
		f := switched(old).after(installation(40, later, ok(director), ok(tas)))
		Expect(f.v1(deployed).observe(nil).Untrusted()).To(BeFalse())
		Expect(f.v1(deployed).withoutRows().observe(nil).Untrusted()).To(BeTrue(), "v1 does not speak of that CA")
		late := deployed
		late.OutdatedDeployments = []string{tas.GUID}
		Expect(f.v1(late).observe(nil).Untrusted()).To(BeTrue())
	})

	It("has no way back to a CA that has expired", func() {
		expired := expires(old, "2026-03-10")
		for _, history := range [][]evidence.Installation{
			{installation(4, "2026-02-20T10:00:00Z"), installation(5, later, ok(director), failed(tas))},
			{installation(40, later, ok(director), ok(tas))},
		} {
			d, refused := rotation.ApplyRefusal(switched(expired).after(history...).observe(nil))
			Expect(refused).To(BeTrue())
			Expect(d.Next).To(And(ContainSubstring("support"), ContainSubstring("has expired"), Not(ContainSubstring("--id "+guidA))))
		}
	})
})

var _ = Describe("installation ids that start again", func() {
	It("void what the version proved by them, and the state says so", func() {
		f := shows(active(guidA, madeA), inactive(guidB, madeB)).after(installation(1, "2026-03-15T12:00:00Z"))
		for _, cursor := range []*rotation.Version{generated(guidA, guidB, "50"), trusted(guidA, guidB, "51")} {
			s := f.observe(cursor)
			Expect(s.State).To(Equal(rotation.Generated))
			Expect(s.Version.Installation).To(Equal("1"))
			Expect(s.Restarted).To(ContainSubstring("the highest is 1, and the version knew 5"))
			Expect(s.Version.Map()).NotTo(Equal(cursor.Map()))
			Expect(f.then(installation(2, "2026-03-16T12:00:00Z")).observe(&s.Version).State).To(Equal(rotation.Trusted))
		}
	})
})

var _ = Describe("a tile with service instances, without certificates v1", func() {
	const later = "2026-03-05T12:00:00Z"
	past := installation(4, "2026-02-20T10:00:00Z")
	staged := evidence.PendingChange{GUID: mysql.GUID, Identifier: mysql.Type, Action: "unchanged", Errands: []evidence.Errand{
		{Name: "register-broker", PostDeploy: "true"}, {Name: "upgrade-all-service-instances", PostDeploy: "default"}, {Name: "delete-all-service-instances", PreDelete: "true"},
	}}
	ran := func(commands ...evidence.Command) evidence.Installation {
		i := installation(5, later)
		i.Log = evidence.Log{Asked: true, Commands: commands}
		return i
	}
	errand := evidence.Command{Deployment: mysql.GUID, Errand: "upgrade-all-service-instances", Finished: true}
	with := func(change func(*evidence.Command)) evidence.Command { c := errand; change(&c); return c }
	at := func(i evidence.Installation) foundation {
		return shows(active(guidA, madeA), inactive(guidB, madeB)).v0().staged(staged).after(past, i)
	}

	DescribeTable("is proven by its errand alone", func(i evidence.Installation, missing string) {
		s := at(i).observe(generated(guidA, guidB, "4"))
		if missing == "" {
			Expect(s.State).To(Equal(rotation.Trusted))
			return
		}
		Expect(s.State).To(Equal(rotation.Generated))
		Expect(s.Trust.Missing()).To(ConsistOf(And(HavePrefix("MySQL: "), ContainSubstring(missing))))
		d := decide(rotation.Verify, generated(guidA, guidB, "4"), at(i))
		Expect(d.Reason).To(BeElementOf(rotation.ReasonInstances, rotation.ReasonNotReached))
		accepting := rotation.Options{Accept: []rotation.Reason{rotation.ReasonInstances, rotation.ReasonNotReached}}
		taken := decide(rotation.Verify, generated(guidA, guidB, "4"), at(i), accepting)
		Expect(taken.Verdict == rotation.Done).To(Equal(d.Reason == rotation.ReasonInstances), "what a log shows is not accepted, what is unknown is")
		Expect(decide(rotation.Activate, generated(guidA, guidB, "4"), at(i)).Verdict).To(Equal(rotation.Refuse))
	},
		Entry("that ran", ran(errand), ""),
		Entry("not by a log that was not read", installation(5, later), "its log was not read"),
		Entry("not by a log without it", ran(), "did not run in installation 5"),
		Entry("not by one that failed", ran(with(func(c *evidence.Command) { c.ExitStatus = 1 })), "exit status 1"),
		Entry("not by one without an end", ran(with(func(c *evidence.Command) { c.Finished = false })), "no end"),
		Entry("not by one that may have been skipped", ran(with(func(c *evidence.Command) { c.WhenChanged = true })), "may have been skipped"),
		Entry("not by that of another tile", ran(with(func(c *evidence.Command) { c.Deployment = tas.GUID })), "did not run"),
		Entry("not by one that passed by orphans", ran(with(func(c *evidence.Command) { c.Orphans = 1 })), "passed by 1 that Cloud Foundry does not know any more"),
		Entry("not by one that ended well and could not upgrade all", ran(with(func(c *evidence.Command) { c.Left = 2 })), "could not upgrade 2"),
		Entry("by one that ran again after a failure", ran(with(func(c *evidence.Command) { c.ExitStatus = 1 }), errand), ""),
	)

	It("is proven by what an apply changes of ours left behind, of that installation and errand alone", func() {
		f := at(installation(5, later))
		f.e.Applied = evidence.Applied{Installation: 5, Errands: map[string][]string{mysql.GUID: {"upgrade-all-service-instances"}}}
		Expect(f.observe(generated(guidA, guidB, "4")).State).To(Equal(rotation.Trusted))
		began := f.e.History.List[0].StartedAt
		f.e.Applied.StartedAt = began
		Expect(f.observe(generated(guidA, guidB, "4")).State).To(Equal(rotation.Trusted))
		f.e.Applied.StartedAt = began.Add(time.Hour)
		Expect(f.observe(generated(guidA, guidB, "4")).State).To(Equal(rotation.Generated), "ids begin again where Ops Manager was imported anew")
		f.e.Applied.Installation, f.e.Applied.StartedAt = 4, time.Time{}
		Expect(f.observe(generated(guidA, guidB, "4")).State).To(Equal(rotation.Generated))
		f.e.Applied = evidence.Applied{Installation: 5, Errands: map[string][]string{mysql.GUID: {"register-broker"}}}
		Expect(f.observe(generated(guidA, guidB, "4")).State).To(Equal(rotation.Generated))
	})

	It("is not proven by what an apply changes of ours left behind where the log tells of orphans", func() {
		for _, leaves := range []func(*evidence.Command){func(c *evidence.Command) { c.Orphans = 1 }, func(c *evidence.Command) { c.Left = 1 }} {
			f := at(ran(with(leaves)))
			f.e.Applied = evidence.Applied{Installation: 5, Errands: map[string][]string{mysql.GUID: {"upgrade-all-service-instances"}}}
			Expect(f.observe(generated(guidA, guidB, "4")).State).To(Equal(rotation.Generated))
		}
	})

	It("is taken for proven when that is accepted, and goes on from there", func() {
		f := at(installation(5, later))
		s := f.observe(generated(guidA, guidB, "4"))
		d := rotation.Decide(rotation.Question{Phase: rotation.Verify, From: s.Version, Observed: s, Evidence: f.tells(), Options: rotation.Options{Accept: []rotation.Reason{rotation.ReasonInstances}}})
		Expect(d.Verdict).To(Equal(rotation.Done))
		Expect(d.Notes).To(ContainElement(ContainSubstring("accepted instances-unproven")))
		Expect(d.Version).To(Equal(trusted(guidA, guidB, "5")))
		Expect(f.observe(d.Version).State).To(Equal(rotation.Trusted))
	})

	It("is unknown while its errands were not asked for, as in a check", func() {
		f := at(ran(errand))
		f.e.Pending = evidence.Pending{}
		Expect(f.observe(generated(guidA, guidB, "4")).State).To(Equal(rotation.Generated))
	})

	It("does not count where another entry of it in the same installation failed", func() {
		twice := ran(errand)
		twice.Changes = append(slices.Clone(twice.Changes), failed(mysql))
		Expect(at(ran(errand)).observe(generated(guidA, guidB, "4")).State).To(Equal(rotation.Trusted))
		Expect(at(twice).observe(generated(guidA, guidB, "4")).State).To(Equal(rotation.Generated))
	})

	It("is unknown where Ops Manager tells no list of its errands, or not when they run", func() {
		tells := func(change func(*evidence.PendingChange)) rotation.Observation {
			f := at(installation(5, later))
			f.e.Pending.List = slices.Clone(f.e.Pending.List)
			for n := range f.e.Pending.List {
				if f.e.Pending.List[n].GUID == mysql.GUID {
					change(&f.e.Pending.List[n])
				}
			}
			return f.observe(generated(guidA, guidB, "4"))
		}
		Expect(tells(func(c *evidence.PendingChange) { c.Errands = nil }).State).To(Equal(rotation.Trusted), "an empty list")
		s := tells(func(c *evidence.PendingChange) { c.Errands, c.ErrandsUntold = nil, true })
		Expect(s.State).To(Equal(rotation.Generated))
		Expect(s.Trust.Missing()).To(ConsistOf(ContainSubstring("Ops Manager does not tell")))
		s = tells(func(c *evidence.PendingChange) {
			c.Errands = []evidence.Errand{{Name: "upgrade-all-service-instances"}}
		})
		Expect(s.State).To(Equal(rotation.Generated))
		Expect(tells(func(c *evidence.PendingChange) {
			c.Errands = []evidence.Errand{{Name: "upgrade-all-before-the-end", PreDelete: "true"}}
		}).State).To(Equal(rotation.Trusted))
	})

	It("does not count in an installation that failed at another tile, when several are deployed at a time", func() {
		began := at5(later)
		i := installation(5, later, ok(director), failed(tas), ok(mysql))
		for n := range i.Changes {
			i.Changes[n].StartedAt, i.Changes[n].FinishedAt = began, began.Add(time.Hour)
		}
		Expect(at(i).observe(generated(guidA, guidB, "4")).Trust.Products[2].Installation).To(BeZero())
		i.Log = evidence.Log{Asked: true, Commands: []evidence.Command{errand}}
		Expect(at(i).observe(generated(guidA, guidB, "4")).Trust.Products[2].Installation).To(Equal(5), "the log shows its errand")
	})
})

// firstSight decides for who has no version.
func firstSight(phase rotation.Phase, f foundation) rotation.Decision {
	s := f.observe(nil)
	return rotation.Decide(rotation.Question{Phase: phase, From: s.Version, Observed: s, Evidence: f.tells()})
}

func at5(s string) time.Time { return at(s) }

// What attacks on the proofs have found, each a case of a kind.
var _ = Describe("a foundation that was attacked on paper", func() {
	const signed, later, last = "2019-05-06T07:00:00Z", "2026-03-05T12:00:00Z", "2026-03-06T12:00:00Z"
	past := installation(4, "2026-02-20T10:00:00Z")
	older := func(ca evidence.CA) evidence.CA { return expires(ofSubject(ca, theCompanys), "2039-01-01") }
	upgrading := evidence.PendingChange{GUID: mysql.GUID, Identifier: mysql.Type, Action: "unchanged", Errands: []evidence.Errand{{Name: "upgrade-all-service-instances", PostDeploy: "true"}}}

	DescribeTable("keeps its roles where a snapshot brings a deleted CA back", func(cursor *rotation.Version) {
		behind := shows(inactive(guidA, madeA), active(guidB, madeB)).after(past, installation(5, later), installation(6, last))
		s := behind.observe(cursor)
		Expect(s.Retiring.GUID).To(Equal(guidA))
		Expect(decide(rotation.Activate, &s.Version, behind).Verdict).NotTo(Equal(rotation.Go))

		before := shows(active(guidA, madeA), inactive(guidB, madeB)).after(past, installation(5, later))
		s = before.observe(cursor)
		Expect(s.Candidate.GUID).To(Equal(guidB))
		Expect(decide(rotation.Regenerate, &s.Version, before).Verdict).To(Equal(rotation.Refuse))
		Expect(decide(rotation.Delete, &s.Version, before).Verdict).To(Equal(rotation.Refuse))
	},
		Entry("settled after it", ended(guidB, guidA, "7")), Entry("settled, ids as they were", ended(guidB, guidA, "6")),
		Entry("settled, and nothing known of the one removed", settled(guidB)), Entry("retired", retired(guidB, guidA, "6")))

	It("notices with certificates v0 that a regenerate was dropped, under an own CA that was signed long ago", func() {
		old := leaf("/cf/diego", "2025-01-01T00:00:00Z")
		f := shows(ofSubject(inactive(guidA, madeA), theVendors), older(active(guidB, signed))).v0(old).after(past, installation(5, later), installation(6, last))
		v := regenerated(guidB, guidA, "5", "5")
		Expect(f.observe(v).State).To(Equal(rotation.Activated))
		Expect(decide(rotation.Delete, v, f).Verdict).To(Equal(rotation.Refuse))
		fresh := f.v0(leaf("/cf/diego", "2026-03-06T11:00:00Z"))
		Expect(fresh.observe(v).State).To(Equal(rotation.Replaced))
	})

	It("ends with certificates v0 and pruned history, under an own CA that was signed long ago", func() {
		f := shows(ofSubject(inactive(guidA, madeA), theVendors), older(active(guidB, signed))).v0(leaf("/cf/diego", "2026-03-06T11:00:00Z"))
		v := regenerated(guidB, guidA, "6", "5")
		Expect(f.after(installation(6, later), installation(7, last)).observe(v).State).To(Equal(rotation.Replaced))
		Expect(f.after(installation(7, last)).observe(v).State).To(Equal(rotation.Replaced), "of 6 is no record either")
		Expect(f.after(installation(7, last)).observe(replaced(guidB, guidA, "7", "5")).State).To(Equal(rotation.Replaced))
		dropped := f.v0(leaf("/cf/diego", "2025-01-01T00:00:00Z"))
		Expect(dropped.after(installation(6, later), installation(7, last)).observe(v).State).To(Equal(rotation.Activated))
	})

	It("does not call unknown what certificates v1 shows of a cluster of TKGI", func() {
		tkgi := evidence.Product{GUID: "pks-1", Type: rotation.TKGI}
		cluster := leaf("/p-bosh/service-instance_1/kubelet", "2025-01-01T00:00:00Z", guidA)
		cluster.ProductGUID, cluster.Deployments = tkgi.GUID, []string{"service-instance_1"}
		f := shows(active(guidB, madeB), inactive(guidA, madeA)).products(director, tkgi).v1(cluster).withoutRows().
			after(past, installation(5, later, ok(director), ok(tkgi)))
		f.e.Certificates.List = append(f.e.Certificates.List, rootRow(guidA), rootRow(guidB, "service-instance_1"))
		d, refused := rotation.ApplyRefusal(f.observe(activated(guidB, guidA, "5", "")), rotation.ReasonTrustUnknown)
		Expect(refused).To(BeTrue())
		Expect(d.Reason).To(Equal(rotation.ReasonUntrusted))
		Expect(d.Message).To(ContainSubstring("service-instance_1"))
	})

	It("lets activate what verify has proven by a log that is not read again", func() {
		broken := withStatus(installation(101, later), evidence.InstallationFailed)
		f := func(log evidence.Log) foundation {
			i := broken
			i.Log = log
			return shows(active(guidA, madeA), inactive(guidB, madeB)).v0().staged(upgrading).
				after(installation(99, "2026-02-02T10:00:00Z"), i, installation(102, last, ok(director), ok(tas)))
		}
		read := evidence.Log{Asked: true, Commands: []evidence.Command{{Deployment: mysql.GUID, Errand: "upgrade-all-service-instances", Finished: true}}}
		s := f(read).observe(generated(guidA, guidB, "100"))
		Expect(s.State).To(Equal(rotation.Trusted))
		Expect(f(evidence.Log{}).observe(&s.Version).State).To(Equal(rotation.Trusted))
	})

	DescribeTable("does not forget at its second look that trust is unknown", func(f foundation) {
		s := f.observe(nil)
		for range 2 {
			d, _ := rotation.ApplyRefusal(s)
			Expect(d.Reason).To(Equal(rotation.ReasonTrustUnknown))
			s = f.observe(&s.Version)
		}
	},
		Entry("old records are pruned", shows(active(guidB, madeB), inactive(guidA, madeA)).after(installation(40, later, ok(director), ok(tas)))),
		Entry("bare dates", shows(active(guidB, "2026-03-02"), inactive(guidA, madeA)).after(installation(40, "2026-03-02T12:00:00Z"))))

	It("is shown by certificates v1 at its second look as well, behind a check that asked for none", func() {
		deployed := leaf("/cf/a", later, guidB)
		deployed.Deployments = []string{tas.GUID}
		f := shows(active(guidB, madeB), inactive(guidA, madeA)).v1(deployed).after(installation(40, later, ok(director), ok(tas)))
		e := f.tells()
		e.Certificates, e.Pending = evidence.Certificates{}, evidence.Pending{}
		v := rotation.Observe(e, nil).Version
		Expect(decide(rotation.Regenerate, &v, f).Verdict).To(Equal(rotation.Go))
	})

	It("may delete a retiring CA that has expired, under an own CA that was signed long ago", func() {
		f := shows(expires(ofSubject(inactive(guidA, madeA), theVendors), "2026-03-19T00:00:00Z"), older(active(guidB, signed))).after(past, installation(5, later), installation(6, last))
		Expect(f.observe(replaced(guidB, guidA, "6", "5")).State).To(Equal(rotation.Replaced))
		Expect(f.observe(nil).Reason).To(Equal(rotation.ReasonUndatedCA), "and without a version there is no guess")
	})

	It("begins its proof of trust anew where ids start again", func() {
		v := activated(guidB, guidA, "125", "")
		v.Since = "120"
		f := shows(ofSubject(inactive(guidA, madeA), theVendors), ofSubject(active(guidB, madeB), theCompanys)).v0().after(past)
		s := f.observe(v)
		Expect(s.Version.Since).To(BeEmpty())
		Expect(f.then(installation(5, later)).observe(&s.Version).Untrusted()).To(BeFalse())
	})
})
