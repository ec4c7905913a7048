package foundation_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

var whole = []string{"authorities", "info", "products", "installations", "pending changes", "certificates"}

// pendingOf is a staged product, with the stemcells of its deployed form where told.
func pendingOf(guid, identifier, action string, told bool) evidence.PendingChange {
	return evidence.PendingChange{GUID: guid, Identifier: identifier, Action: action, Stemcells: evidence.ProductStemcells{GUID: guid, Listed: told}}
}

// told is a foundation at rest of which pending changes tell the stemcells.
func told() *opsManager {
	o := settledOn(old(true))
	o.staged = []evidence.PendingChange{pendingOf("p-bosh-1", evidence.Director, "unchanged", false), pendingOf("cf-1", "cf", "unchanged", true)}
	return o
}

var _ = Describe("Prerequisites", func() {
	look := func(o *opsManager, by func(context.Context, foundation.Reader, *rotation.Version) (foundation.View, error)) foundation.View {
		GinkgoHelper()
		v, err := by(context.Background(), o, nil)
		Expect(err).NotTo(HaveOccurred())
		o.asked = nil
		return v
	}

	It("are two questions where pending changes tell the stemcells", func() {
		o := told()
		v := look(o, foundation.Whole)
		Expect(foundation.Prerequisites(context.Background(), o, nil, rotation.Options{}, &v)).To(Succeed())
		Expect(o.asked).To(Equal([]string{"director's properties", "excluded certificates"}))
		Expect(v.Evidence.Director.Asked).To(BeTrue())
		Expect(v.Evidence.Scopes.List).To(Equal([]string{"opsman.admin"}))
		Expect(v.Evidence.Reported.Asked).To(BeFalse())
		Expect(v.Evidence.Checks.Asked).To(BeFalse())
	})

	DescribeTable("ask for the diagnostic report where they do not",
		func(staged ...evidence.PendingChange) {
			o := told()
			o.staged = staged
			v := look(o, foundation.Whole)
			Expect(foundation.Prerequisites(context.Background(), o, nil, rotation.Options{}, &v)).To(Succeed())
			Expect(o.asked).To(Equal([]string{"diagnostic report", "director's properties", "excluded certificates"}))
			Expect(v.Evidence.Reported.Products).To(HaveLen(1))
		},
		Entry("not listed", pendingOf("cf-1", "cf", "unchanged", false)),
		Entry("another product's", pendingOf("cf-2", "cf", "unchanged", true)),
		Entry("no row", pendingOf("p-bosh-1", evidence.Director, "unchanged", true)),
	)

	It("do not ask twice what is excluded, and mark it in any case", func() {
		o := told()
		o.excluded = []string{"/cf/router"}
		v := look(o, foundation.Marked)
		Expect(foundation.Prerequisites(context.Background(), o, nil, rotation.Options{}, &v)).To(Succeed())
		Expect(o.asked).To(Equal([]string{"director's properties"}))
		Expect(v.Evidence.Certificates.List).To(HaveExactElements(HaveField("Excluded", true)))

		v = look(o, foundation.Whole)
		Expect(v.Evidence.Certificates.List).To(HaveExactElements(HaveField("Excluded", true)), "the fake's list is one")
		o.certificates.List[0].Excluded = false
		v = look(o, foundation.Whole)
		Expect(foundation.Prerequisites(context.Background(), o, nil, rotation.Options{}, &v)).To(Succeed())
		Expect(v.Evidence.Certificates.List).To(HaveExactElements(HaveField("Excluded", true)))
	})

	upgrading := func(newest evidence.Installation, older ...evidence.Installation) *opsManager {
		o := told()
		o.staged[1].Errands = []evidence.Errand{{Name: upgradeAll, PostDeploy: "true"}}
		o.history = append([]evidence.Installation{newest}, older...)
		return o
	}
	required := rotation.Options{RequireFullApply: true}

	It("read the logs that tell of an apply changes of all products where one is required, the newest first and none too many", func() {
		o := upgrading(installed(9, now.Add(-2*time.Hour)), installed(8, now.Add(-4*time.Hour)), installed(7, now.Add(-6*time.Hour)), installed(1, madeOld))
		o.logs = map[int]evidence.Log{8: ran("cf-1", upgradeAll)}
		v := look(o, foundation.Whole)
		Expect(foundation.Prerequisites(context.Background(), o, nil, rotation.Options{}, &v)).To(Succeed())
		Expect(o.asked).To(Equal([]string{"director's properties", "excluded certificates", "log 9"}), "what the errand passed by")

		v = look(o, foundation.Whole)
		Expect(foundation.Prerequisites(context.Background(), o, nil, required, &v)).To(Succeed())
		Expect(o.asked).To(Equal([]string{"director's properties", "excluded certificates", "log 9", "log 8"}))
		Expect(finding(v, required)).To(HaveField("Status", rotation.StatusPasses))
	})

	counted := func(orphans int) evidence.Log {
		log := ran("cf-1", upgradeAll)
		log.Commands[0].Counted, log.Commands[0].Orphans = true, orphans
		return log
	}
	of := func(v foundation.View) rotation.Finding {
		all := rotation.Prerequisites(v.Evidence, rotation.Options{})
		return all[slices.IndexFunc(all, func(f rotation.Finding) bool { return f.Code == rotation.ReasonOrphans })]
	}

	DescribeTable("read the logs that tell what errands passed by the last time, the newest first and none too many",
		func(logs map[int]evidence.Log, asked []string, status rotation.Status) {
			o := upgrading(installed(9, now.Add(-time.Hour)))
			for id := 8; id > 1; id-- {
				o.history = append(o.history, installed(id, now.Add(-2*time.Hour)))
			}
			o.logs = logs
			v := look(o, foundation.Whole)
			Expect(foundation.Prerequisites(context.Background(), o, nil, rotation.Options{}, &v)).To(Succeed())
			Expect(o.asked[2:]).To(Equal(asked))
			Expect(of(v).Status).To(Equal(status), of(v).Message)
		},
		Entry("one", map[int]evidence.Log{9: counted(0)}, []string{"log 9"}, rotation.StatusPasses),
		Entry("one that tells of orphans", map[int]evidence.Log{9: counted(1), 8: counted(0)}, []string{"log 9"}, rotation.StatusRefuses),
		Entry("an older one, where the newest has not run the errand", map[int]evidence.Log{9: ran("cf-1", "smoke-tests"), 8: counted(1)}, []string{"log 9", "log 8"}, rotation.StatusRefuses),
		Entry("none behind one that cannot be had", map[int]evidence.Log{8: counted(1)}, []string{"log 9"}, rotation.StatusUnknown),
		Entry("five at most", map[int]evidence.Log{9: ran("a", "b"), 8: ran("a", "b"), 7: ran("a", "b"), 6: ran("a", "b"), 5: ran("a", "b"), 4: counted(1)},
			[]string{"log 9", "log 8", "log 7", "log 6", "log 5"}, rotation.StatusUnknown),
	)

	It("read five logs in all, also where an apply changes of all products is required", func() {
		o := upgrading(installed(9, now.Add(-time.Hour)), installed(8, now.Add(-2*time.Hour)), installed(7, now.Add(-3*time.Hour)), installed(6, now.Add(-4*time.Hour)), installed(5, now.Add(-5*time.Hour)), installed(4, now.Add(-6*time.Hour)))
		o.logs = map[int]evidence.Log{}
		for id := 4; id < 10; id++ {
			o.logs[id] = ran("cf-1", "smoke-tests")
		}
		v := look(o, foundation.Whole)
		Expect(foundation.Prerequisites(context.Background(), o, nil, required, &v)).To(Succeed())
		Expect(o.asked[2:]).To(Equal([]string{"log 9", "log 8", "log 7", "log 6", "log 5"}))
	})

	It("read the history as far back as an apply changes counts, where a version let the look before end early", func() {
		o := upgrading(installed(9, now.Add(-2*time.Hour)), installed(8, now.Add(-4*time.Hour)), installed(7, madeOld.AddDate(1, 0, 0)), installed(6, madeOld.AddDate(1, 0, 0)))
		o.logs = map[int]evidence.Log{8: ran("cf-1", upgradeAll)}
		v, err := foundation.Whole(context.Background(), o, version(rotation.Version{State: rotation.Settled, Active: guidOld}))
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Evidence.History.List).To(HaveLen(1))
		o.asked = nil
		Expect(foundation.Prerequisites(context.Background(), o, nil, required, &v)).To(Succeed())
		Expect(o.asked).To(Equal([]string{"director's properties", "excluded certificates", "installations", "log 9", "log 8"}))
		Expect(v.Evidence.History.List).To(HaveLen(3))
		Expect(finding(v, required)).To(HaveField("Status", rotation.StatusPasses))
	})

	It("read no more than five logs, and take what none of them tells for unknown", func() {
		o := upgrading(installed(9, now.Add(-time.Hour)))
		for id := 8; id > 1; id-- {
			o.history = append(o.history, installed(id, now.Add(-2*time.Hour)))
		}
		v := look(o, foundation.Whole)
		Expect(foundation.Prerequisites(context.Background(), o, nil, required, &v)).To(Succeed())
		Expect(o.asked[2:]).To(Equal([]string{"log 9", "log 8", "log 7", "log 6", "log 5"}))
		Expect(finding(v, required)).To(And(HaveField("Status", rotation.StatusRefuses), HaveField("Message", ContainSubstring("TAS"))))
	})

	It("go by the record of our own apply changes where no log tells", func() {
		o := upgrading(installed(9, now.Add(-time.Hour)), installed(1, madeOld))
		v := look(o, foundation.Whole)
		v, note := v.Recall(evidence.Applied{Installation: 9, Errands: map[string][]string{"cf-1": {upgradeAll}}}, nil)
		Expect(note).To(BeEmpty())
		Expect(foundation.Prerequisites(context.Background(), o, nil, rotation.Options{}, &v)).To(Succeed())
		Expect(v.Evidence.Applied).To(BeZero())
		Expect(foundation.Prerequisites(context.Background(), o, nil, required, &v)).To(Succeed())
		Expect(finding(v, required)).To(And(HaveField("Status", rotation.StatusPasses), HaveField("Message", ContainSubstring("record"))))
	})

	It("say of which installation the log could not be asked", func() {
		o := upgrading(installed(9, now.Add(-time.Hour)), installed(1, madeOld))
		o.broken = "log 9"
		v := look(o, foundation.Whole)
		Expect(foundation.Prerequisites(context.Background(), o, nil, required, &v)).To(MatchError("cannot ask Ops Manager for the log of installation 9: it hung up"))
	})

	DescribeTable("say what could not be asked",
		func(question, sentence string) {
			o := settledOn(old(true))
			v := look(o, foundation.Whole)
			o.broken = question
			Expect(foundation.Prerequisites(context.Background(), o, nil, rotation.Options{}, &v)).To(MatchError("cannot ask Ops Manager " + sentence + ": it hung up"))
			Expect(o.asked[len(o.asked)-1]).To(Equal(question))
		},
		Entry(nil, "diagnostic report", "for its diagnostic report"),
		Entry(nil, "director's properties", "for the director's properties"),
		Entry(nil, "excluded certificates", "which certificates it excludes from rotation"),
	)
})

const upgradeAll = "upgrade-all-service-instances"

// ran is a log with an errand that ended well.
func ran(product, errand string) evidence.Log {
	return evidence.Log{Asked: true, Commands: []evidence.Command{{Deployment: product, Errand: errand, Finished: true}}}
}

// finding is what the prerequisites say of the last apply changes of all products.
func finding(v foundation.View, o rotation.Options) rotation.Finding {
	GinkgoHelper()
	all := rotation.Prerequisites(v.Evidence, o)
	at := slices.IndexFunc(all, func(f rotation.Finding) bool { return f.Code == rotation.ReasonFullApply })
	Expect(at).To(BeNumerically(">=", 0))
	return all[at]
}

var _ = Describe("PreDeployChecks", func() {
	It("are one of the director and one of every product that is staged", func() {
		o := told()
		o.staged = append(o.staged, pendingOf("new-1", "new", "install", false), pendingOf("gone-1", "gone", "delete", true))
		v, err := foundation.Whole(context.Background(), o, nil)
		Expect(err).NotTo(HaveOccurred())
		o.asked = nil
		Expect(foundation.PreDeployChecks(context.Background(), o, &v)).To(Succeed())
		Expect(o.asked).To(Equal([]string{"check p-bosh-1", "check cf-1", "check new-1"}))
		Expect(v.Evidence.Checks).To(Equal(evidence.PreDeployChecks{Asked: true, List: []evidence.PreDeployCheck{
			{GUID: "p-bosh-1", Identifier: evidence.Director, Complete: true}, {GUID: "cf-1", Identifier: "cf", Complete: true}, {GUID: "new-1", Identifier: "new", Complete: true},
		}}))
	})

	It("say which could not be asked", func() {
		o := told()
		v, err := foundation.Whole(context.Background(), o, nil)
		Expect(err).NotTo(HaveOccurred())
		o.broken = "check cf-1"
		Expect(foundation.PreDeployChecks(context.Background(), o, &v)).To(MatchError("cannot ask Ops Manager to check cf before a deployment: it hung up"))
		Expect(v.Evidence.Checks.Asked).To(BeFalse())
	})
})

// changeable is an Ops Manager that a phase can be run on.
type changeable struct {
	*opsManager
	sent [][]string
}

func (o *changeable) made(exclude []string) (opsman.Created, error) {
	o.sent = append(o.sent, exclude)
	o.cas = append(o.cas, fresh(false))
	return opsman.Created{CA: fresh(false)}, nil
}

// Generate implements foundation.API.
func (o *changeable) Generate(_ context.Context, exclude []string) (opsman.Created, error) {
	return o.made(exclude)
}

// Create implements foundation.API.
func (o *changeable) Create(_ context.Context, _, _ string, exclude []string) (opsman.Created, error) {
	return o.made(exclude)
}

// Activate implements foundation.API.
func (o *changeable) Activate(context.Context, string) (opsman.Report, error) {
	return opsman.Report{}, errBroken
}

// Regenerate implements foundation.API.
func (o *changeable) Regenerate(context.Context) (opsman.Report, error) {
	return opsman.Report{}, errBroken
}

// Delete implements foundation.API.
func (o *changeable) Delete(context.Context, string) (opsman.Report, error) {
	return opsman.Report{}, errBroken
}

var _ = Describe("a generate", func() {
	var (
		o    *changeable
		said *bytes.Buffer
	)
	run := func(phase rotation.Phase, options rotation.Options, dryRun bool) (foundation.Outcome, error) {
		runner := foundation.Runner{API: o, Console: console.New(said, console.Options{Color: console.ColorNever}), Sleep: func(context.Context, time.Duration) error { return nil }}
		return runner.Run(context.Background(), foundation.Request{Phase: phase, Options: options, DryRun: dryRun})
	}
	BeforeEach(func() { o, said = &changeable{opsManager: told()}, &bytes.Buffer{} })

	It("asks for the prerequisites before it is decided, and has them in its evidence", func() {
		found, err := run(rotation.Generate, rotation.Options{}, true)
		Expect(err).NotTo(HaveOccurred())
		Expect(o.asked).To(Equal(append(whole, "director's properties", "excluded certificates", "check p-bosh-1", "check cf-1")))
		Expect(found.View.Evidence.Director.Asked).To(BeTrue())
		Expect(found.View.Evidence.Checks.List).To(HaveLen(2))
		Expect(found.View.Evidence.Scopes.Asked).To(BeTrue())
		Expect(o.sent).To(BeEmpty())
	})

	It("asks none of it where it is refused, done or not due without", func() {
		o.staged[1].Action = "update"
		_, err := run(rotation.Generate, rotation.Options{}, false)
		Expect(err).To(MatchError(ContainSubstring("generate refused (pending-changes)")))
		Expect(o.asked).To(Equal(whole))

		o.opsManager = told()
		within, err := rotation.ParseWithin("1d")
		Expect(err).NotTo(HaveOccurred())
		_, err = run(rotation.Generate, rotation.Options{Within: &within}, false)
		Expect(err).NotTo(HaveOccurred())
		Expect(o.asked).To(Equal(whole))

		o.opsManager = rotating()
		_, err = run(rotation.Generate, rotation.Options{}, false)
		Expect(err).NotTo(HaveOccurred())
		Expect(o.asked).To(Equal(whole))
		Expect(o.sent).To(BeEmpty())
	})

	DescribeTable("is the only phase that asks for them",
		func(phase rotation.Phase) {
			_, _ = run(phase, rotation.Options{}, true)
			Expect(o.asked).To(Equal(whole))
		},
		Entry(nil, rotation.Verify), Entry(nil, rotation.Activate), Entry(nil, rotation.Regenerate), Entry(nil, rotation.Delete),
	)

	It("fails, and sends nothing, where one of them cannot be asked", func() {
		o.broken = "check cf-1"
		_, err := run(rotation.Generate, rotation.Options{}, false)
		Expect(err).To(MatchError(errBroken))
		Expect(o.sent).To(BeEmpty())
	})

	It("sends no list of exclusions unless there is a wish", func() {
		o.excludedRows = []evidence.Certificate{{Name: "/already", IsCA: true}}
		_, err := run(rotation.Generate, rotation.Options{}, false)
		Expect(err).NotTo(HaveOccurred())
		Expect(o.sent).To(Equal([][]string{nil}))
		Expect(said.String()).NotTo(ContainSubstring("excluded from this rotation"))
	})

	It("sends what is wanted with what always is excluded, and what is now", func() {
		o.excludedRows = []evidence.Certificate{
			{Name: "/z/already", IsCA: true}, {Name: "/services/tls_ca", IsCA: true}, {Name: "/already", IsCA: true}, {Name: "/already", IsCA: true},
			{Name: "/a/leaf"}, {Name: ".properties.ca", IsCA: true, ProductGUID: "cf-1"}, {Name: "/own/ca", IsCA: true},
		}
		found, err := run(rotation.Generate, rotation.Options{Exclude: []string{"/own/ca", "/other/ca"}}, false)
		Expect(err).NotTo(HaveOccurred())
		Expect(o.sent).To(Equal([][]string{{"/own/ca", "/other/ca", "/services/tls_ca", "/already", "/z/already"}}))
		const said1 = "excluded from this rotation: /own/ca, /other/ca (as wanted), /services/tls_ca (always), /already, /z/already (already excluded)"
		Expect(said.String()).To(ContainSubstring("note: " + said1))
		Expect(found.Notes).To(ContainElement(said1))
	})

	It("sends the services' CA once where it is the wish", func() {
		_, err := run(rotation.Generate, rotation.Options{Exclude: []string{"/services/tls_ca"}}, false)
		Expect(err).NotTo(HaveOccurred())
		Expect(o.sent).To(Equal([][]string{{"/services/tls_ca"}}))
		Expect(said.String()).To(ContainSubstring("excluded from this rotation: /services/tls_ca (always)\n"))
	})

	It("sends what is wanted in a list alone where nothing is excluded now", func() {
		_, err := run(rotation.Generate, rotation.Options{Exclude: []string{"/own/ca"}}, false)
		Expect(err).NotTo(HaveOccurred())
		Expect(o.sent).To(Equal([][]string{{"/own/ca", "/services/tls_ca"}}))
	})

	DescribeTable("sends no list where it is unknown what that would replace",
		func(unknown func(), why string) {
			unknown()
			_, err := run(rotation.Generate, rotation.Options{Exclude: []string{"/own/ca"}}, false)
			var refused *foundation.RefusedError
			Expect(errors.As(err, &refused)).To(BeTrue(), "%v", err)
			Expect(refused.Decision.Reason).To(Equal(rotation.ReasonCertificatesUnknown))
			Expect(err).To(MatchError(And(ContainSubstring("it did not tell what is on it ("+why+")"), HaveSuffix(`; or, if you know better, add "certificates-unknown" to accept`))))
			Expect(o.sent).To(BeEmpty())

			_, err = run(rotation.Generate, rotation.Options{Exclude: []string{"/own/ca"}, Accept: []rotation.Reason{rotation.ReasonCertificatesUnknown}}, false)
			Expect(err).NotTo(HaveOccurred())
			Expect(o.sent).To(Equal([][]string{{"/own/ca", "/services/tls_ca"}}))
			Expect(said.String()).To(ContainSubstring("note: accepted certificates-unknown: a list of CAs"))
		},
		Entry("it cannot tell", func() { o.untold = "an answer of 500" }, "an answer of 500"),
		Entry("it lists all certificates", func() { o.excluded = []string{".properties.root_ca." + guidOld} }, "it lists all certificates where those are asked for that it excludes"),
	)

	It("without a wish does not need to know what is excluded", func() {
		o.untold = "an answer of 500"
		_, err := run(rotation.Generate, rotation.Options{}, false)
		Expect(err).NotTo(HaveOccurred())
	})
})

var _ = DescribeTable("CheckExclude",
	func(path, complaint string) {
		err := foundation.CheckExclude([]string{"/services/customer_ca", path})
		if complaint == "" {
			Expect(err).NotTo(HaveOccurred())
			return
		}
		Expect(err).To(MatchError(ContainSubstring(complaint)))
	},
	Entry("takes a path", "/p-bosh/cf-1/ca", ""),
	Entry("refuses none", "", `has "", which is no path in CredHub: expected the paths of CAs, each of which begins with /, for example`),
	Entry("refuses a name", "customer_ca", "is no path in CredHub"),
	Entry("refuses the root", "//", "is no path in CredHub"),
	Entry("refuses a pattern", "/p-bosh/*", "Ops Manager knows no patterns"),
	Entry("refuses a space", "/a b", "is no path in CredHub"),
	Entry("refuses a line", "/a\nb", "is no path in CredHub"),
)

var _ = Describe("a verify of leaf certificates alone", func() {
	const regenerated = "2026-03-02T09:30:00Z"
	from := version(rotation.Version{State: rotation.Renewed, Active: guidOld, Installation: "7", Renewed: regenerated})
	verify := func(source evidence.Source, orphans int, accept ...rotation.Reason) (*changeable, foundation.Outcome, error) {
		o := &changeable{opsManager: told()}
		o.certificates.Source = source
		o.staged[1].Errands = []evidence.Errand{{Name: upgradeAll, PostDeploy: "true"}}
		o.history = []evidence.Installation{installed(8, later.Add(time.Hour)), installed(7, madeOld.Add(time.Hour))}
		log := ran("cf-1", upgradeAll)
		log.Commands[0].Counted, log.Commands[0].Orphans = true, orphans
		o.logs = map[int]evidence.Log{8: log}
		runner := foundation.Runner{API: o, Console: console.New(&bytes.Buffer{}, console.Options{Color: console.ColorNever}), Sleep: func(context.Context, time.Duration) error { return nil }}
		found, err := runner.Run(context.Background(), foundation.Request{Phase: rotation.Verify, From: from, Options: rotation.Options{Accept: accept}})
		return o, found, err
	}

	It("reads without certificates v1 the log that tells what the errand passed by", func() {
		o, found, err := verify(evidence.SourceV0, 0)
		Expect(err).NotTo(HaveOccurred())
		Expect(o.asked).To(Equal(append(slices.Clone(whole), "log 8")))
		Expect(found.View.Observed.State).To(Equal(rotation.Settled))

		_, _, err = verify(evidence.SourceV0, 1)
		Expect(err).To(MatchError(ContainSubstring("verify refused (instances-unproven)")))
		_, found, err = verify(evidence.SourceV0, 1, rotation.ReasonInstances)
		Expect(err).NotTo(HaveOccurred())
		Expect(found.View.Observed.State).To(Equal(rotation.Settled))
	})

	It("reads none where certificates v1 names what is late", func() {
		o, _, err := verify(evidence.SourceV1, 1)
		Expect(err).NotTo(HaveOccurred())
		Expect(o.asked).To(Equal(whole))
	})
})
