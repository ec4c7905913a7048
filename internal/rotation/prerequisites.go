package rotation

import (
	"fmt"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// Status is what a look at one prerequisite came to.
type Status string

// The statuses. Unknown stops nothing by itself: where a rotation must not begin
// without the answer, it is a refusal of its own code.
const (
	StatusPasses   Status = "passes"
	StatusNote     Status = "note"
	StatusUnknown  Status = "unknown"
	StatusAccepted Status = "accepted"
	StatusRefuses  Status = "refuses"
)

// Finding is what was found of one thing that a rotation asks of a foundation before
// it begins. What passes is a finding as well: it is evidence for a change record.
type Finding struct {
	// Code is that of the refusal, also where it passes.
	Code Reason `json:"code"`
	// Name is what was looked at.
	Name   string `json:"name"`
	Status Status `json:"status"`
	// Message says what was found, Next what to do, "" for nothing.
	Message string `json:"message"`
	Next    string `json:"next"`
	// Acceptable tells that an operator may overrule it by its code.
	Acceptable bool `json:"acceptable"`
}

// Advice is Next, and how to overrule the finding where it refuses and that is a
// judgement; names has a name for where to.
func (f Finding) Advice(names setting.Names) string {
	d := Decision{Reason: f.Code, Next: f.Next}
	if f.Status == StatusRefuses && f.Acceptable {
		d.Setting = setting.Accept
	}
	return d.Advice(names)
}

// row looks at one thing, or at several that belong together.
type row func(Question) []Finding

// rows are in the order in which to read them: what stops a rotation, then what to
// know before it.
var rows = []row{
	versionRow, scopeRow, certificatesRow, endingRow, customersRow, stemcellsRow, dnsRow, newTilesRow, aheadRow, checkRow, fullApplyRow,
	weakerChecksRow, otherDeploymentsRow, errandsRow, otherCertificatesRow, backupRow, pipelinesRow, durationRow, wayBackRow,
}

// Prerequisites lists what the vendor requires before a rotation, and what is worth
// knowing before it, each with what the evidence shows. Generate is refused for those
// that refuse, and for what its other guards find.
func Prerequisites(e evidence.Evidence, o Options) []Finding {
	q := Question{Phase: Generate, Evidence: e, Options: o}
	if active := activeCA(e); active != nil {
		q.Observed = Observation{State: Settled, Active: active, Version: Version{State: Settled, Active: active.GUID}}
	}
	var all []Finding
	for _, look := range rows {
		all = append(all, look(q)...)
	}
	return all
}

// Hinders tells whether one of the findings keeps a rotation from beginning.
func Hinders(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Status == StatusRefuses })
}

// PrerequisitesAsked tells whether the evidence has what is asked before a rotation
// alone. Without it Preliminary and Next do not say what Generate would say of that.
func PrerequisitesAsked(e evidence.Evidence) bool { return e.Director.Asked }

// found is the finding of a refusal.
func (r refusal) found(name string, o Options) Finding {
	f := Finding{Code: r.reason, Name: name, Status: StatusRefuses, Message: r.message, Next: r.next, Acceptable: slices.Contains(Acceptable(), r.reason)}
	if r.acceptedBy(o) {
		f.Status = StatusAccepted
	}
	return f
}

// refused are the findings of the refusals that there are; where there is none, what
// is said instead.
func refused(name string, o Options, instead Finding, refusals ...*refusal) []Finding {
	var all []Finding
	for _, r := range refusals {
		if r != nil {
			all = append(all, r.found(name, o))
		}
	}
	if len(all) == 0 {
		instead.Name = name
		all = append(all, instead)
	}
	return all
}

func passes(code Reason, format string, values ...any) Finding {
	return Finding{Code: code, Status: StatusPasses, Message: fmt.Sprintf(format, values...)}
}

func noted(code Reason, next, format string, values ...any) Finding {
	return Finding{Code: code, Status: StatusNote, Message: fmt.Sprintf(format, values...), Next: next}
}

func unknown(code Reason, next, format string, values ...any) Finding {
	return Finding{Code: code, Status: StatusUnknown, Message: fmt.Sprintf(format, values...), Next: next}
}

// one is a row of one finding.
func one(name string, f Finding) []Finding {
	f.Name = name
	return []Finding{f}
}

// activeCA is the active CA, nil where there is none.
func activeCA(e evidence.Evidence) *evidence.CA {
	for _, ca := range e.CAs {
		if ca.Active {
			return &ca
		}
	}
	return nil
}

// productName is what people call a deployed product.
func productName(e evidence.Evidence, guid string) string {
	for _, p := range e.Products.List {
		if p.GUID == guid {
			return p.Name()
		}
	}
	return guid
}

// unlooked are what a generate that goes ahead could not look at, or took weaker
// evidence for, a sentence each.
func unlooked(q Question) []string {
	var all []string
	for _, look := range []row{scopeRow, checkRow} {
		for _, f := range look(q) {
			if f.Status == StatusUnknown {
				all = append(all, f.Message)
			}
		}
	}
	if q.Options.RequireFullApply {
		if record := byRecord(q.Evidence); record != "" {
			all = append(all, record)
		}
	}
	return all
}
