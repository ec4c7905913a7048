package rotation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// guard is one condition of a phase.
type guard struct {
	name   string
	phases []Phase
	check  func(Question) *refusal
}

var changing = []Phase{Generate, Activate, Regenerate, Delete}

// guards are asked in this order: proof first, then what may disturb the phase,
// then judgements about the foundation that an operator may accept.
var guards = []guard{
	{"trust", []Phase{Regenerate}, trustReached},
	{"running", changing, nothingRunning},
	{"health", changing, lastDeploymentsSucceeded},
	{"leaves", []Phase{Delete}, noLeavesOnRetiring},
	{"products", []Phase{Generate}, someProducts},
	{"outdated", []Phase{Generate, Activate, Delete}, nothingOutdated},
	{"clusters", []Phase{Generate, Activate, Delete}, clustersUpgraded},
	{"upgrade", changing, notUpgraded},
	{"pending", changing, nothingStaged},
	{"clock", changing, clockKnown},
	{"expiry", []Phase{Activate}, candidateLasts},
	{"configurable", []Phase{Delete}, noConfigurableOnRetiring},
	{"certificates", changing, certificatesKnown},

	// What the vendor requires before a rotation: after generate there may be no way back.
	{"version", []Phase{Generate}, rotatesCredHub},
	{"scope", []Phase{Generate}, mayWrite},
	{"ending", []Phase{Generate}, authoritiesLast},
	{"customers", []Phase{Generate}, customersExcluded},
	{"set by hand", []Phase{Generate}, noneSetByHand},
	{"recreate", []Phase{Generate}, noneToRecreate},
	{"stemcells", []Phase{Generate}, stemcellsKnown},
	{"dns", []Phase{Generate}, dnsByHand},
	{"dns known", []Phase{Generate}, dnsKnown},
	{"new tiles", []Phase{Generate}, noNewTiles},
	{"ahead", []Phase{Generate}, noConfigurableAhead},
	{"orphans", []Phase{Generate}, noOrphans},
	{"full apply", []Phase{Generate}, appliedLately},
	{"check", []Phase{Generate}, preDeployChecked},
}

// gathered are the guards whose evidence may be asked for a generate alone: see
// Preliminary.
var gathered = []string{"stemcells", "dns known", "full apply"}

// applyFirst says forced because the phases that it is said to wait for no apply
// changes: apply-changes with their version finds nothing to do.
const applyFirst = "run apply changes on all products (forced: the rotation itself waits for none), then rerun this step"

func trustReached(q Question) *refusal {
	if !q.Observed.Untrusted() {
		return nil
	}
	return untrusted(q.Observed)
}

// untrusted is what everything is refused with in an untrusted state. Where it
// is unknown whether the CA is trusted, it is another refusal than where a record shows
// that it is not.
func untrusted(s Observation) *refusal {
	if s.Trust.onlyUnknown() {
		return &refusal{ReasonTrustUnknown, fmt.Sprintf(
			"CA %s is active, and it is unknown whether every product trusts it: %s", s.Active.GUID, s.Trust.sentence()),
			"find out from logs or old builds whether an apply changes of all products, upgrade-all-service-instances errands included, succeeded after CA " + s.Active.GUID +
				" was added and before it was activated; if one did, apply changes on all products with accept trust-unknown, which proves it anew; if none did, " + wayBack(s)}
	}
	return &refusal{ReasonUntrusted, fmt.Sprintf(
		"CA %s is active, and not every product trusts it yet: %s; whatever it signs breaks what does not trust it",
		s.Active.GUID, s.Trust.sentence()), next(s)}
}

// ApplyRefusal says why apply changes must not run now; false when it may, as with
// trust-unknown among those that are accepted where it is unknown.
func ApplyRefusal(s Observation, accept ...Reason) (d Decision, refused bool) {
	switch {
	case s.State == Blocked:
		return refusal{s.Reason, s.Message, nothingRuns}.decision(), true
	case s.Untrusted():
		r := untrusted(s)
		if r.reason == ReasonTrustUnknown && slices.Contains(accept, r.reason) {
			return Decision{}, false
		}
		return r.decision(), true
	case len(s.Strays) > 0:
		return refusal{ReasonStrayLeaves, fmt.Sprintf("the next apply changes would deploy leaves signed by candidate %s, which not every product trusts: %s",
			s.Candidate.GUID, names(s.Strays)), "regenerate them under the active CA first (om regenerate-certificates), then apply changes"}.decision(), true
	}
	return Decision{}, false
}

func nothingRunning(q Question) *refusal {
	running := slices.DeleteFunc(q.Evidence.Running(), func(i evidence.Installation) bool { return slices.Contains(q.Options.Ignore, i.ID) })
	if len(running) == 0 {
		return nil
	}
	i := running[0]
	return &refusal{ReasonInstallationRunning, fmt.Sprintf(
		"installation %d (started %s by %s) is still running, and a change of the CAs in the middle of it would reach some products and not others",
		i.ID, i.StartedAt.UTC().Format("2006-01-02 15:04 MST"), i.User), "wait for it to end, then rerun this step"}
}

func lastDeploymentsSucceeded(q Question) *refusal {
	broken := unhealthy(q.Evidence)
	if len(broken) == 0 {
		return nil
	}
	return &refusal{ReasonInstallationFailed,
		"the last deployment did not succeed everywhere: " + strings.Join(broken, ", "),
		"mend the cause and " + applyFirst}
}

func someProducts(q Question) *refusal {
	if len(q.Evidence.Products.List) > 0 {
		return nil
	}
	return &refusal{ReasonNoProducts, "Ops Manager lists no deployed product, not even the director", applyFirst}
}

func nothingOutdated(q Question) *refusal {
	late, _ := outdated(q.Evidence, anyKind)
	if len(late) == 0 {
		return nil
	}
	return outdatedRefusal(late)
}

// clustersUpgraded is apart, because the errand of TKGI is not run unasked: it
// upgrades clusters.
func clustersUpgraded(q Question) *refusal {
	_, late := outdated(q.Evidence, anyKind)
	if len(late) == 0 {
		return nil
	}
	return lack{ReasonClusters, late}.refusal()
}

func outdatedRefusal(late []string) *refusal {
	return &refusal{ReasonOutdated, "certificates are not deployed everywhere: " + some(late, "; "),
		"run apply changes on all products (forced, with the upgrade-all-service-instances errands), then rerun this step"}
}

func noLeavesOnRetiring(q Question) *refusal {
	leaves := leavesOn(q.Evidence, *q.Observed.Retiring, false)
	if len(leaves) == 0 {
		return nil
	}
	return &refusal{ReasonLeavesOnRetiring, fmt.Sprintf(
		"deleting CA %s would leave certificates that it signed without an issuer that any peer trusts: %s",
		q.Observed.Retiring.GUID, names(leaves)), "regenerate, apply changes on all products, verify, then delete"}
}

func notUpgraded(q Question) *refusal {
	director, differs := upgraded(q.Evidence)
	if !differs {
		return nil
	}
	return &refusal{ReasonUpgraded, fmt.Sprintf(
		"Ops Manager is %s and the director was last deployed by %s: it was upgraded, and nothing was deployed since",
		q.Evidence.OpsManager, director), applyFirst}
}

func nothingStaged(q Question) *refusal {
	ours := noneOfOurs
	if q.Phase == Regenerate {
		ours = tilesAlone
	}
	return pending(staged(q.Evidence, ours))
}

// pending refuses what would deploy these changes of an operator.
func pending(changes []string) *refusal {
	if len(changes) == 0 {
		return nil
	}
	return &refusal{ReasonPendingChanges, fmt.Sprintf(
		"changes are staged that the next apply changes would deploy together with the CA: %s", strings.Join(changes, ", ")),
		"apply or revert them first"}
}

// clockKnown refuses where no answer of Ops Manager had a date: then it is unknown
// whether a CA has expired, which stops everything.
func clockKnown(q Question) *refusal {
	if !q.Evidence.At.IsZero() {
		return nil
	}
	var until []string
	for _, ca := range q.Evidence.CAs {
		on := "at an unknown time"
		if !ca.ExpiresOn.IsZero() {
			on = "on " + ca.ExpiresOn.String()
		}
		until = append(until, "CA "+ca.GUID+" expires "+on)
	}
	return &refusal{ReasonClockUnknown, "Ops Manager did not tell what day it is (its answers had no Date header), so it is unknown whether a CA has expired: " + strings.Join(until, ", "),
		"have whatever is between here and Ops Manager pass the Date header on, then rerun this step"}
}

// soon is how long a candidate must last at least; a leaf lives two years.
const soon = 30

func candidateLasts(q Question) *refusal {
	candidate := q.Observed.Candidate
	limit := q.Evidence.At.AddDate(0, 0, soon)
	if q.Evidence.At.IsZero() || candidate.ExpiresOn.IsZero() || !candidate.ExpiresOn.SurelyBefore(limit) {
		return nil
	}
	return &refusal{ReasonCandidateExpiresSoon, fmt.Sprintf(
		"candidate %s expires on %s, within %d days", candidate.GUID, candidate.ExpiresOn, soon),
		"delete it, apply changes, and generate one that lasts; where Ops Manager refuses the delete (CredHub Maestro), the way is forward: accept candidate-expires-soon, and rotate again after this one"}
}

func noConfigurableOnRetiring(q Question) *refusal {
	leaves := configurableOn(q.Evidence, q.Observed)
	if len(leaves) == 0 {
		return nil
	}
	verb := "are signed by"
	if !tellsInstances(q.Evidence, q.Observed.Retiring.GUID) {
		verb = "may be signed by"
	}
	return &refusal{ReasonConfigurable, fmt.Sprintf(
		"configurable certificates %s the retiring CA %s: %s; they stop being trusted when it is deleted", verb, q.Observed.Retiring.GUID, names(leaves)),
		"replace them in their tiles' settings, and " + applyFirst}
}

func certificatesKnown(q Question) *refusal {
	c := q.Evidence.Certificates
	if c.Source != evidence.SourceUnknown {
		return nil
	}
	question := "what does not trust CA " + cmp.Or(q.Observed.Version.Candidate, q.Observed.Version.Active) + " yet"
	switch q.Phase {
	case Generate:
		question = "whether a CA has expired, is a customer's, or signs what an operator supplied"
	case Delete:
		question = "what CA " + q.Observed.Retiring.GUID + " still signs"
	}
	return &refusal{ReasonCertificatesUnknown, fmt.Sprintf(
		"Ops Manager did not list the deployed certificates (%s), so it is unknown %s", c.Unknown, question),
		"fix that, then rerun this step"}
}
