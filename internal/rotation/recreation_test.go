package rotation_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// VMs on old stemcells take new certificates only when they are recreated.
var _ = Describe("a foundation on old stemcells", func() {
	const before, later, latest = "2026-02-20T10:00:00Z", "2026-03-05T12:00:00Z", "2026-03-06T12:00:00Z"
	past := installation(4, before)
	onStemcell := func(p evidence.Product, version string, errands ...string) evidence.PendingChange {
		c := evidence.PendingChange{GUID: p.GUID, Identifier: p.Type, Action: "unchanged",
			Stemcells: evidence.ProductStemcells{GUID: p.GUID, Identifier: p.Type, Listed: true, List: []evidence.Stemcell{{OS: "ubuntu-jammy", Version: version}}}}
		for _, name := range errands {
			c.Errands = append(c.Errands, evidence.Errand{Name: name, PostDeploy: "default"})
		}
		return c
	}
	deploy := func(p evidence.Product, recreate bool) evidence.Command {
		return evidence.Command{Deployment: p.GUID, Recreate: recreate, Finished: true}
	}
	run := func(p evidence.Product, errand string) evidence.Command {
		return evidence.Command{Deployment: p.GUID, Errand: errand, Finished: true}
	}
	logged := func(id int, started string, commands ...evidence.Command) evidence.Installation {
		i := installation(id, started)
		i.Log = evidence.Log{Asked: true, Commands: commands}
		return i
	}
	unmarked := func(i evidence.Installation) evidence.Installation {
		i.Log = evidence.Log{Asked: true, Unknown: "its log has none of the lines"}
		return i
	}
	// old is the foundation with TAS on an old stemcell and MySQL on a new one.
	old := func(i ...evidence.Installation) foundation {
		return shows(active(guidA, madeA), inactive(guidB, madeB)).staged(onStemcell(tas, "1.5"), onStemcell(mysql, "1.390")).after(append([]evidence.Installation{past}, i...)...)
	}

	DescribeTable("is proven by an installation that recreated their VMs alone", func(i evidence.Installation, missing string) {
		s := old(i).observe(generated(guidA, guidB, "4"))
		Expect(s.Version.Recreate).To(Equal("true"))
		if missing == "" {
			Expect(s.State).To(Equal(rotation.Trusted))
			return
		}
		Expect(s.State).To(Equal(rotation.Generated))
		Expect(s.Trust.Missing()).To(ConsistOf(And(HavePrefix(tas.Label+": "), ContainSubstring(missing))))
		d := decide(rotation.Verify, generated(guidA, guidB, "4"), old(i))
		Expect(d.Reason).To(Equal(rotation.ReasonNotRecreated))
		Expect(d.Next).To(ContainSubstring("which recreates them"))
		Expect(rotation.Acceptable()).NotTo(ContainElement(d.Reason))
		Expect(decide(rotation.Activate, generated(guidA, guidB, "4"), old(i)).Verdict).To(Equal(rotation.Refuse))
	},
		Entry("by its log", logged(5, later, deploy(tas, true), deploy(mysql, false)), ""),
		Entry("not by a log that was not read", installation(5, later), "its log was not read"),
		Entry("not by a log without marks", unmarked(installation(5, later)), "none of the lines"),
		Entry("not by a deploy without it", logged(5, later, deploy(tas, false), deploy(mysql, true)), "did not recreate its VMs"),
		Entry("not by one that failed", logged(5, later, evidence.Command{Deployment: tas.GUID, Recreate: true, Finished: true, ExitStatus: 1}), "did not recreate"),
		Entry("not by one without an end", logged(5, later, evidence.Command{Deployment: tas.GUID, Recreate: true}), "did not recreate"),
	)

	It("is proven by a later installation that did", func() {
		s := old(logged(5, later, deploy(tas, false)), logged(6, latest, deploy(tas, true))).observe(generated(guidA, guidB, "4"))
		Expect(s.State).To(Equal(rotation.Trusted))
		Expect(s.Version.Installation).To(Equal("6"))
	})

	It("is proven by the record of an apply changes of ours where the log does not tell, and not against the log", func() {
		f := old(unmarked(installation(5, later)))
		f.e.Applied = evidence.Applied{Installation: 5, Recreated: []string{tas.GUID}}
		Expect(f.observe(generated(guidA, guidB, "4")).State).To(Equal(rotation.Trusted))
		f.e.Applied.Recreated = []string{mysql.GUID}
		Expect(f.observe(generated(guidA, guidB, "4")).State).To(Equal(rotation.Generated))
		f = old(logged(5, later, deploy(tas, false)))
		f.e.Applied = evidence.Applied{Installation: 5, Recreated: []string{tas.GUID}}
		Expect(f.observe(generated(guidA, guidB, "4")).State).To(Equal(rotation.Generated))
	})

	DescribeTable("needs it in every apply changes, whatever version the rotation goes on with", func(cursor *rotation.Version, cas []evidence.CA, state rotation.State) {
		f := old(installation(5, later))
		f.e.CAs = cas
		s := f.observe(cursor)
		Expect(s.State).To(Equal(state))
		m := rotation.Next(rotation.Way{Observed: s, Evidence: f.tells(), From: cursor})
		Expect(m.Kind).To(Equal(rotation.MoveApply))
		Expect(m.Recreate).To(And(ContainSubstring(tas.Label), ContainSubstring("1.5")))
	},
		Entry("no version", nil, []evidence.CA{active(guidA, madeA), inactive(guidB, madeB)}, rotation.Generated),
		Entry("trusted, as a check says who asks for no stemcells", trusted(guidA, guidB, "5"), []evidence.CA{active(guidA, madeA), inactive(guidB, madeB)}, rotation.Generated),
		Entry("regenerated", regenerated(guidB, guidA, "4", "4"), []evidence.CA{inactive(guidA, madeA), active(guidB, madeB)}, rotation.Regenerated),
		Entry("replaced, as a check says", replaced(guidB, guidA, "5", "4"), []evidence.CA{inactive(guidA, madeA), active(guidB, madeB)}, rotation.Regenerated),
		Entry("retired", retired(guidB, guidA, "4"), []evidence.CA{active(guidB, madeB)}, rotation.Retired),
	)

	It("needs it in the last apply changes of a rotation whose version is lost, and in none where no rotation may be open", func() {
		f := old(logged(5, later, deploy(tas, true)))
		f.e.CAs = []evidence.CA{active(guidB, madeB)}
		for _, only := range []bool{false, true} {
			m := rotation.Next(rotation.Way{Observed: f.observe(nil), Evidence: f.tells(), ApplyOnly: only})
			Expect(m.Kind).To(Equal(rotation.MoveApply))
			Expect(m.Recreate).To(ContainSubstring(tas.Label), "apply only: %v", only)
			f.e.CAs = []evidence.CA{active(guidA, madeA)}
			m = rotation.Next(rotation.Way{Observed: f.observe(nil), Evidence: f.tells(), ApplyOnly: only})
			Expect(m.Recreate).To(BeEmpty(), "apply only: %v", only)
			f.e.CAs = []evidence.CA{active(guidB, madeB)}
		}
	})

	It("counts no apply changes among those of a rotation that its log shows not to have recreated VMs", func() {
		f := old(logged(5, later, deploy(tas, true)), logged(6, latest, deploy(tas, false)), logged(7, "2026-03-07T12:00:00Z", deploy(tas, true)))
		f.e.CAs = []evidence.CA{active(guidB, madeB)}
		why, outstanding := rotation.ClosingApply(f.tells())
		Expect(outstanding).To(BeTrue())
		Expect(why).To(ContainSubstring("2 complete deployments"))
		_, outstanding = rotation.ClosingApply(f.then(logged(8, "2026-03-08T12:00:00Z", deploy(tas, true))).tells())
		Expect(outstanding).To(BeFalse())
		f = old(installation(5, later), unmarked(installation(6, latest)), logged(7, "2026-03-07T12:00:00Z", deploy(tas, true)))
		f.e.CAs = []evidence.CA{active(guidB, madeB)}
		_, outstanding = rotation.ClosingApply(f.tells())
		Expect(outstanding).To(BeFalse(), "what no log tells counts, as on new stemcells")
	})

	It("was activated without, and so is not trusted", func() {
		f := old(logged(5, later, deploy(tas, false)))
		f.e.CAs = []evidence.CA{inactive(guidA, madeA), active(guidB, madeB)}
		s := f.observe(activated(guidB, guidA, "5", "5"))
		Expect(s.Untrusted()).To(BeTrue())
		Expect(decide(rotation.Regenerate, activated(guidB, guidA, "5", "5"), f).Reason).To(Equal(rotation.ReasonUntrusted))
	})

	DescribeTable("was activated, and of the apply changes that brought the trust no record is left: its trust is unknown, whatever a later one did not do", func(instances bool) {
		f := old(logged(5, later, deploy(tas, true), deploy(mysql, true)), logged(6, latest, deploy(tas, !instances), deploy(mysql, false)))
		if instances {
			// Their errand is the tile's, and without certificates v1 nothing else tells.
			f = f.v0().staged(onStemcell(tas, "1.390", "upgrade-all-service-instances"), onStemcell(mysql, "1.390"))
		}
		f.e.CAs = []evidence.CA{inactive(guidA, madeA), active(guidB, madeB)}
		if !instances {
			Expect(f.observe(nil).Untrusted()).To(BeFalse())
		}
		f = f.after(logged(6, latest, deploy(tas, false), deploy(mysql, false)))
		for _, cursor := range []*rotation.Version{nil, generated(guidA, guidB, "4"), activated(guidB, guidA, "5", "")} {
			s := f.observe(cursor)
			Expect(s.Untrusted()).To(BeTrue())
			d, refused := rotation.ApplyRefusal(s)
			Expect(refused).To(BeTrue())
			Expect(d.Reason).To(Equal(rotation.ReasonTrustUnknown))
		}
		f = f.after(past, logged(6, latest, deploy(tas, false), deploy(mysql, false)))
		d, _ := rotation.ApplyRefusal(f.observe(nil))
		Expect(d.Reason).To(Equal(rotation.ReasonUntrusted), "all records are there")
	},
		Entry("VMs", false),
		Entry("service instances", true),
	)

	It("was activated where no log tells, behind an apply changes that began right after generate: its trust is unknown", func() {
		f := shows(inactive(guidA, madeA), active(guidB, madeB)).v0().
			staged(onStemcell(tas, "1.390"), onStemcell(mysql, "1.390", "upgrade-all-service-instances")).after(past, unmarked(installation(5, later)))
		d, _ := rotation.ApplyRefusal(f.observe(generated(guidA, guidB, "5")))
		Expect(d.Reason).To(Equal(rotation.ReasonTrustUnknown), d.Message)
	})

	DescribeTable("was activated behind an apply changes whose log tells nothing: its trust is unknown, whatever fails later", func(failing evidence.Installation) {
		f := old(unmarked(installation(5, later)), unmarked(installation(6, latest)), failing)
		f.e.CAs = []evidence.CA{inactive(guidA, madeA), active(guidB, madeB)}
		// That id is of the first sight of the activation, which came behind installation 6.
		for _, cursor := range []*rotation.Version{nil, activated(guidB, guidA, "6", "")} {
			s := f.observe(cursor)
			Expect(s.Untrusted()).To(BeTrue())
			d, _ := rotation.ApplyRefusal(s)
			Expect(d.Reason).To(Equal(rotation.ReasonTrustUnknown), d.Message)
		}
	},
		Entry("at a tile", unmarked(installation(7, "2026-03-07T12:00:00Z", ok(director), failed(tas), ok(mysql)))),
		Entry("without naming one", unmarked(withStatus(installation(7, "2026-03-07T12:00:00Z"), evidence.InstallationFailed))),
	)

	It("is not shown to trust the active CA by certificates v1, which tell of deployments and not of VMs", func() {
		deployed := leaf("/cf/a", later, guidB)
		deployed.Deployments = []string{tas.GUID}
		errands := []string{"upgrade-all-service-instances", "recreate-all-service-instances"}
		f := shows(inactive(guidA, madeA), active(guidB, madeB)).v1(deployed).staged(onStemcell(tas, "1.5", errands...), onStemcell(mysql, "1.390"))
		for _, recreated := range [][]string{nil, {tas.GUID}} {
			f := f.after(unmarked(installation(40, later)))
			// Of the VMs an apply changes of ours tells at most, and not of instances.
			f.e.Applied = evidence.Applied{Installation: 40, Recreated: recreated}
			s := f.observe(nil)
			Expect(s.Untrusted()).To(BeTrue(), "%v", recreated)
			d, _ := rotation.ApplyRefusal(s)
			Expect(d.Reason).To(Equal(rotation.ReasonTrustUnknown), "%v", recreated)
		}
	})

	It("keeps that in the version until the rotation has ended, whatever later looks ask", func() {
		f := old(logged(5, later, deploy(tas, true)))
		s := f.observe(generated(guidA, guidB, "4"))
		Expect(s.Version.Map()).To(HaveKeyWithValue("recreate", "true"))
		// A check asks neither for stemcells nor for logs.
		blind := shows(active(guidA, madeA), inactive(guidB, madeB)).after(past, installation(5, later))
		blind.e.Pending.Asked = false
		e := blind.tells()
		e.Pending = evidence.Pending{}
		Expect(rotation.Observe(e, &s.Version).Version).To(Equal(s.Version))
		generatedYet := s.Version
		generatedYet.State, generatedYet.Installation = rotation.Generated, "4"
		Expect(rotation.Observe(e, &generatedYet).Version).To(Equal(generatedYet), "a check promotes nothing where VMs have to be recreated")

		ends := shows(active(guidB, madeB)).staged(onStemcell(tas, "1.5"), onStemcell(mysql, "1.390")).after(past, logged(9, latest, deploy(tas, true)))
		left := retired(guidB, guidA, "8")
		left.Recreate = "true"
		over := ends.observe(left)
		Expect(over.State).To(Equal(rotation.Settled))
		Expect(over.Version.Map()).NotTo(HaveKey("recreate"))
	})

	It("needs the recreate-all errand where a tile has service instances, also where certificates v1 names none", func() {
		both := []string{"upgrade-all-service-instances", "recreate-all-service-instances"}
		at := func(errands []string, i evidence.Installation) rotation.Observation {
			return shows(active(guidA, madeA), inactive(guidB, madeB)).staged(onStemcell(tas, "1.390"), onStemcell(mysql, "1.5", errands...)).after(past, i).observe(generated(guidA, guidB, "4"))
		}
		Expect(at(both, logged(5, later, deploy(mysql, true), run(mysql, "recreate-all-service-instances"))).State).To(Equal(rotation.Trusted))
		s := at(both, logged(5, later, deploy(mysql, true), run(mysql, "upgrade-all-service-instances")))
		Expect(s.State).To(Equal(rotation.Generated))
		Expect(s.Trust.Missing()).To(ConsistOf(ContainSubstring("recreate-all-service-instances did not run")))
		s = at(both[:1], logged(5, later, deploy(mysql, true), run(mysql, "upgrade-all-service-instances")))
		Expect(s.State).To(Equal(rotation.Generated))
		Expect(s.Trust.Missing()).To(ConsistOf(ContainSubstring("no recreate-all errand")))
	})

	It("says before each apply changes that instances-unproven was accepted ahead of it, where an operator has to recreate service instances", func() {
		f := func(errands ...string) foundation {
			return old().staged(onStemcell(tas, "1.390"), onStemcell(mysql, "1.5", errands...))
		}
		ahead := accepting(rotation.ReasonInstances)
		m := asks(f("upgrade-all-service-instances"), generated(guidA, guidB, "4"), ahead)
		Expect(m.Kind).To(Equal(rotation.MoveApply))
		Expect(m.Note).To(says("accepted before this apply changes", "MySQL", "goes on right behind it", "leave that code out"))
		Expect(asks(f("upgrade-all-service-instances"), generated(guidA, guidB, "4")).Note).To(BeEmpty(), "it stops there")
		Expect(asks(f("upgrade-all-service-instances", "recreate-all-service-instances"), generated(guidA, guidB, "4"), ahead).Note).To(BeEmpty(), "an errand does it")
		Expect(asks(old().staged(onStemcell(tas, "1.5"), onStemcell(mysql, "1.390", "upgrade-all-service-instances")), generated(guidA, guidB, "4"), ahead).Note).To(BeEmpty(), "its own VMs need no recreating")
	})

	It("with an Ops Manager below 2.10.20 needs it on any stemcell, and a tile without VMs never does", func() {
		f := shows(active(guidA, madeA), inactive(guidB, madeB)).v0().opsManager("2.10.10-build.1").
			staged(onStemcell(tas, "1.390"), evidence.PendingChange{GUID: mysql.GUID, Identifier: mysql.Type, Action: "unchanged", Stemcells: evidence.ProductStemcells{GUID: mysql.GUID, Listed: true}}).
			after(past, logged(5, later, deploy(tas, true)))
		Expect(f.observe(generated(guidA, guidB, "4")).State).To(Equal(rotation.Trusted))
	})
})
