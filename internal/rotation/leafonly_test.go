package rotation_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

var leavesAlone = rotation.Options{LeafOnly: true}

// owned is a leaf that Ops Manager holds for a product.
func owned(by evidence.Product, from string) evidence.Certificate {
	c := leaf(".properties."+by.Type, from, guidA)
	c.Location, c.ProductGUID = "ops_manager", by.GUID
	return c
}

func outdatedOn(c evidence.Certificate, deployments ...string) evidence.Certificate {
	c.OutdatedDeployments = deployments
	return c
}

var _ = Describe("leaf certificates without a rotation", func() {
	const recent, later = "2026-03-19T09:00:00Z", "2026-03-19T12:00:00Z"
	verifying := func(f foundation, from *rotation.Version) rotation.Decision {
		return decide(rotation.Verify, from, f, leavesAlone)
	}

	It("are regenerated and verified where no rotation is under way: elsewhere the state is named, and what comes next", func() {
		for state, stage := range stages {
			st := stage()
			for _, phase := range []rotation.Phase{rotation.Regenerate, rotation.Verify} {
				d := decide(phase, st.from, st.f, leavesAlone)
				switch state {
				case rotation.Settled:
					Expect(d.Verdict).To(Equal(map[rotation.Phase]rotation.Verdict{rotation.Regenerate: rotation.Go, rotation.Verify: rotation.Done}[phase]), d.Message)
				case rotation.Renewed:
					Expect(d.Verdict).To(Equal(map[rotation.Phase]rotation.Verdict{rotation.Regenerate: rotation.Go, rotation.Verify: rotation.Refuse}[phase]), d.Message)
				case rotation.Blocked:
					Expect(d.Reason).To(Equal(rotation.ReasonSeveralActive))
				default:
					Expect(d.Verdict).To(Equal(rotation.Refuse), string(state))
					Expect(d.Reason).To(Equal(rotation.ReasonUnderWay))
					Expect(d.Message).To(ContainSubstring("state " + string(state)))
					Expect(d.Next).To(ContainSubstring(st.f.observe(st.from).Next()))
				}
			}
		}
	})

	It("are not regenerated from a version of another rotation, or under an expired CA", func() {
		st := stages[rotation.Settled]()
		Expect(decide(rotation.Regenerate, settled(guidC), st.f, leavesAlone).Reason).To(Equal(rotation.ReasonFinishedRotation))
		f := shows(expires(active(guidA, madeA), "2026-03-01"))
		Expect(decide(rotation.Regenerate, settled(guidA), f, leavesAlone).Reason).To(Equal(rotation.ReasonExpiredCA))
	})

	DescribeTable("are regenerated, or not",
		func(disturb func(foundation) foundation, reason rotation.Reason, words ...string) {
			st := stages[rotation.Settled]()
			f := disturb(st.f)
			d := decide(rotation.Regenerate, st.from, f, leavesAlone)
			if reason == "" {
				Expect(d.Verdict).To(Equal(rotation.Go), d.Message)
				return
			}
			Expect(d.Verdict).To(Equal(rotation.Refuse))
			Expect(d.Reason).To(Equal(reason), d.Message)
			Expect(d.Message).To(says(words...))
			accepted := decide(rotation.Regenerate, st.from, f, rotation.Options{LeafOnly: true, Accept: []rotation.Reason{reason}})
			acceptable := reason == rotation.ReasonPendingChanges || reason == rotation.ReasonUpgraded
			Expect(accepted.Verdict == rotation.Go).To(Equal(acceptable))
		},
		Entry("while an installation runs", func(f foundation) foundation {
			return f.then(withStatus(installation(20, recent, ok(director), rolling(tas), waiting(mysql)), evidence.InstallationRunning))
		}, rotation.ReasonInstallationRunning, "installation 20"),
		Entry("after a product failed", func(f foundation) foundation {
			return f.then(installation(20, recent, ok(director), failed(tas), waiting(mysql)))
		}, rotation.Reason("")),
		Entry("after an errand failed", func(f foundation) foundation {
			return f.then(withStatus(installation(20, recent), evidence.InstallationFailed))
		}, rotation.Reason("")),
		Entry("while leaves are outdated", func(f foundation) foundation {
			return f.v1(outdatedOn(leaf("/cf/a", recent, guidA), tas.GUID, "service-instance_7"))
		}, rotation.Reason("")),
		Entry("while a CA is outdated", func(f foundation) foundation {
			c := outdatedOn(leaf("/cf/ca", recent), "service-instance_7")
			c.IsCA = true
			return f.v1(c)
		}, rotation.ReasonUntrusted, "service-instance_7 has outdated certificates: /cf/ca"),
		Entry("beside a leaf of a CA that is gone", func(f foundation) foundation { return f.v1(leaf("/cf/a", "2022-01-01T00:00:00Z")) },
			rotation.ReasonOldLeaves, "/cf/a", guidA),
		Entry("without a product", func(f foundation) foundation { return f.products() }, rotation.ReasonNoProducts),
		Entry("after an upgrade of Ops Manager", func(f foundation) foundation { return f.opsManager("3.0.26-build.1300") }, rotation.ReasonUpgraded, "3.0.26"),
		Entry("with an update staged", func(f foundation) foundation { return f.staged(pending(tas, "update"), pending(mysql, "unchanged")) },
			rotation.ReasonPendingChanges, "update of Tanzu Application Service"),
		Entry("with everything updated, and no leaf that waits", func(f foundation) foundation { return f.staged(pending(tas, "update"), pending(mysql, "update")) },
			rotation.ReasonPendingChanges, "update of MySQL"),
		Entry("with everything updated, and leaves that wait for it", func(f foundation) foundation {
			return f.v1(outdatedOn(leaf("/a", recent, guidA), tas.GUID, mysql.GUID)).staged(pending(tas, "update"), pending(mysql, "update"))
		}, rotation.Reason("")),
		Entry("with leaves that wait on two products, and one of them unchanged", func(f foundation) foundation {
			return f.v1(outdatedOn(leaf("/a", recent, guidA), tas.GUID, mysql.GUID)).staged(pending(tas, "update"), pending(mysql, "unchanged"))
		}, rotation.ReasonPendingChanges),
		Entry("with leaves that wait, and a tile on its way out", func(f foundation) foundation {
			return f.v1(outdatedOn(leaf("/a", recent, guidA), tas.GUID, mysql.GUID)).staged(pending(tas, "update"), pending(mysql, "delete"))
		}, rotation.ReasonPendingChanges, "delete of MySQL"),
		Entry("with leaves that only v0 shows to wait, everything updated", func(f foundation) foundation {
			return f.v0(owned(tas, recent), owned(mysql, recent)).staged(pending(tas, "update"), pending(mysql, "update"))
		}, rotation.Reason("")),
	)

	Context("under a lone CA of which no version tells anything", func() {
		lone := func(installations ...evidence.Installation) rotation.Decision {
			return decide(rotation.Regenerate, settled(guidB), shows(active(guidB, madeB)).after(installations...), leavesAlone)
		}

		It("are not regenerated when a product was not deployed since it came by a rotation", func() {
			d := lone(installation(4, "2026-03-01T10:00:00Z"), installation(5, "2026-03-03T10:00:00Z", ok(director), ok(tas)))
			Expect(d.Reason).To(Equal(rotation.ReasonUntrusted))
			Expect(d.Message).To(says(guidB, "2 of 3 products", "MySQL (not deployed since "+madeB))
			Expect(d.Next).To(ContainSubstring("contact support"))
		})

		It("are regenerated when every product was, though the last attempt failed", func() {
			d := lone(installation(4, "2026-03-01T10:00:00Z"), installation(5, "2026-03-03T10:00:00Z"), installation(6, "2026-03-04T10:00:00Z", ok(director), failed(tas)))
			Expect(d.Verdict).To(Equal(rotation.Go), d.Message)
		})

		It("are regenerated under an operator's own that was signed long ago where its trust is shown, and not by its date", func() {
			own := ofSubject(active(guidB, "2019-05-06T07:00:00Z"), theCompanys)
			f := shows(expires(own, "2039-01-01")).v0().after(installation(4, "2026-03-01T10:00:00Z"), installation(5, "2026-03-03T10:00:00Z"))
			d := decide(rotation.Regenerate, settled(guidB), f, leavesAlone)
			Expect(d.Reason).To(Equal(rotation.ReasonTrustUnknown))
			Expect(d.Message).To(says(guidB, "2019-05-06", "operator's own"))
			Expect(decide(rotation.Regenerate, ended(guidB, guidA, "5"), f, leavesAlone).Verdict).To(Equal(rotation.Go), "its rotation was watched")
			deployed := leaf("/cf/a", "2026-03-02T10:00:00Z", guidB)
			deployed.Deployments = []string{tas.GUID}
			Expect(decide(rotation.Regenerate, settled(guidB), f.v1(deployed), leavesAlone).Verdict).To(Equal(rotation.Go), "certificates v1 shows it")
		})

		It("are regenerated under a CA that is older than all installations", func() {
			Expect(lone(installation(5, "2026-03-03T10:00:00Z", ok(director), ok(tas))).Verdict).To(Equal(rotation.Go))
		})
	})

	DescribeTable("are verified, or not, since they were regenerated",
		func(disturb func(foundation) foundation, reason rotation.Reason, words ...string) {
			st := stages[rotation.Settled]()
			from := renewed(guidA, "19", recent)
			fresh := func(f foundation) foundation { return f.v1(owned(tas, recent)).then(installation(20, later)) }
			Expect(verifying(fresh(st.f), from)).To(And(HaveField("Version", Equal(ended(guidA, "", "20"))), HaveField("Verdict", rotation.Done), HaveField("Message", says("since the leaf certificates were regenerated (after installation 19)"))))
			d := verifying(disturb(fresh(st.f)), from)
			if reason == "" {
				Expect(d.Verdict).To(Equal(rotation.Done), d.Message)
			} else {
				Expect(d.Verdict).To(Equal(rotation.Refuse), d.Message)
			}
			if reason != "" {
				Expect(d.Reason).To(Equal(reason), d.Message)
			}
			Expect(d.Message).To(says(words...))
		},
		Entry("an installation runs", func(f foundation) foundation {
			return f.then(withStatus(installation(21, later, rolling(tas)), evidence.InstallationRunning))
		}, rotation.ReasonInstallationRunning, "installation 21"),
		Entry("the newest failed", func(f foundation) foundation { return f.then(installation(21, later, ok(director), failed(tas))) },
			rotation.ReasonInstallationFailed, "Tanzu Application Service failed in installation 21"),
		Entry("a product was left out", func(f foundation) foundation {
			return f.after(installation(19, recent), installation(20, later, ok(director), ok(tas)))
		},
			rotation.ReasonNotReached, "2 of 3 products", "MySQL (not deployed since installation 19)"),
		Entry("nothing was applied", func(f foundation) foundation { return f.after(installation(19, recent)) }, rotation.ReasonNotReached, "0 of 3 products"),
		Entry("a service instance is behind", func(f foundation) foundation { return f.v1(outdatedOn(owned(tas, recent), "service-instance_7")) },
			rotation.ReasonOutdated, "service-instance_7"),
		Entry("something is staged", func(f foundation) foundation { return f.staged(pending(tas, "update")) }, rotation.ReasonPendingChanges, "update of Tanzu"),
		Entry("the certificates cannot be read", func(f foundation) foundation { return f.certificatesUnknown("500") }, rotation.ReasonCertificatesUnknown, "500"),
		Entry("one was left behind", func(f foundation) foundation { return f.v1(owned(tas, recent), owned(mysql, "2025-06-01T00:00:00Z")) },
			rotation.ReasonOldLeaves, ".properties.pivotal-mysql"),
		Entry("one is left behind that no rotation renews", func(f foundation) foundation {
			c := owned(mysql, "2025-06-01T00:00:00Z")
			c.Excluded = true
			return f.v1(owned(tas, recent), c)
		}, rotation.Reason("")),
		Entry("v0 does not show service instances", func(f foundation) foundation { return f.v0(owned(tas, recent)) }, rotation.Reason(""), "of service instances, the errands are all that tells"),
	)

	It("are verified without a word of when they were regenerated, as far as the certificates' own dates go", func() {
		st := stages[rotation.Settled]()
		d := verifying(st.f.v1(owned(tas, "2025-06-01T00:00:00Z")), st.from)
		Expect(d.Verdict).To(Equal(rotation.Done), d.Message)
		Expect(d.Message).To(ContainSubstring("their age was not judged"))
		d = verifying(st.f.v1(owned(tas, recent)), st.from)
		Expect(d.Reason).To(Equal(rotation.ReasonNotReached))
		Expect(d.Message).To(says("younger than the last deployment of their product: Tanzu Application Service"))
		Expect(d.Version).To(BeNil(), "a look tells as much")
	})

	Context("that were regenerated", func() {
		renewedF := func() foundation { return before().then(installation(19, recent)) }

		It("are known by the version alone, which a check keeps as long as that CA is the only one", func() {
			from := renewed(guidA, "19", recent)
			for _, f := range []foundation{renewedF(), renewedF().then(installation(20, later))} {
				s := f.observe(from)
				Expect(s.State).To(Equal(rotation.Renewed))
				Expect(s.Version).To(Equal(*from))
			}
			Expect(renewedF().observe(nil).State).To(Equal(rotation.Settled))
			two := shows(active(guidA, madeA), inactive(guidB, madeB))
			Expect(two.observe(from).State).To(Equal(rotation.Generated))
			other := shows(active(guidC, madeC)).observe(from)
			Expect(other.State).To(Equal(rotation.Retired))
			Expect(other.Version.Removed).To(Equal(guidA))
		})

		It("come of the call: the version is anchored at what was installed by then, with Ops Manager's time before it", func() {
			f := renewedF()
			v := rotation.Renew(f.observe(ended(guidA, guidX, "2")), at("2026-03-19T08:59:59.9Z"), f.e)
			Expect(*v).To(Equal(rotation.Version{State: rotation.Renewed, Active: guidA, Removed: guidX, Installation: "19", Renewed: "2026-03-19T08:59:59Z"}))
			Expect(f.observe(v).Version).To(Equal(*v), "a look confirms it")
			again := rotation.Renew(f.observe(v), at("2026-03-19T10:00:00Z"), f.e)
			Expect(*again).NotTo(Equal(*v), "once more is another version")
			Expect(again.Turn).To(BeEmpty())
			Expect(rotation.Renew(f.observe(v), time.Time{}, f.e).Renewed).To(BeEmpty(), "without a clock")
		})

		It("do not come of it where the CAs have changed meanwhile", func() {
			two := shows(active(guidA, madeA), inactive(guidB, madeB))
			from := ended(guidA, guidX, "2")
			Expect(*rotation.Renew(renewedF().observe(from), at(recent), two.e)).To(Equal(*from))
		})

		It("let a rotation begin when they are deployed, and name the apply changes before", func() {
			from := renewed(guidA, "19", recent)
			d := decide(rotation.Generate, from, renewedF())
			Expect(d.Verdict).To(Equal(rotation.Refuse))
			Expect(d.Message).To(says("regenerated on "+recent+" wait for an apply changes", "0 of 3 products"))
			Expect(decide(rotation.Generate, from, renewedF().then(installation(20, later))).Verdict).To(Equal(rotation.Go))
		})

		It("are deployed by a rotation that begins, and by apply-changes", func() {
			from := renewed(guidA, "19", recent)
			m := asks(renewedF(), from)
			Expect(is(m)).To(Equal("apply for not-reached"))
			Expect(m.Why).To(ContainSubstring("wait for an apply changes"))
			Expect(is(asks(renewedF(), from, having(rotation.ReasonNotReached)))).To(Equal("refuse generate for not-reached"), "once is enough")
			Expect(is(asks(renewedF().then(installation(20, later)), from))).To(Equal("phase generate"))
			Expect(is(asks(renewedF(), from, within("1d")))).To(Equal("done"))
			Expect(is(asks(renewedF(), from, applyOnly))).To(Equal("apply verify for not-reached"))
			m = asks(renewedF().then(installation(20, later)), from, applyOnly)
			Expect(is(m)).To(Equal("done"))
			Expect(m.Why).To(Equal("the regenerated leaf certificates have reached every product"))
		})
	})
})
