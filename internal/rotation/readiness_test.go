package rotation_test

import (
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// readied is the question whether a rotation may begin.
func readied(f foundation, from *rotation.Version, o rotation.Options) rotation.Question {
	q := rotation.Question{Phase: rotation.Generate, Observed: f.observe(from), Evidence: f.tells(), Options: o}
	if q.From = q.Observed.Version; from != nil {
		q.From = *from
	}
	return q
}

// refusing are the codes of the findings that refuse.
func refusing(all []rotation.Finding) []rotation.Reason {
	codes := []rotation.Reason{}
	for _, x := range all {
		if x.Status == rotation.StatusRefuses {
			codes = append(codes, x.Code)
		}
	}
	return codes
}

var _ = Describe("whether a rotation may begin", func() {
	It("is a list of where the foundation stands, and of the prerequisites", func() {
		all := rotation.Readiness(readied(before(), nil, rotation.Options{}))
		Expect(rotation.Hinders(all)).To(BeFalse())
		var codes []rotation.Reason
		for _, x := range all {
			codes = append(codes, x.Code)
			Expect(x.Name).NotTo(BeEmpty(), string(x.Code))
			Expect(x.Message).NotTo(BeEmpty(), string(x.Code))
		}
		standing := []rotation.Reason{
			rotation.ReasonReady, rotation.ReasonInstallationRunning, rotation.ReasonInstallationFailed, rotation.ReasonNoProducts, rotation.ReasonOutdated,
			rotation.ReasonClusters, rotation.ReasonUpgraded, rotation.ReasonPendingChanges, rotation.ReasonClockUnknown,
		}
		Expect(codes[:len(standing)]).To(Equal(standing))
		Expect(all[len(standing):]).To(Equal(rotation.Prerequisites(before().tells(), rotation.Options{})))
	})

	running := before().then(withStatus(installation(20, "2026-03-19T09:00:00Z"), evidence.InstallationRunning))
	DescribeTable("is refused for what generate is refused for, and accepted where that is",
		func(f foundation, o rotation.Options, codes ...rotation.Reason) {
			q := readied(f, nil, o)
			Expect(refusing(rotation.Readiness(q))).To(ConsistOf(codes))
			d := rotation.Decide(q)
			Expect(d.Verdict == rotation.Refuse).To(Equal(len(codes) > 0), d.Message)
			if len(codes) == 0 {
				return
			}
			Expect(codes).To(ContainElement(d.Reason))
			q.Options.Accept = rotation.Acceptable()
			left := slices.DeleteFunc(slices.Clone(codes), func(r rotation.Reason) bool { return slices.Contains(rotation.Acceptable(), r) })
			Expect(refusing(rotation.Readiness(q))).To(ConsistOf(left))
			Expect(rotation.Decide(q).Verdict == rotation.Refuse).To(Equal(len(left) > 0))
		},
		Entry("nothing", before(), rotation.Options{}),
		Entry("a running installation", running, rotation.Options{}, rotation.ReasonInstallationRunning),
		Entry("one that is known to be dead", running, rotation.Options{Ignore: []int{20}}),
		Entry("a failed one", before().then(installation(20, "2026-03-19T09:00:00Z", ok(director), failed(tas))), rotation.Options{}, rotation.ReasonInstallationFailed, rotation.ReasonInstallationFailed),
		Entry("staged changes", before().staged(pending(tas, "update")), rotation.Options{}, rotation.ReasonPendingChanges),
		Entry("an upgrade", before().opsManager("3.1.9"), rotation.Options{}, rotation.ReasonUpgraded),
		Entry("no list of certificates", before().certificatesUnknown("it answers 500"), rotation.Options{}, rotation.ReasonCertificatesUnknown),
		Entry("no clock", before().and(func(e *evidence.Evidence) { e.At = evidence.Evidence{}.At }), rotation.Options{}, rotation.ReasonClockUnknown),
		Entry("old stemcells and a customer's CA", before().v1(customers("/corp/ca")).onStemcells(tas, "ubuntu-jammy 1.7"), rotation.Options{}, rotation.ReasonRecreateNeeded, rotation.ReasonCustomerCAs),
	)

	It("is no question any more in a rotation, of which it says whether there is a way back", func() {
		for state, way := range map[rotation.State]bool{rotation.Generated: true, rotation.Trusted: true, rotation.Activated: false, rotation.Regenerated: false, rotation.Replaced: false, rotation.Retired: false} {
			st := stages[state]()
			all := rotation.Readiness(readied(st.f, st.from, rotation.Options{}))
			Expect(refusing(all)).To(Equal([]rotation.Reason{rotation.ReasonUnderWay}), string(state))
			Expect(len(all) == 2).To(Equal(way), string(state))
		}
	})

	It("is refused where Ops Manager lists no CA, and for a version of another CA", func() {
		f := before()
		f.e.CAs = nil
		Expect(refusing(rotation.Readiness(readied(f, nil, rotation.Options{})))).To(Equal([]rotation.Reason{rotation.ReasonNoCAs}))
		Expect(rotation.Hinders(rotation.Readiness(readied(before(), settled("cccc"), rotation.Options{})))).To(BeTrue())
	})
})

var _ = Describe("an apply changes before a rotation", func() {
	broken := func(f foundation) foundation {
		return f.then(installation(20, "2026-03-19T09:00:00Z", ok(director), failed(mysql), ok(tas)))
	}

	It("is said to begin it, as generate is", func() {
		m := asks(broken(before()), settled(guidA))
		Expect(is(m)).To(Equal("apply for installation-failed"))
		Expect(m.Begins).To(BeTrue())
		Expect(asks(before(), settled(guidA)).Begins).To(BeTrue())
		st := stages[rotation.Generated]()
		Expect(asks(st.f, st.from).Begins).To(BeFalse())
	})

	DescribeTable("is not run for one that must not begin behind it either",
		func(f foundation, code rotation.Reason, o rotation.Options) {
			m := asks(broken(f), settled(guidA))
			Expect(is(m)).To(Equal("refuse generate for " + string(code)))
			Expect(is(asks(broken(f), settled(guidA), func(w *rotation.Way) { w.Options = o }))).To(Equal("apply for installation-failed"), "set right, or accepted")
		},
		Entry(nil, before().v1(customers("/corp/ca")), rotation.ReasonCustomerCAs, rotation.Options{Exclude: []string{"/corp/ca"}}),
		Entry(nil, before().onStemcells(tas, "ubuntu-jammy 1.7"), rotation.ReasonRecreateNeeded, rotation.Options{Recreate: true}),
		Entry(nil, before().v1(automatic(authority("/opsmgr/bosh_dns/tls_ca", "2030-01-01T00:00:00Z"))), rotation.ReasonAutomaticDNS, rotation.Options{Accept: []rotation.Reason{rotation.ReasonAutomaticDNS}}),
	)

	It("is run for what it may be the remedy of: what is staged may be newer stemcells", func() {
		f := before().onStemcells(tas, "ubuntu-jammy 1.7").change(tas, func(c *evidence.PendingChange) { c.Action = "update" })
		Expect(is(asks(f, settled(guidA), accepting(rotation.ReasonPendingChanges)))).To(HavePrefix("apply for pending-changes with "))
		Expect(is(asks(f.v1(customers("/corp/ca")), settled(guidA), accepting(rotation.ReasonPendingChanges)))).To(Equal("refuse generate for customer-cas"))
	})
})
