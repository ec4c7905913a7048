package rotation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// standing are the rows about the foundation as it stands: what every phase asks, not
// generate alone.
var standing = []row{stateRow, runningRow, healthRow, productsRow, outdatedRow, clustersRow, upgradedRow, pendingRow, clockRow}

// Readiness lists all that decides whether a rotation may begin: where the foundation
// stands, and the prerequisites. That is asked as well beside a CA that was left behind:
// a rotation begins once it is deleted. Hinders of it is Generate's own refusal. Where a
// rotation is under way, or nobody can say what the state is, that alone is said: the
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
			fmt.Sprintf("no rotation begins beside a second CA: %s", s.left()), "before generate, " + next(s)})
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
