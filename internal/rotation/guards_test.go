package rotation_test

import (
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

var changing = []rotation.Phase{rotation.Generate, rotation.Activate, rotation.Regenerate, rotation.Delete}

// ready is the stage in which the phase goes ahead.
func ready(phase rotation.Phase) stage {
	return stages[map[rotation.Phase]rotation.State{
		rotation.Generate: rotation.Settled, rotation.Activate: rotation.Trusted,
		rotation.Regenerate: rotation.Activated, rotation.Delete: rotation.Replaced,
	}[phase]]()
}

func (f foundation) then(i evidence.Installation) foundation {
	f.e.History.List = append([]evidence.Installation{i}, f.e.History.List...)
	return f
}

func pending(p evidence.Product, action string) evidence.PendingChange {
	return evidence.PendingChange{GUID: p.GUID, Identifier: p.Type, Label: p.Label, Action: action, WantedListed: true}
}

var _ = Describe("guards", func() {
	const recent = "2026-03-19T09:00:00Z"
	redis := evidence.Product{GUID: "redis-1", Type: "p-redis", Label: "Redis"}
	configured := func(name, from, issuer string, below ...string) evidence.Certificate {
		c := leaf(name, from, below...)
		c.Configurable, c.Issuer = true, issuer
		return c
	}
	late := func(name string) evidence.Certificate {
		c := leaf(name, recent)
		c.OutdatedDeployments = []string{"service-instance_7"}
		return c
	}

	// Each row disturbs a foundation; phases lists where that is refused, in every
	// other phase it passes.
	DescribeTable("refuse or pass, step by step",
		func(disturb func(foundation) foundation, reason rotation.Reason, phases []rotation.Phase, words ...string) {
			for _, phase := range changing {
				st := ready(phase)
				Expect(decide(phase, st.from, st.f).Verdict).To(Equal(rotation.Go))
				f := disturb(st.f)
				d := decide(phase, st.from, f)
				if !slices.Contains(phases, phase) {
					Expect(d.Verdict).To(Equal(rotation.Go), "%s: %s", phase, d.Message)
					continue
				}
				Expect(d.Verdict).To(Equal(rotation.Refuse), string(phase))
				Expect(d.Reason).To(Equal(reason), "%s: %s", phase, d.Message)
				Expect(d.Message).To(says(words...))
				Expect(d.Next).NotTo(BeEmpty())

				accepted := decide(phase, st.from, f, rotation.Options{Accept: []rotation.Reason{reason}})
				if accepted.Reason == rotation.ReasonNewTile {
					// A tile that is new stops generate for another reason as well.
					Expect(phase).To(Equal(rotation.Generate))
					continue
				}
				if slices.Contains(rotation.Acceptable(), reason) {
					Expect(d.Advice(nil)).To(HaveSuffix("; or, if you know better, add %q to accept", string(reason)))
					Expect(accepted.Verdict).To(Equal(rotation.Go))
					Expect(accepted.Notes).To(ContainElement(HavePrefix("accepted " + string(reason) + ": " + d.Message)))
				} else {
					Expect(d.Advice(nil)).NotTo(ContainSubstring("accept"))
					Expect(accepted.Verdict).To(Equal(rotation.Refuse))
				}
			}
		},
		Entry("an installation runs", func(f foundation) foundation {
			return f.then(withStatus(installation(20, recent, ok(director), rolling(tas), waiting(mysql)), evidence.InstallationRunning))
		}, rotation.ReasonInstallationRunning, changing, "installation 20", "2026-03-19 09:00 UTC", "by admin"),
		Entry("the last attempt of a product failed", func(f foundation) foundation {
			return f.then(installation(20, recent, ok(director), failed(tas), waiting(mysql)))
		}, rotation.ReasonInstallationFailed, changing, "Tanzu Application Service failed in installation 20"),
		Entry("an older attempt failed and nothing mended it", func(f foundation) foundation {
			return f.then(installation(20, recent, ok(director), failed(tas))).then(installation(21, recent, ok(director), ok(mysql)))
		}, rotation.ReasonInstallationFailed, changing, "Tanzu Application Service failed in installation 20"),
		Entry("an older attempt failed and was mended", func(f foundation) foundation {
			return f.then(installation(20, recent, ok(director), failed(tas))).then(installation(21, recent))
		}, rotation.Reason(""), nil),
		Entry("an errand failed", func(f foundation) foundation {
			return f.then(withStatus(installation(20, recent), evidence.InstallationFailed))
		}, rotation.ReasonInstallationFailed, changing, "installation 20 failed without naming a product"),
		Entry("an errand failed and was mended", func(f foundation) foundation {
			return f.then(withStatus(installation(20, recent), evidence.InstallationFailed)).then(installation(21, recent))
		}, rotation.Reason(""), nil),
		Entry("a new product failed on its way in", func(f foundation) foundation {
			return f.then(installation(20, recent, ok(director), ok(tas), ok(mysql), failed(redis)))
		}, rotation.ReasonInstallationFailed, changing, "Redis failed in installation 20"),
		Entry("a product failed on its way out", func(f foundation) foundation {
			gone := failed(mysql)
			gone.Type = evidence.ChangeDeletion
			return f.then(installation(20, recent, ok(director), gone))
		}, rotation.ReasonInstallationFailed, changing, "deletion of MySQL failed in installation 20"),
		Entry("Ops Manager was upgraded", func(f foundation) foundation { return f.opsManager("3.0.26-build.1300") },
			rotation.ReasonUpgraded, changing, "3.0.26-build.1300", "3.0.25-build.1261"),
		Entry("Ops Manager spells its version otherwise", func(f foundation) foundation { return f.opsManager("3.0.25+LTS-T") }, rotation.Reason(""), nil),
		Entry("Ops Manager's version is not known", func(f foundation) foundation { return f.opsManager("") }, rotation.Reason(""), nil),
		Entry("an update is staged", func(f foundation) foundation { return f.staged(pending(tas, "update"), pending(mysql, "unchanged")) },
			rotation.ReasonPendingChanges, []rotation.Phase{rotation.Generate, rotation.Activate, rotation.Delete}, "update of Tanzu Application Service"),
		Entry("a removal is staged", func(f foundation) foundation { return f.staged(pending(mysql, "delete")) },
			rotation.ReasonPendingChanges, changing, "delete of MySQL"),
		Entry("an installation is staged", func(f foundation) foundation { return f.staged(pending(redis, "install")) },
			rotation.ReasonPendingChanges, changing, "install of Redis"),
		Entry("only the director looks changed", func(f foundation) foundation { return f.staged(pending(director, "update")) }, rotation.Reason(""), nil),
		Entry("outdated deployments", func(f foundation) foundation { return f.v1(late("/p-bosh/x/router")) },
			rotation.ReasonOutdated, []rotation.Phase{rotation.Generate, rotation.Activate, rotation.Delete}, "service-instance_7 has outdated certificates: /p-bosh/x/router"),
		Entry("an outdated deployment of no tile", func(f foundation) foundation {
			c := late("/p-bosh/x/router")
			c.OutdatedDeployments = []string{"concourse"}
			return f.v1(c)
		}, rotation.ReasonOutdated, []rotation.Phase{rotation.Generate, rotation.Activate, rotation.Delete}, "concourse has outdated certificates", "no apply changes reaches it: redeploy it by hand with bosh deploy"),
		Entry("outdated, and not ours", func(f foundation) foundation { return f.v1(late("/p-bosh/service-instance_7/pxc_server")) }, rotation.Reason(""), nil),
		Entry("the certificates cannot be read", func(f foundation) foundation { return f.certificatesUnknown("500 nested asn") },
			rotation.ReasonCertificatesUnknown, changing, "500 nested asn", "so it is unknown wh"),
		Entry("a configurable leaf of the retiring CA, v1", func(f foundation) foundation {
			if len(f.e.CAs) == 1 {
				return f // generate has a code of its own for it
			}
			return f.v1(configured(".cf.tls", recent, "/C=US/O=Pivotal", guidA), configured(".cf.other", "2025-01-01T00:00:00Z", "/CN=Corp"))
		}, rotation.ReasonConfigurable, []rotation.Phase{rotation.Delete}, ".cf.tls", "are signed by the retiring CA "+guidA),
		Entry("a configurable leaf that may be the retiring CA's, v0", func(f foundation) foundation {
			return f.v0(configured(".cf.tls", "2025-01-01T00:00:00Z", "/C=US/O=Pivotal"), configured(".cf.young", recent, "/C=US/O=Pivotal"))
		}, rotation.ReasonConfigurable, []rotation.Phase{rotation.Delete}, "may be signed by the retiring CA "+guidA+": .cf.tls;"),
		Entry("an excluded leaf of the retiring CA", func(f foundation) foundation {
			c := leaf("/corp/tls", recent, guidA)
			c.Excluded = true
			return f.v1(c)
		}, rotation.ReasonLeavesOnRetiring, []rotation.Phase{rotation.Delete}, "/corp/tls", guidA),
		Entry("the candidate expires soon", func(f foundation) foundation {
			for i, ca := range f.e.CAs {
				if ca.GUID == guidB {
					f.e.CAs[i] = expires(ca, "2026-04-10")
				}
			}
			return f
		}, rotation.ReasonCandidateExpiresSoon, []rotation.Phase{rotation.Activate}, guidB, "2026-04-10"),
	)

	It("refuses every change, unless that is accepted, where Ops Manager does not tell what day it is", func() {
		for _, phase := range changing {
			st := ready(phase)
			st.f.e.At = time.Time{}
			st.f.e.CAs[0].ExpiresOn = evidence.Stamp{}
			d := decide(phase, st.from, st.f)
			Expect(d.Verdict).To(Equal(rotation.Refuse), string(phase))
			Expect(d.Reason).To(Equal(rotation.ReasonClockUnknown))
			Expect(d.Message).To(says("did not tell what day it is", "CA "+st.f.e.CAs[0].GUID+" expires at an unknown time"))
			Expect(d.Advice(nil)).To(says("Date header", `add "clock-unknown" to accept`))
			Expect(decide(phase, st.from, st.f, rotation.Options{Accept: []rotation.Reason{rotation.ReasonClockUnknown}}).Verdict).To(Equal(rotation.Go))
		}
		f := before()
		f.e.At = time.Time{}
		Expect(decide(rotation.Regenerate, settled(guidA), f, leavesAlone).Reason).To(Equal(rotation.ReasonClockUnknown))
	})

	It("names the leaves that keep delete from running, in whatever state they leave the rotation", func() {
		for _, from := range []*rotation.Version{replaced(guidB, guidA, "8", "6"), regenerated(guidB, guidA, "6", "6")} {
			f := switchedReplaced().v1(leaf("/cf/router", recent, guidA))
			Expect(f.observe(from).State).To(Equal(rotation.Activated))
			d := decide(rotation.Delete, from, f)
			Expect(d.Reason).To(Equal(rotation.ReasonLeavesOnRetiring), d.Message)
			Expect(d.Message).To(says("deleting CA "+guidA, "/cf/router"))
			Expect(d.Next).To(Equal("regenerate, apply changes on all products, verify, then delete"))

			d = decide(rotation.Delete, from, switchedReplaced().v0(leaf("/cf/router", "2026-02-01T09:00:00Z")))
			Expect(d.Reason).To(Equal(rotation.ReasonOldLeaves), d.Message)
			Expect(d.Message).To(says(guidA, guidB, "/cf/router"))
		}
		By("which are none before the leaves were regenerated")
		Expect(decide(rotation.Delete, activated(guidB, guidA, "6", "6"), switchedReplaced().v1(leaf("/cf/router", recent, guidA))).Reason).To(Equal(rotation.ReasonTooEarly))
	})

	It("says before it regenerates whose changes the next apply changes would deploy as well", func() {
		st := ready(rotation.Regenerate)
		d := decide(rotation.Regenerate, st.from, st.f.staged(pending(tas, "update"), pending(mysql, "unchanged")))
		Expect(d.Verdict).To(Equal(rotation.Go))
		Expect(d.Notes).To(ContainElement(says("changes are staged", "update of Tanzu Application Service", "together with the new leaf certificates")))
		Expect(decide(rotation.Regenerate, st.from, st.f).Notes).To(BeEmpty())
	})

	It("refuses to generate without products", func() {
		d := decide(rotation.Generate, settled(guidA), before().products())
		Expect(d.Reason).To(Equal(rotation.ReasonNoProducts))
	})

	It("refuses to regenerate before every product trusts the active CA, outdated deployments included", func() {
		from := activated(guidB, guidA, "4", "")
		d := decide(rotation.Regenerate, from, switched().after(installation(4, "2026-03-01T09:00:00Z"), installation(5, "2026-03-03T09:00:00Z", ok(director), ok(tas))))
		Expect(d.Reason).To(Equal(rotation.ReasonUntrusted))
		Expect(d.Message).To(says(guidB, "2 of 3 products", "MySQL (not deployed since 2026-03-02T10:00:00Z)"))

		ca := late("/cf/router_ca")
		ca.IsCA = true
		d = decide(rotation.Regenerate, from, switchedTrusted().v1(ca))
		Expect(d.Reason).To(Equal(rotation.ReasonUntrusted))
		Expect(d.Message).To(says("service-instance_7 has outdated certificates: /cf/router_ca"))
		Expect(decide(rotation.Regenerate, from, switchedTrusted().v1(late("/cf/router"))).Verdict).To(Equal(rotation.Go))
	})

	It("asks in order: running, health, leaves, outdated, upgrade, pending, configurable", func() {
		excluded := leaf("/corp/tls", recent, guidA)
		excluded.Excluded = true
		st := ready(rotation.Delete)
		f := st.f.opsManager("3.0.26").staged(pending(redis, "install")).
			then(installation(20, recent, ok(director), failed(tas))).
			then(withStatus(installation(21, recent, rolling(director)), evidence.InstallationRunning)).
			v1(excluded, late("/cf/router"), configured(".cf.tls", recent, "", guidA))
		reason := func(options ...rotation.Options) rotation.Reason {
			return decide(rotation.Delete, st.from, f, options...).Reason
		}
		Expect(reason()).To(Equal(rotation.ReasonInstallationRunning))
		f = f.then(installation(21, recent, ok(director)))
		f.e.History.List = append(f.e.History.List[:1], f.e.History.List[2:]...)
		Expect(reason()).To(Equal(rotation.ReasonInstallationFailed))
		f = f.then(installation(22, recent))
		Expect(reason()).To(Equal(rotation.ReasonLeavesOnRetiring))
		f.e.Certificates.List = f.e.Certificates.List[1:]
		Expect(reason()).To(Equal(rotation.ReasonOutdated))
		f.e.Certificates.List = f.e.Certificates.List[1:]
		Expect(reason()).To(Equal(rotation.ReasonUpgraded))
		Expect(reason(rotation.Options{Accept: []rotation.Reason{rotation.ReasonUpgraded}})).To(Equal(rotation.ReasonPendingChanges))
		d := decide(rotation.Delete, st.from, f, rotation.Options{Accept: []rotation.Reason{rotation.ReasonUpgraded, rotation.ReasonPendingChanges}})
		Expect(d.Reason).To(Equal(rotation.ReasonConfigurable))
		Expect(d.Notes).To(HaveLen(2), "what was accepted on the way is told with the refusal")
		d = decide(rotation.Delete, st.from, f, rotation.Options{Accept: rotation.Acceptable()})
		Expect(d.Verdict).To(Equal(rotation.Go))
		Expect(d.Notes).To(HaveLen(3))
	})

	It("notes what stops nothing", func() {
		tkgi := evidence.Product{GUID: "pks-1", Type: "pivotal-container-service", Label: "TKGI"}
		dns := leaf("/opsmgr/bosh_dns/tls", recent)
		dns.AutoRotated = true
		d := decide(rotation.Generate, settled(guidA), before().products(director, tas, mysql, tkgi).v1(dns), rotation.Options{Accept: []rotation.Reason{rotation.ReasonAutomaticDNS}})
		Expect(d.Verdict).To(Equal(rotation.Go))
		Expect(d.Notes).To(HaveExactElements(HavePrefix("accepted dns-auto-rotation: "), ContainSubstring("clusters-not-upgraded"), ContainSubstring("TKGI is installed"), ContainSubstring("force latest variables")))

		d = decide(rotation.Regenerate, activated(guidB, guidA, "6", "6"), switchedTrusted().v1(configured(".cf.tls", recent, "", guidA)))
		Expect(d.Verdict).To(Equal(rotation.Go))
		Expect(d.Notes).To(HaveExactElements(says("replace these configurable certificates", ".cf.tls")))
	})
})

var _ = Describe("generate within a span", func() {
	within := func(s string) rotation.Options {
		w, err := rotation.ParseWithin(s)
		Expect(err).NotTo(HaveOccurred())
		Expect(w.String()).To(Equal(s))
		return rotation.Options{Within: &w}
	}
	// Ops Manager's day is 2026-03-20; the active CA lasts till 2027-01-09.
	DescribeTable("goes ahead only when due",
		func(span string, f foundation, verdict rotation.Verdict, reason rotation.Reason, words ...string) {
			d := decide(rotation.Generate, settled(guidA), f, within(span))
			Expect(d.Verdict).To(Equal(verdict), d.Message)
			Expect(d.Reason).To(Equal(reason))
			Expect(d.Message).To(says(words...))
		},
		Entry("the CA, months", "10m", before(), rotation.Go, rotation.ReasonReady),
		Entry("the CA, not yet", "9m", before(), rotation.NotDue, rotation.ReasonNotDue, "within 9m", "the active CA "+guidA+" on 2027-01-09"),
		Entry("the CA, a year", "1y", before(), rotation.Go, rotation.ReasonReady),
		Entry("weeks", "43w", before(), rotation.Go, rotation.ReasonReady),
		Entry("weeks, not yet", "42w", before(), rotation.NotDue, rotation.ReasonNotDue),
		Entry("a leaf, days", "30d", before().v0(leaf("/cf/a", "2024-04-01T00:00:00Z")), rotation.Go, rotation.ReasonReady),
		Entry("a leaf, not yet", "11d", before().v0(leaf("/cf/a", "2024-04-01T00:00:00Z")), rotation.NotDue, rotation.ReasonNotDue, "/cf/a on 2026-04-01"),
		Entry("a leaf that is not replaced", "30d", before().v0(leaf("/services/tls_leaf", "2024-04-01T00:00:00Z")), rotation.NotDue, rotation.ReasonNotDue, guidA),
		Entry("certificates unknown", "30d", before().certificatesUnknown("502 Bad Gateway"), rotation.Refuse, rotation.ReasonCertificatesUnknown, "502 Bad Gateway", "30d"),
		Entry("certificates unknown, but the CA is due", "1y", before().certificatesUnknown("502"), rotation.Refuse, rotation.ReasonCertificatesUnknown, "whether a CA has expired"),
		Entry("no date of Ops Manager's", "30d", foundation{e: func() evidence.Evidence { e := before().e; e.At = at("0001-01-01T00:00:00Z"); return e }()}, rotation.Refuse, rotation.ReasonCertificatesUnknown, guidA),
	)

	DescribeTable("refuses while a rotation is under way that leads to a CA which is due itself",
		func(state rotation.State, next string) {
			st := stages[state]()
			for i, ca := range st.f.e.CAs {
				if ca.GUID == guidB {
					st.f.e.CAs[i] = expires(ca, "2026-05-01")
				}
			}
			d := decide(rotation.Generate, st.from, st.f, within("2m"))
			Expect(d.Verdict).To(Equal(rotation.Refuse), d.Message)
			Expect(d.Reason).To(Equal(rotation.ReasonUnderWay))
			Expect(d.Message).To(says("CA "+guidB+" expires on 2026-05-01, within 2m", "state "+string(state)))
			Expect(d.Next).To(says("finish that one first", next))

			By("which the rotation of the CA that is due is not")
			Expect(decide(rotation.Generate, st.from, st.f, within("1m")).Verdict).To(Equal(rotation.Done))
			Expect(decide(rotation.Generate, st.from, st.f).Verdict).To(Equal(rotation.Done))
			By("nor one that began this week, however short its CA lives")
			st.f.e.At = at("2026-03-04T12:00:00Z")
			Expect(decide(rotation.Generate, st.from, st.f, within("2m")).Verdict).To(Equal(rotation.Done))
		},
		Entry(nil, rotation.Generated, "run apply changes"),
		Entry(nil, rotation.Trusted, "activate the candidate"),
		Entry(nil, rotation.Activated, "regenerate"),
		Entry(nil, rotation.Regenerated, "run apply changes"),
		Entry(nil, rotation.Replaced, "delete the retiring CA"),
	)

	It("is done while the rotation of the CA that is due is under way", func() {
		st := stages[rotation.Generated]()
		st.f.e.CAs[0] = expires(st.f.e.CAs[0], "2026-05-01")
		Expect(decide(rotation.Generate, st.from, st.f, within("2m")).Verdict).To(Equal(rotation.Done))
	})

	It("tells at the end of a rotation whether another is due", func() {
		ask := func(f foundation, options rotation.Options) (rotation.Decision, bool) {
			s := f.observe(nil)
			return rotation.StillDue(rotation.Question{From: s.Version, Observed: s, Evidence: f.tells(), Options: options})
		}
		d, due := ask(before(), within("10m"))
		Expect(due).To(BeTrue())
		Expect(d.Verdict).To(Equal(rotation.Go))
		d, due = ask(before().certificatesUnknown("502"), within("1m"))
		Expect(due).To(BeTrue(), "it is unknown, and that is said")
		Expect(d.Reason).To(Equal(rotation.ReasonCertificatesUnknown))
		for _, f := range []foundation{before(), candidate()} {
			_, due = ask(f, within("1m"))
			Expect(due).To(BeFalse())
		}
		_, due = ask(before(), rotation.Options{})
		Expect(due).To(BeFalse())
		_, due = ask(shows(expires(active(guidB, "2026-03-19T10:00:00Z"), "2026-05-01")), within("2m"))
		Expect(due).To(BeFalse(), "it is of this week")
	})

	It("does not matter once a candidate exists", func() {
		Expect(decide(rotation.Generate, settled(guidA), candidate(), within("1d")).Verdict).To(Equal(rotation.Done))
	})

	DescribeTable("is a number and a unit", func(s string) {
		_, err := rotation.ParseWithin(s)
		Expect(err).To(MatchError(And(ContainSubstring("%q is not a span", s), ContainSubstring("30d, 6w, 3m or 1y"))))
	},
		Entry("empty", ""), Entry("no unit", "30"), Entry("no number", "d"), Entry("zero", "0d"), Entry("negative", "-3d"), Entry("hours", "3h"),
		Entry("a Go duration", "720h0m"), Entry("spaces", "3 d"), Entry("fraction", "1.5y"), Entry("too long", "100000d"), Entry("two", "1y2m"))
})
