package rotation_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

var _ = Describe("the proof of trust", func() {
	const created, later = madeB, "2026-03-03T09:00:00Z"
	pair := func(created string) foundation { return shows(active(guidA, madeA), inactive(guidB, created)) }

	DescribeTable("counts only what was surely started after the candidate appeared",
		func(created, started string, proven bool) {
			s := pair(created).after(installation(4, "2026-03-01T09:00:00Z"), installation(5, started)).observe(nil)
			if proven {
				Expect(s.Version).To(Equal(*trusted(guidA, guidB, "5")))
			} else {
				Expect(s.Version).To(Equal(*generated(guidA, guidB, "5")))
				Expect(strings.Join(s.Trust.Missing(), ", ")).To(Or(ContainSubstring("BOSH Director (not deployed since 2026-03-02"),
					ContainSubstring("BOSH Director (deployed in installation 5, of which it is unknown whether it came after 2026-03-02)")))
			}
		},
		Entry("before", created, "2026-03-02T09:59:59.999Z", false),
		Entry("in the very second", created, "2026-03-02T10:00:00.999Z", false),
		Entry("in the next second", created, "2026-03-02T10:00:01.000Z", true),
		Entry("date only: the day before", "2026-03-02", "2026-03-01T23:59:59Z", false),
		Entry("date only: that day", "2026-03-02", "2026-03-02T23:59:59.5Z", false),
		Entry("date only: the next day", "2026-03-02", "2026-03-03T00:00:00Z", true),
	)

	It("counts ids above the anchor when dates cannot tell", func() {
		f := pair("2026-03-02").after(installation(4, "2026-03-02T09:00:00Z"), installation(5, "2026-03-02T11:00:00Z"))
		Expect(f.observe(generated(guidA, guidB, "4")).Version).To(Equal(*trusted(guidA, guidB, "5")))
		Expect(f.observe(generated(guidA, guidB, "5")).Version).To(Equal(*generated(guidA, guidB, "5")))
	})

	It("stays proven where Ops Manager gives no dates at all", func() {
		f := pair("").after(installation(4, ""), installation(5, ""))
		s := f.observe(generated(guidA, guidB, "4"))
		Expect(s.Version).To(Equal(*trusted(guidA, guidB, "5")))
		Expect(f.observe(&s.Version).Version).To(Equal(s.Version))
	})

	It("does not wait for leaves: who has an old leaf may trust the candidate all the same", func() {
		c := leaf("/cf/router", "2026-03-01T00:00:00Z")
		c.OutdatedDeployments = []string{"cf-0a1b2c3d"}
		Expect(candidateApplied().v1(c).observe(generated(guidA, guidB, "4")).State).To(Equal(rotation.Trusted))
	})

	all := []evidence.Change{ok(director), ok(tas), ok(mysql)}
	bare := func(p evidence.Product, status string) evidence.Change {
		c := part(p, status)
		c.GUID = ""
		return c
	}
	removal := func(p evidence.Product) evidence.Change {
		c := ok(p)
		c.Type = evidence.ChangeDeletion
		return c
	}

	perhaps := func(name string) string {
		return name + " (deployed in installation 5, of which it is unknown whether it came after " + created + ")"
	}

	DescribeTable("looks at every product",
		func(expected string, missing string, installations ...evidence.Installation) {
			past := installation(4, "2026-02-20T10:00:00Z")
			s := pair(created).after(append([]evidence.Installation{past}, installations...)...).observe(nil)
			Expect(strings.Join(s.Trust.Missing(), ", ")).To(Equal(missing))
			if expected == "" {
				Expect(s.State).To(Equal(rotation.Generated))
				Expect(s.NeedsApply()).To(BeTrue())
				return
			}
			Expect(s.Version).To(Equal(*trusted(guidA, guidB, expected)))
			Expect(s.Trust.Covered()).To(Equal(3))
			Expect(s.NeedsApply()).To(BeFalse())
		},
		Entry("none", "", "BOSH Director (not deployed since 2026-03-02T10:00:00Z), Tanzu Application Service (not deployed since 2026-03-02T10:00:00Z), MySQL (not deployed since 2026-03-02T10:00:00Z)"),
		Entry("all at once", "5", "", installation(5, later, all...)),
		Entry("in several installations", "7", "", installation(5, later, ok(director), ok(tas)), installation(7, later, ok(director), ok(mysql))),
		Entry("the first that completes it, not the last", "5", "", installation(5, later), installation(7, later)),
		Entry("selective, one left out", "", "MySQL (not deployed since 2026-03-02T10:00:00Z)", installation(5, later, ok(director), ok(tas))),
		Entry("failed midway", "", "Tanzu Application Service (failed in installation 5), MySQL (not deployed since 2026-03-02T10:00:00Z)",
			installation(5, later, ok(director), failed(tas), waiting(mysql))),
		Entry("failed midway, then the rest", "6", "", installation(5, later, ok(director), failed(tas), waiting(mysql)), installation(6, later, ok(tas), ok(mysql))),
		Entry("failed without blame: an errand", "", "BOSH Director (installation 5 failed without naming a product: an errand may not have run), "+
			"Tanzu Application Service (installation 5 failed without naming a product: an errand may not have run), MySQL (installation 5 failed without naming a product: an errand may not have run)",
			withStatus(installation(5, later), evidence.InstallationFailed)),
		Entry("skipped", "", "MySQL (not deployed since 2026-03-02T10:00:00Z)", installation(5, later, ok(director), ok(tas), skipped(mysql))),
		Entry("still running", "", "BOSH Director (deployed in installation 5, which still runs), Tanzu Application Service (running in installation 5), MySQL (not deployed since 2026-03-02T10:00:00Z)",
			withStatus(installation(5, later, ok(director), rolling(tas), waiting(mysql)), evidence.InstallationRunning)),
		Entry("running, though every product is through", "", "BOSH Director (deployed in installation 5, which still runs), Tanzu Application Service (deployed in installation 5, which still runs), MySQL (deployed in installation 5, which still runs)",
			withStatus(installation(5, later), evidence.InstallationRunning)),
		Entry("an unknown status", "", "BOSH Director (installation 5 has the status \"cancelled\", of which it is not known what it means), "+
			"Tanzu Application Service (installation 5 has the status \"cancelled\", of which it is not known what it means), MySQL (installation 5 has the status \"cancelled\", of which it is not known what it means)",
			withStatus(installation(5, later), "cancelled")),
		Entry("without GUIDs, by identifier", "5", "", installation(5, later, bare(director, evidence.DeploymentSuccessful), bare(tas, evidence.DeploymentSuccessful), bare(mysql, evidence.DeploymentSuccessful))),
		Entry("without GUIDs, one failed", "", "MySQL (failed in installation 5)",
			installation(5, later, bare(director, evidence.DeploymentSuccessful), bare(tas, evidence.DeploymentSuccessful), bare(mysql, evidence.DeploymentFailed))),
		Entry("the deletion of another copy proves nothing", "", "MySQL (not deployed since 2026-03-02T10:00:00Z)", installation(5, later, ok(director), ok(tas), removal(mysql))),
		Entry("no start, no proof", "", perhaps("BOSH Director")+", "+perhaps("Tanzu Application Service")+", "+perhaps("MySQL"), installation(5, "")),
	)

	It("is impossible without products", func() {
		s := pair(created).products().after(installation(5, later)).observe(nil)
		Expect(s.State).To(Equal(rotation.Generated))
		Expect(s.Trust.Missing()).To(Equal([]string{"Ops Manager lists no deployed product"}))
	})

	It("asks for a product that came later, and not for one that left", func() {
		redis := evidence.Product{GUID: "redis-1", Type: "p-redis"}
		past := installation(4, "2026-02-20T10:00:00Z")
		f := pair(created).after(past, installation(5, later))
		Expect(f.products(director, tas).observe(trusted(guidA, guidB, "5")).Version).To(Equal(*trusted(guidA, guidB, "5")))

		s := f.products(director, tas, mysql, redis).observe(trusted(guidA, guidB, "5"))
		Expect(s.Version.State).To(Equal(rotation.Generated))
		Expect(s.Trust.Missing()).To(ContainElement("p-redis (not deployed since installation 5)"))

		f = f.after(past, installation(5, later), installation(6, later, ok(redis))).products(director, tas, mysql, redis)
		Expect(f.observe(trusted(guidA, guidB, "5")).Version).To(Equal(*trusted(guidA, guidB, "5")))
		Expect(f.observe(nil).Version).To(Equal(*trusted(guidA, guidB, "6")))
	})

	It("upholds a claim that the history does not contradict, and only that", func() {
		sameDay := shows(active(guidA, madeA), inactive(guidB, "2026-03-02")).after(installation(5, "2026-03-02T11:00:00Z"))
		s := sameDay.observe(trusted(guidA, guidB, "5"))
		Expect(s.State).To(Equal(rotation.Trusted))
		Expect(s.Trust.Claimed).To(BeTrue())
		Expect(s.Trust.Installation).To(Equal(5))

		pruned := pair(created).after()
		Expect(pruned.observe(trusted(guidA, guidB, "5")).Version.State).To(Equal(rotation.Generated))
		contradicted := pair(created).after(installation(5, "2026-03-01T11:00:00Z"))
		Expect(contradicted.observe(trusted(guidA, guidB, "5")).Version.State).To(Equal(rotation.Generated))
	})

	It("waits for outdated deployments as well", func() {
		c := leaf("/cf/router_ca", "2026-03-01T00:00:00Z")
		c.IsCA = true
		c.OutdatedDeployments = []string{"cf-0a1b2c3d", "service-instance_7"}
		f := candidateApplied().v1(c)
		s := f.observe(generated(guidA, guidB, "4"))
		Expect(s.State).To(Equal(rotation.Generated))
		Expect(s.Trust.Installation).To(Equal(6))
		Expect(s.Trust.Missing()).To(Equal([]string{
			"cf-0a1b2c3d has outdated certificates: /cf/router_ca", "service-instance_7 has outdated certificates: /cf/router_ca"}))
		Expect(f.observe(&s.Version).Version).To(Equal(s.Version))
	})

	It("survives the activation by date-only stamps", func() {
		f := shows(inactive(guidA, madeA), active(guidB, "2026-03-02")).after(installation(5, "2026-03-02T11:00:00Z"))
		Expect(f.observe(trusted(guidA, guidB, "5")).Version).To(Equal(*activated(guidB, guidA, "5", "5")))
		Expect(f.observe(nil).Version).To(Equal(*activated(guidB, guidA, "5", "")), "nothing tells that 5 came after B")
	})
})

var _ = Describe("the leaf certificates after regenerate", func() {
	excluded := func(c evidence.Certificate) evidence.Certificate { c.Excluded = true; return c }
	configurable := func(c evidence.Certificate) evidence.Certificate { c.Configurable = true; return c }
	auto := func(c evidence.Certificate) evidence.Certificate { c.AutoRotated = true; return c }
	ca := func(c evidence.Certificate) evidence.Certificate { c.IsCA = true; return c }
	late := func(c evidence.Certificate) evidence.Certificate {
		c.OutdatedDeployments = []string{"cf-0a1b2c3d"}
		return c
	}
	procedure := func(c evidence.Certificate) evidence.Certificate {
		c.RotationProcedure = "Services TLS CA Procedure"
		return c
	}
	const old, fresh = "2025-06-01T00:00:00Z", "2026-03-03T20:00:00Z"

	DescribeTable("decide whether regenerated became replaced",
		func(state rotation.State, certificates ...evidence.Certificate) {
			for _, f := range []foundation{switchedReplaced().v1(certificates...), switchedReplaced().v0(certificates...)} {
				s := f.observe(regenerated(guidB, guidA, "6", "6"))
				Expect(s.State).To(Equal(state))
				Expect(f.observe(&s.Version).Version).To(Equal(s.Version))
			}
		},
		Entry("none listed", rotation.Replaced),
		Entry("all new", rotation.Replaced, leaf("/cf/a", fresh)),
		Entry("one old", rotation.Activated, leaf("/cf/a", fresh), leaf("/cf/b", old)),
		Entry("one old, of Ops Manager itself", rotation.Activated, leaf(".properties.tls", old)),
		Entry("old but a CA", rotation.Replaced, ca(leaf("/cf/a_ca", old))),
		Entry("old but excluded", rotation.Replaced, excluded(leaf("/cf/b", old))),
		Entry("old but configurable", rotation.Replaced, configurable(leaf("/cf/b", old))),
		Entry("old but automatically rotated", rotation.Replaced, auto(leaf("/opsmgr/bosh_dns/tls", old))),
		Entry("old but a service instance's own", rotation.Replaced, leaf("/p-bosh/service-instance_77/tls_certificate", old),
			leaf("/p-bosh/service-instance_77/pxc_galera", old), leaf("/p-bosh/service-instance_77/redis_certificate", old)),
		Entry("old, below a service instance, and ours", rotation.Activated, leaf("/p-bosh/service-instance_77/agent", old)),
		Entry("old but services TLS", rotation.Replaced, leaf("/services/tls_leaf", old), procedure(leaf("/cf/mysql_tls", old)), leaf("/telemetry-ca-cert", old)),
		Entry("old but below the services TLS CA", rotation.Replaced, evidence.Certificate{Name: "/x/tls", ValidFrom: at(old), SignedBy: []string{"/services/tls_ca"}}),
		Entry("of the very second of the CA", rotation.Replaced, leaf("/cf/a", madeB)),
		Entry("of no known date", rotation.Replaced, evidence.Certificate{Name: "/cf/a"}),
		Entry("outdated somewhere", rotation.Regenerated, late(leaf("/cf/a", fresh))),
		Entry("outdated, a CA", rotation.Regenerated, late(ca(leaf("/cf/a_ca", fresh)))),
		Entry("outdated, automatically rotated", rotation.Regenerated, late(auto(leaf("/opsmgr/bosh_dns/tls", fresh)))),
		Entry("outdated but excluded", rotation.Replaced, late(excluded(leaf("/cf/a", fresh)))),
		Entry("outdated but a service instance's own", rotation.Replaced, late(leaf("/p-bosh/service-instance_77/pxc_galera", fresh))),
	)

	It("are regenerated again when certificates v1 shows them below the retiring CA, young as they are", func() {
		f := switchedReplaced().v1(leaf("/cf/a", fresh, guidB), leaf("/cf/b", fresh, guidA))
		for _, cursor := range []*rotation.Version{regenerated(guidB, guidA, "6", "6"), replaced(guidB, guidA, "8", "6")} {
			s := f.observe(cursor)
			Expect(s.Version.State).To(Equal(rotation.Activated))
			Expect(decide(rotation.Regenerate, cursor, f).Verdict).To(Equal(rotation.Go))
			d := decide(rotation.Verify, cursor, f)
			Expect(d.Reason).To(Equal(rotation.ReasonOldLeaves))
			Expect(d.Message).To(And(ContainSubstring("/cf/b"), ContainSubstring(guidA), Not(ContainSubstring("/cf/a"))))
		}
	})

	It("are not proven while they cannot be read, unless that is accepted, and looked at again when they can", func() {
		unread := switchedReplaced().certificatesUnknown("500 nested asn")
		s := unread.observe(regenerated(guidB, guidA, "6", "6"))
		Expect(s.State).To(Equal(rotation.Regenerated))
		Expect(s.Deployed.Missing()).To(Equal([]string{"the deployed certificates (500 nested asn)"}))
		q := rotation.Question{Phase: rotation.Verify, From: s.Version, Observed: s, Evidence: unread.tells()}
		Expect(rotation.Decide(q)).To(And(HaveField("Verdict", rotation.Refuse), HaveField("Reason", rotation.ReasonCertificatesUnknown)))
		q.Options.Accept = []rotation.Reason{rotation.ReasonCertificatesUnknown}
		d := rotation.Decide(q)
		Expect(d.Verdict).To(Equal(rotation.Done))
		Expect(d.Version).To(Equal(replaced(guidB, guidA, "8", "6")))

		f := switchedReplaced().v0(leaf("/cf/b", old))
		again := f.observe(d.Version)
		Expect(again.Version).To(Equal(rotation.Version{State: rotation.Activated, Active: guidB, Retiring: guidA, Installation: "8", Trusted: "6", Turn: "1"}))
		Expect(decide(rotation.Delete, d.Version, f).Verdict).To(Equal(rotation.Refuse))
	})

	It("of the automatically rotated say what to do", func() {
		s := switchedReplaced().v1(late(auto(leaf("/opsmgr/bosh_dns/tls", fresh)))).observe(regenerated(guidB, guidA, "6", "6"))
		Expect(s.Deployed.Missing()).To(ConsistOf(ContainSubstring("force latest variables")))
	})
})

var _ = Describe("Enough", func() {
	cas := []evidence.CA{active(guidA, madeA), inactive(guidB, madeB)}
	products := []evidence.Product{director, tas, mysql}

	It("reads on until installations are older than the newest CA", func() {
		enough := rotation.Enough(cas, products, nil)
		Expect(enough(installation(8, "2026-03-04T09:00:00Z"))).To(BeFalse())
		Expect(enough(installation(7, ""))).To(BeFalse(), "no date tells nothing")
		Expect(enough(installation(6, madeB))).To(BeFalse())
		Expect(enough(installation(5, "2026-03-02T09:59:59Z"))).To(BeTrue())
	})

	It("with one CA reads on until every product's newest attempt was seen", func() {
		enough := rotation.Enough([]evidence.CA{active(guidB, madeB)}, products, nil)
		Expect(enough(installation(5, "2026-03-01T09:00:00Z", ok(director), ok(tas), skipped(mysql)))).To(BeFalse())
		Expect(enough(installation(4, "2026-02-28T09:00:00Z", ok(director), failed(mysql)))).To(BeTrue())
	})

	It("with one CA and a version that waits for a deployment reads on to its anchor", func() {
		enough := rotation.Enough([]evidence.CA{active(guidB, madeB)}, products, retired(guidB, guidA, "4"))
		Expect(enough(installation(5, "2026-03-01T09:00:00Z", ok(director), ok(tas), ok(mysql)))).To(BeFalse())
		Expect(enough(installation(4, "2026-02-28T09:00:00Z"))).To(BeTrue())
	})

	It("never stops where two CAs carry no date", func() {
		enough := rotation.Enough([]evidence.CA{active(guidA, ""), inactive(guidB, "")}, products, nil)
		Expect(enough(installation(5, "2026-03-01T09:00:00Z", ok(director), ok(tas), ok(mysql)))).To(BeFalse())
	})

	It("stops on a date-only CA only before its day", func() {
		enough := rotation.Enough([]evidence.CA{active(guidA, madeA), inactive(guidB, "2026-03-02")}, products, nil)
		Expect(enough(installation(5, "2026-03-02T00:00:00Z"))).To(BeFalse())
		Expect(enough(installation(4, "2026-03-01T23:59:59Z"))).To(BeTrue())
	})

	It("leaves enough for the same answer as the whole history", func() {
		whole := []evidence.Installation{
			installation(1, "2026-01-01T09:00:00Z"), installation(2, "2026-02-01T09:00:00Z", ok(director), failed(tas)),
			installation(4, "2026-03-01T09:00:00Z"), installation(5, "2026-03-02T11:00:00Z", ok(director), ok(tas)), installation(6, "2026-03-03T09:00:00Z", ok(mysql)),
		}
		full := shows(cas...).after(whole...)
		cut := shows(cas...)
		cut.e.History.Complete = false
		enough := rotation.Enough(cas, products, nil)
		for _, i := range full.e.History.List {
			cut.e.History.List = append(cut.e.History.List, i)
			if enough(i) {
				break
			}
		}
		Expect(cut.e.History.List).To(HaveLen(3))
		for _, cursor := range []*rotation.Version{nil, settled(guidA), generated(guidA, guidB, "4"), trusted(guidA, guidB, "6")} {
			Expect(cut.observe(cursor)).To(Equal(full.observe(cursor)))
		}
	})
})

var _ = Describe("a claimed proof", func() {
	It("shows of each product the newest deployment that the claim can mean", func() {
		f := candidate().after(
			installation(5, "2026-03-03T09:00:00Z", ok(director), ok(tas), ok(mysql)),
			installation(6, "2026-03-04T09:00:00Z", ok(director), ok(tas), failed(mysql)),
			installation(7, "2026-03-05T09:00:00Z", ok(director)))
		proof := f.observe(trusted(guidA, guidB, "6")).Trust
		Expect(proof.Claimed).To(BeTrue())
		var at []int
		for _, line := range proof.Products {
			at = append(at, line.Installation)
		}
		Expect(at).To(Equal([]int{6, 6, 5}))
	})
})
