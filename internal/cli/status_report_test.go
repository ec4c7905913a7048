package cli

import (
	"encoding/json"
	"io"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

const (
	guidOld = "aaaa18f34f2a7a9403c3"
	guidNew = "bbbb01e33e3e3e3303e3"
)

var (
	plain   = console.New(io.Discard, console.Options{Color: console.ColorNever}).Styles
	madeOld = time.Date(2023, 1, 9, 8, 0, 0, 0, time.UTC)
	madeNew = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
)

func ca(guid string, made time.Time, active bool) evidence.CA {
	return evidence.CA{
		GUID: guid, Issuer: "Pivotal", Active: active, CertPEM: "-----BEGIN CERTIFICATE-----",
		CreatedOn: evidence.Stamp{Time: made, DateOnly: true}, ExpiresOn: evidence.Stamp{Time: made.AddDate(4, 0, 0), DateOnly: true},
	}
}

// view is what the evidence shows; installations deploy TAS alone.
func view(cursor *rotation.Version, cas []evidence.CA, since ...int) foundation.View {
	e := evidence.Evidence{
		At: madeNew.AddDate(0, 0, 7), OpsManager: "3.1.2-build.5", CAs: cas,
		Products:     evidence.Products{Asked: true, List: []evidence.Product{{GUID: "p-bosh-1", Type: "p-bosh", Label: "BOSH Director"}, {GUID: "cf-1", Type: "cf", Label: "TAS"}}},
		History:      evidence.History{Asked: true, Complete: true},
		Pending:      evidence.Pending{Asked: true},
		Certificates: evidence.Certificates{Source: evidence.SourceV1, List: []evidence.Certificate{{Name: "/cf/router", ValidFrom: madeNew, ValidUntil: madeNew.AddDate(2, 0, 0)}}},
	}
	if len(since) > 0 {
		past := madeNew.AddDate(0, 0, -30)
		e.History.List = []evidence.Installation{{ID: 7, Status: evidence.InstallationSucceeded, StartedAt: past, FinishedAt: past.Add(time.Hour)}}
	}
	for _, id := range since {
		at := madeNew.AddDate(0, 0, 2).Add(time.Duration(id) * time.Hour)
		e.History.List = append([]evidence.Installation{{
			ID: id, Status: evidence.InstallationSucceeded, StartedAt: at, FinishedAt: at.Add(time.Hour),
			Changes: []evidence.Change{{GUID: "cf-1", Type: evidence.ChangeUnchanged, Status: evidence.DeploymentSuccessful}},
		}}, e.History.List...)
	}
	return foundation.View{Evidence: e, Observed: rotation.Observe(e, cursor)}
}

var (
	settled   = func() foundation.View { return view(nil, []evidence.CA{ca(guidOld, madeOld, true)}) }
	generated = func() foundation.View {
		return view(nil, []evidence.CA{ca(guidOld, madeOld, true), ca(guidNew, madeNew, false)}, 8)
	}
	blocked = func() foundation.View { return view(nil, nil) }
)

var _ = Describe("StatusOf", func() {
	It("sums a foundation at rest up", func() {
		s := StatusOf(nil, settled(), nil, rotation.Options{})
		Expect(s.State).To(Equal(rotation.Settled))
		Expect(s.Version).To(Equal(map[string]string{"state": "settled", "active": guidOld}))
		Expect(s.CAs).To(Equal([]Authority{{GUID: guidOld, Role: "active", Issuer: "Pivotal", Created: "2023-01-09", Expires: "2027-01-09"}}))
		Expect(s.Proof).To(BeNil())
		Expect(s.Phase).To(Equal(rotation.Generate))
	})

	It("names who was reached, who was not and why, and the obstacle of the next phase", func() {
		s := StatusOf(nil, generated(), nil, rotation.Options{})
		Expect(s.State).To(Equal(rotation.Generated))
		Expect(s.CAs).To(ConsistOf(HaveField("Role", "active"), HaveField("Role", "candidate")))
		Expect(s.Proof.Complete).To(BeFalse())
		Expect(s.Proof.Products).To(ConsistOf(
			And(HaveField("Product", "TAS"), HaveField("Installation", 8), HaveField("Missing", "")),
			And(HaveField("Product", "BOSH Director"), HaveField("Installation", 0), HaveField("Missing", ContainSubstring("not deployed since"))),
		))
		Expect(s.Phase).To(Equal(rotation.Activate))
		Expect(s.Obstacles).To(ConsistOf(And(HaveField("Reason", rotation.ReasonNotReached), HaveField("Next", Not(BeEmpty())))))
	})

	It("calls the former CA retiring", func() {
		v := view(&rotation.Version{State: rotation.Trusted, Active: guidOld, Candidate: guidNew, Installation: "8"}, []evidence.CA{ca(guidNew, madeNew, true), ca(guidOld, madeOld, false)}, 8)
		s := StatusOf(nil, v, nil, rotation.Options{})
		Expect(s.State).To(Equal(rotation.Activated))
		Expect(s.CAs).To(ConsistOf(HaveField("Role", "active"), HaveField("Role", "retiring")))
	})

	It("has no phase for a blocked foundation", func() {
		s := StatusOf(nil, blocked(), nil, rotation.Options{})
		Expect(s.State).To(Equal(rotation.Blocked))
		Expect(s.Reason).To(Equal(rotation.ReasonNoCAs))
		Expect(s.Phase).To(BeEmpty())
		Expect(s.Obstacles).To(BeEmpty())
	})

	It("judges the next phase by the version that is known", func() {
		foreign := rotation.Version{State: rotation.Settled, Active: "cccc"}
		Expect(StatusOf(nil, settled(), &foreign, rotation.Options{}).Obstacles).NotTo(BeEmpty())
	})

	DescribeTable("is JSON with lists that are lists, and without a certificate",
		func(v func() foundation.View) {
			for _, value := range []any{StatusOf(nil, v(), nil, rotation.Options{}), PlanOf(StatusOf(nil, v(), nil, rotation.Options{}), nil, nil)} {
				text, err := json.Marshal(value)
				Expect(err).NotTo(HaveOccurred())
				Expect(string(text)).NotTo(Or(ContainSubstring("null"), ContainSubstring("BEGIN CERTIFICATE")))
			}
		},
		Entry("settled", settled), Entry("generated", generated), Entry("blocked", blocked),
	)
})

var _ = Describe("the status for a terminal", func() {
	It("is a table of the CAs, a table of the products, the obstacle, and what is next", func() {
		Expect(rows(StatusText(plain, StatusOf(nil, generated(), nil, rotation.Options{})))).To(HaveExactElements(
			"state generated",
			"Ops Manager 3.1.2-build.5",
			"",
			MatchRegexp(`^CA +role +issuer +created +expires$`),
			MatchRegexp(`^─+$`),
			MatchRegexp(`^`+guidOld+` +active +Pivotal +2023-01-09 +2027-01-09$`),
			MatchRegexp(`^`+guidNew+` +candidate +Pivotal +2026-03-02 +2030-03-02$`),
			"",
			MatchRegexp(`^product +reached since installation \d+$`),
			MatchRegexp(`^─+$`),
			MatchRegexp(`^BOSH Director +not deployed since `),
			MatchRegexp(`^TAS +installation 8$`),
			"",
			HavePrefix("way back there is none: CredHub Maestro's checks are on"),
			HavePrefix("→ to stop is to leave it as it is"),
			"",
			HavePrefix("next run apply changes on all products"),
		))
	})

	It("says why a foundation is blocked", func() {
		Expect(rows(StatusText(plain, StatusOf(nil, blocked(), nil, rotation.Options{})))).To(ContainElement(HavePrefix("no-cas Ops Manager lists no certificate authority at all")))
	})
})

var _ = Describe("the plan for a terminal", func() {
	It("goes past what is accepted to what is not, and calls it so", func() {
		v := settled()
		v.Evidence.Pending.List = []evidence.PendingChange{{GUID: "cf-1", Identifier: "cf", Label: "TAS", Action: "update"}}
		Expect(StatusOf(nil, v, nil, rotation.Options{}).Obstacles).To(ConsistOf(And(HaveField("Reason", rotation.ReasonPendingChanges), HaveField("Accepted", false))))
		s := StatusOf(nil, v, nil, rotation.Options{Accept: []rotation.Reason{rotation.ReasonPendingChanges}})
		Expect(s.Obstacles).To(ConsistOf(And(HaveField("Reason", rotation.ReasonPendingChanges), HaveField("Accepted", true))))
		Expect(PlanText(plain, PlanOf(s, nil, nil))).To(And(ContainSubstring("accepted (pending-changes): "), ContainSubstring("next nothing is outstanding"), Not(ContainSubstring("in the way"))))
		foreign := rotation.Version{State: rotation.Settled, Active: guidNew}
		Expect(StatusOf(nil, settled(), &foreign, rotation.Options{Accept: []rotation.Reason{rotation.ReasonFinishedRotation}}).Obstacles).To(ConsistOf(HaveField("Accepted", false)), "this one cannot be accepted")
	})

	It("says that leaf certificates wait, before what the next rotation meets", func() {
		known := rotation.Version{State: rotation.Renewed, Active: guidOld, Installation: "3"}
		v := view(&known, []evidence.CA{ca(guidOld, madeOld, true)})
		v.Evidence.Pending.List = []evidence.PendingChange{{GUID: "cf-1", Identifier: "cf", Label: "TAS", Action: "update"}}
		s := StatusOf(nil, v, &known, rotation.Options{})
		Expect(s.State).To(Equal(rotation.Renewed))
		Expect(s.Proof.Complete).To(BeFalse())
		for _, text := range []string{StatusText(plain, s), PlanText(plain, PlanOf(s, nil, nil))} {
			Expect(text).To(And(ContainSubstring("waiting: the leaf certificates that were regenerated wait for an apply changes"), ContainSubstring("next run apply changes on all products")))
		}
	})

	It("marks what is done, next and later", func() {
		text := PlanText(plain, PlanOf(StatusOf(nil, generated(), nil, rotation.Options{}), nil, nil))
		Expect(rows(text)).To(ContainElements(
			"plan from state generated", MatchRegexp(`^1 +done +generate `), MatchRegexp(`^2 +next +apply `), MatchRegexp(`^3 +later +activate `), MatchRegexp(`^7 +later +apply +settled `)))
	})

	It("has nothing next for a blocked foundation", func() {
		Expect(PlanText(plain, PlanOf(StatusOf(nil, blocked(), nil, rotation.Options{}), nil, nil))).NotTo(MatchRegexp(`(?m)^\d +(done|next)`))
	})
})

// rows are the lines of a text, without trailing blanks.
func rows(text string) []string {
	all := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i := range all {
		all[i] = strings.TrimRight(all[i], " ")
	}
	return all
}
