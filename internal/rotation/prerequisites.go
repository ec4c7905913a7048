package rotation

import (
	"fmt"
	"slices"
	"strings"

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
	versionRow, scopeRow, certificatesRow, endingRow, customersRow, handSetRow, stemcellsRow, dnsRow, newTilesRow, aheadRow, checkRow, orphansRow, fullApplyRow,
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
	for _, look := range []row{scopeRow, checkRow, orphansRow} {
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

// standing are the rows about the foundation as it stands: what every phase asks, not
// generate alone.
var standing = []row{stateRow, runningRow, healthRow, productsRow, outdatedRow, clustersRow, upgradedRow, pendingRow, clockRow}

// Readiness lists all that decides whether a rotation may begin: where the foundation
// stands, and the prerequisites. That is asked as well beside a CA that was left behind:
// a rotation begins once it is deleted. Hinders of it is Generate's own refusal. Where a
// rotation is under way, or the state is unknown, that alone is said: the
// rest is a question for before a rotation.
func Readiness(q Question) []Finding {
	q.Phase = Generate
	if !BeforeRotation(q.Observed) {
		all := stateRow(q)
		if f, is := WayBack(q.Evidence, q.Observed); is {
			all = append(all, f)
		}
		return all
	}
	var all []Finding
	for _, look := range standing {
		all = append(all, look(q)...)
	}
	all = append(all, Prerequisites(q.Evidence, q.Options)...)
	d := Decide(q)
	known := slices.ContainsFunc(all, func(f Finding) bool { return f.Code == d.Reason && f.Status == StatusRefuses })
	if d.Verdict == Refuse && !known {
		all = append(all, Finding{Code: d.Reason, Name: "generate", Status: StatusRefuses, Message: d.Message, Next: d.Next, Acceptable: slices.Contains(Acceptable(), d.Reason)})
	}
	return all
}

// AtRest tells whether no rotation is under way, so that one may begin.
func AtRest(s Observation) bool { return s.State.atRest() }

// BeforeRotation tells whether what is required before a rotation is a question yet: at
// rest, or beside a CA that was left behind, whose deletion is no rotation.
func BeforeRotation(s Observation) bool { return AtRest(s) || s.LeftBehind }

func stateRow(q Question) []Finding {
	const name = "state"
	s := q.Observed
	switch r := relate(s, q.From, Generate); {
	case s.State == Blocked:
		return refused(name, Options{}, Finding{}, &refusal{s.Reason, s.Message, nothingRuns})
	case r != nil:
		return refused(name, Options{}, Finding{}, r)
	case s.LeftBehind:
		return refused(name, Options{}, Finding{}, &refusal{ReasonUnderWay,
			fmt.Sprintf("no rotation begins beside a second CA: %s", s.left()), "before generate, " + next(s) + lastRecreates(q)})
	case !s.State.atRest():
		return refused(name, Options{}, Finding{}, &refusal{ReasonUnderWay,
			fmt.Sprintf("a rotation is under way already: %s; what is asked before one begins is not asked any more", s.where()), "go on with it: " + next(s)})
	case s.State == Renewed && s.NeedsApply() && q.waitsBut():
		return refused(name, Options{}, Finding{}, &refusal{s.Awaited().reason(), s.Waiting(), next(s)})
	}
	if why, outstanding := ClosingApply(q.Evidence); outstanding && s.State == Settled && s.Version.Installation == "" {
		return one(name, noted(ReasonReady, "run prepare (apply changes on all products) first; rotate does it by itself", "no rotation is under way: %s; %s", s.where(), why))
	}
	return one(name, passes(ReasonReady, "no rotation is under way: %s", s.where()))
}

// lastRecreates says beforehand that the apply changes behind delete recreates VMs, ""
// where it does not.
func lastRecreates(q Question) string {
	needed := Recreating(q.Evidence).Needed
	if len(needed) == 0 {
		return ""
	}
	return "; that apply changes recreates VMs (" + some(phrases(needed), "; ") + "): " + recreatesLast
}

func runningRow(q Question) []Finding {
	instead := passes(ReasonInstallationRunning, "no installation is running")
	var dead []string
	for _, d := range q.Evidence.History.Dead(q.Evidence.NoneRunning) {
		dead = append(dead, fmt.Sprintf("installation %d (%s)", d.ID, d.Why))
	}
	for _, i := range q.Evidence.Running() {
		if slices.Contains(q.Options.Ignore, i.ID) {
			dead = append(dead, fmt.Sprintf("installation %d (as wanted)", i.ID))
		}
	}
	if len(dead) > 0 {
		instead = noted(ReasonInstallationRunning, "", "listed as running, and taken for dead: %s", some(dead, ", "))
	}
	return refused("running installations", q.Options, instead, nothingRunning(q))
}

func healthRow(q Question) []Finding {
	return refused("last deployments", q.Options, passes(ReasonInstallationFailed, "the last attempt to deploy each product succeeded"), lastDeploymentsSucceeded(q))
}

func productsRow(q Question) []Finding {
	var all []string
	for _, p := range q.Evidence.Products.List {
		all = append(all, strings.TrimSpace(p.Name()+" "+p.Version))
	}
	return refused("deployed products", q.Options, passes(ReasonNoProducts, "%d: %s", len(all), strings.Join(all, ", ")), someProducts(q))
}

func outdatedRow(q Question) []Finding {
	instead := passes(ReasonOutdated, "certificates v1 lists none")
	switch q.Evidence.Certificates.Source {
	case evidence.SourceV1:
	case evidence.SourceUnknown:
		instead = unlistedNote(ReasonOutdated, "whether there are any")
	default:
		instead = unknown(ReasonOutdated, "go by the last apply changes of all products, service instances included (full-apply-missing)", "this Ops Manager does not list which deployments have old certificates")
	}
	return refused("outdated deployments", q.Options, instead, nothingOutdated(q))
}

func clustersRow(q Question) []Finding {
	instead := passes(ReasonClusters, "TKGI is not deployed")
	if WithTKGI(q.Evidence.Products) {
		instead = noted(ReasonClusters, "upgrade the clusters after each apply changes of the rotation (the tile's upgrade-all errand, which is not run unasked); verify is refused until then",
			"none of TKGI's clusters is known to have old certificates now; a rotation gives them new ones by the tile's upgrade-all errand alone")
	}
	return refused("clusters of TKGI", q.Options, instead, clustersUpgraded(q))
}

func upgradedRow(q Question) []Finding {
	return refused("upgrade of Ops Manager", q.Options, passes(ReasonUpgraded, "the director was deployed since Ops Manager was upgraded last, as far as their versions tell"), notUpgraded(q))
}

func pendingRow(q Question) []Finding {
	instead := passes(ReasonPendingChanges, "nothing is staged that waits for an apply changes")
	if !q.Evidence.Pending.Asked {
		instead = unknown(ReasonPendingChanges, "", "whether anything is staged is unknown: it was not asked for")
	}
	return refused("staged changes", q.Options, instead, nothingStaged(q))
}

func clockRow(q Question) []Finding {
	return refused("Ops Manager's clock", q.Options, passes(ReasonClockUnknown, "it is %s", q.Evidence.At.UTC().Format("2006-01-02 15:04 MST")), clockKnown(q))
}
