package rotation_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

var _ = Describe("leaf certificates of TKGI's clusters, renewed without a rotation", func() {
	const recent, later = "2026-03-19T09:00:00Z", "2026-03-19T12:00:00Z"
	tkgi := evidence.Product{GUID: "pks-1", Type: rotation.TKGI, Label: "TKGI"}
	from := renewed(guidA, "19", recent)
	accepting := rotation.Options{LeafOnly: true, Accept: []rotation.Reason{rotation.ReasonClusters}}

	deployed := func(log ...evidence.Command) foundation {
		i := installation(20, later, ok(director), ok(tkgi))
		if len(log) > 0 {
			i.Log = evidence.Log{Asked: true, Commands: log}
		}
		return shows(active(guidA, madeA)).products(director, tkgi).v0(owned(tkgi, recent)).
			withErrands(tkgi, evidence.Errand{Name: "upgrade-all-service-instances", PostDeploy: "false"}).
			after(installation(19, "2026-03-18T09:00:00Z", ok(director), ok(tkgi)), i)
	}
	ran := evidence.Command{Deployment: tkgi.GUID, Errand: "upgrade-all-service-instances", Finished: true}
	other := evidence.Command{Deployment: tkgi.GUID, Finished: true}
	cluster := leaf("/p-bosh/service-instance_1/agent", recent, guidA)
	cluster.ProductGUID, cluster.Deployments = tkgi.GUID, []string{"service-instance_1"}

	DescribeTable("are named, and never claimed, where nothing proves them",
		func(f foundation, from *rotation.Version, what string) {
			d := decide(rotation.Verify, from, f, leavesAlone)
			Expect(d.Verdict).To(Equal(rotation.Refuse), d.Message)
			Expect(d.Reason).To(Equal(rotation.ReasonClusters))
			Expect(d.Message).To(says(what))
			d = decide(rotation.Verify, from, f, accepting)
			Expect(d.Verdict).To(Equal(rotation.Done), d.Message)
			Expect(d.Notes).To(ContainElement(And(ContainSubstring("accepted clusters-not-upgraded"), ContainSubstring(what))))
			Expect(d.Message).To(ContainSubstring("not so TKGI's clusters"))
		},
		Entry("by a log that was not read", deployed(), from, "TKGI: whether upgrade-all-service-instances ran"),
		Entry("by a log without the errand", deployed(other), from, "did not run in installation 20"),
		Entry("by certificates v1", deployed().v1(outdatedOn(cluster, "service-instance_1")), from, "service-instance_1"),
		Entry("by certificates v1, without a version of the regenerate", deployed().v1(outdatedOn(cluster, "service-instance_1")), settled(guidA), "service-instance_1"),
		Entry("at all, without a version of the regenerate", deployed(ran).v0(owned(tkgi, "2026-03-19T11:00:00Z")), settled(guidA), "TKGI: "),
	)

	DescribeTable("are proven as in a rotation",
		func(f foundation) {
			d := decide(rotation.Verify, from, f, leavesAlone)
			Expect(d.Verdict).To(Equal(rotation.Done), d.Message)
			Expect(d.Message).NotTo(ContainSubstring("clusters"))
			Expect(d.Version.State).To(Equal(rotation.Settled))
		},
		Entry("by the errand", deployed(ran)),
		Entry("by certificates v1", deployed().v1(cluster)),
		Entry("where the tile has no such errand", deployed().withErrands(tkgi)),
	)

	It("are worth reading a log for, and hold up a rotation unless that is accepted", func() {
		f := deployed()
		s := f.observe(from)
		Expect(s.NeedsApply()).To(BeTrue())
		Expect(rotation.LogsWanted(f.tells(), s)).To(Equal([]int{20}))
		d := decide(rotation.Generate, from, f)
		Expect(d.Reason).To(Equal(rotation.ReasonClusters))
		Expect(d.Message).To(says("wait", "TKGI"))
		Expect(decide(rotation.Generate, from, f, rotation.Options{Accept: []rotation.Reason{rotation.ReasonClusters}}).Reason).NotTo(Equal(rotation.ReasonClusters))
	})

	It("are spoken of before the regenerate", func() {
		d := decide(rotation.Regenerate, ended(guidA, "", "19"), deployed(ran), leavesAlone)
		Expect(d.Verdict).To(Equal(rotation.Go), d.Message)
		Expect(d.Notes).To(ContainElement(ContainSubstring("TKGI's clusters")))
	})
})
