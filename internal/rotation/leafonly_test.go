package rotation_test

import (
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
	verifying := func(f foundation, from *rotation.Version, r *rotation.Renewal) rotation.Decision {
		return rotation.Decide(rotation.Question{Phase: rotation.Verify, From: *from, Observed: f.observe(from), Evidence: f.tells(), Options: leavesAlone, Renewed: r})
	}

	It("are regenerated and verified at settled alone: elsewhere the state is named, and what comes next", func() {
		for state, stage := range stages {
			st := stage()
			for _, phase := range []rotation.Phase{rotation.Regenerate, rotation.Verify} {
				d := decide(phase, st.from, st.f, leavesAlone)
				switch state {
				case rotation.Settled:
					Expect(d.Verdict).To(Equal(map[rotation.Phase]rotation.Verdict{rotation.Regenerate: rotation.Go, rotation.Verify: rotation.Done}[phase]), d.Message)
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
			return f.v1(outdatedOn(leaf("/cf/a", recent), tas.GUID, "service-instance_7"))
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
			return f.v1(outdatedOn(leaf("/a", recent), tas.GUID, mysql.GUID)).staged(pending(tas, "update"), pending(mysql, "update"))
		}, rotation.Reason("")),
		Entry("with leaves that wait on two products, and one of them unchanged", func(f foundation) foundation {
			return f.v1(outdatedOn(leaf("/a", recent), tas.GUID, mysql.GUID)).staged(pending(tas, "update"), pending(mysql, "unchanged"))
		}, rotation.ReasonPendingChanges),
		Entry("with leaves that wait, and a tile on its way out", func(f foundation) foundation {
			return f.v1(outdatedOn(leaf("/a", recent), tas.GUID, mysql.GUID)).staged(pending(tas, "update"), pending(mysql, "delete"))
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

		It("are regenerated under a CA that is older than all installations", func() {
			Expect(lone(installation(5, "2026-03-03T10:00:00Z", ok(director), ok(tas))).Verdict).To(Equal(rotation.Go))
		})
	})

	DescribeTable("are verified, or not, since they were regenerated",
		func(disturb func(foundation) foundation, reason rotation.Reason, words ...string) {
			st := stages[rotation.Settled]()
			renewed := &rotation.Renewal{Active: guidA, Installation: 19, At: at(recent)}
			fresh := func(f foundation) foundation { return f.v1(owned(tas, recent)).then(installation(20, later)) }
			Expect(verifying(fresh(st.f), st.from, renewed)).To(And(HaveField("Verdict", rotation.Done), HaveField("Message", says("since the leaf certificates were regenerated (after installation 19)"))))
			d := verifying(disturb(fresh(st.f)), st.from, renewed)
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
		d := verifying(st.f.v1(owned(tas, "2025-06-01T00:00:00Z")), st.from, nil)
		Expect(d.Verdict).To(Equal(rotation.Done), d.Message)
		Expect(d.Message).To(ContainSubstring("their age was not judged"))
		d = verifying(st.f.v1(owned(tas, recent)), st.from, nil)
		Expect(d.Reason).To(Equal(rotation.ReasonNotReached))
		Expect(d.Message).To(says("younger than the last deployment of their product: Tanzu Application Service"))
		d = verifying(st.f.v1(owned(tas, recent)), st.from, &rotation.Renewal{Active: guidX, Installation: 1})
		Expect(d.Reason).To(Equal(rotation.ReasonNotReached), "a regenerate under another CA says nothing")
	})
})
