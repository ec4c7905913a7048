package rotation

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// Waiting says in half a sentence that leaf certificates which were regenerated
// outside a rotation have not reached every product, or not every deployment where Ops
// Manager lists those; "" where none wait.
func (s Observation) Waiting() string {
	if s.State != Renewed || !s.NeedsApply() {
		return ""
	}
	when := ""
	if s.Version.Renewed != "" {
		when = " on " + s.Version.Renewed
	}
	return fmt.Sprintf("the leaf certificates that were regenerated%s wait for an apply changes: %s", when, s.Deployed.sentence())
}

// Renew is After for leaf certificates that were regenerated outside a rotation. At is
// Ops Manager's clock before the call: none of them is older.
func Renew(before Observation, at time.Time, e evidence.Evidence) *Version {
	was := before.Version
	if active, other := split(e); active != was.Active || other != "" {
		return &was
	}
	v := Version{State: Renewed, Active: was.Active, Removed: was.Removed, Installation: highest(e)}
	if !at.IsZero() {
		v.Renewed = at.UTC().Format(time.RFC3339)
	}
	v = v.following(&was)
	return &v
}

// renewedAt is the moment of that call, zero where none is known.
func (v Version) renewedAt() time.Time {
	at, err := time.Parse(time.RFC3339, v.Renewed)
	if err != nil {
		return time.Time{}
	}
	return at
}

// ofLeaves tells whether to verify is to verify regenerated leaf certificates.
func (q Question) ofLeaves() bool {
	return q.Phase == Verify && !q.Options.IfRotating && q.Observed.State == Renewed
}

// leafGuards are those of a regenerate without a rotation. It is not refused
// because an installation failed or deployments are outdated, for that is how an
// earlier attempt looks that did not get through: there is one signer, and
// everybody trusts it, so of the old leaves, those of the attempt before and the
// new ones each is good with every peer, in whatever order they arrive. What has
// to be true for that is that every deployment trusts the signer (trusted,
// trustDeployed), and that no leaf of another one is about (ofOneSigner). What
// hides from the API is a rotation within CredHub by hand: Ops Manager's own
// safety checks refuse there.
var leafGuards = []guard{
	{"running", []Phase{Regenerate}, nothingRunning},
	{"products", []Phase{Regenerate}, someProducts},
	{"trust deployed", []Phase{Regenerate}, trustDeployed},
	{"trusted", []Phase{Regenerate}, trusted},
	{"signer", []Phase{Regenerate}, ofOneSigner},
	{"certificates", []Phase{Regenerate}, certificatesListed},
	{"set by hand", []Phase{Regenerate}, noneSetByHand},
	{"upgrade", []Phase{Regenerate}, notUpgraded},
	{"pending", []Phase{Regenerate}, nothingStagedButLeaves},
	{"clock", []Phase{Regenerate}, clockKnown},

	{"running", []Phase{Verify}, nothingRunning},
	{"health", []Phase{Verify}, lastDeploymentsSucceeded},
	{"reached", []Phase{Verify}, leavesReached},
	{"outdated", []Phase{Verify}, nothingOutdated},
	{"clusters", []Phase{Verify}, clustersRenewed},
	{"instances", []Phase{Verify}, instancesRenewed},
	{"pending", []Phase{Verify}, nothingStaged},
	{"certificates", []Phase{Verify}, certificatesListed},
	{"left behind", []Phase{Verify}, noneLeftBehind},
}

// leafOnly decides about the leaf certificates of a foundation without a rotation.
func leafOnly(q Question, guards []guard) Decision {
	// As for Verify: a version whose CA was deleted since is of this rotation.
	if r := relate(q.Observed, q.From, Verify); r != nil {
		return r.decision()
	}
	if !q.Observed.State.atRest() {
		return Decision{Verdict: Refuse, Reason: ReasonUnderWay, Message: fmt.Sprintf(
			"leaf certificates alone are renewed where no rotation is under way, and this one is at %s", q.Observed.where()),
			Next: "finish the rotation, which renews them as well: " + next(q.Observed)}
	}
	if q.Phase == Regenerate {
		return guarded(q, guards, "the leaf certificates may be regenerated under the active CA: "+q.Observed.where())
	}
	d := guarded(q, guards, "proven: "+q.proven())
	if d.Verdict == Go {
		d.Verdict, d.Reason, d.Version = Done, ReasonProven, q.endsRenewal()
	}
	return d
}

// endsRenewal is the version that the proof leads to.
func (q Question) endsRenewal() *Version {
	s := q.Observed
	if s.State != Renewed {
		return nil
	}
	v := s.Version
	v.State, v.Renewed = Settled, ""
	v.Installation = strconv.Itoa(prove(q.Evidence, anchoredAt(v.anchor()), productsAlone).Installation)
	v = v.following(&s.Version)
	return &v
}

// proven says what was proven of the leaf certificates, and what cannot be.
func (q Question) proven() string {
	text := "every product's last deployment succeeded, nothing runs, and nothing is staged or outdated"
	if q.Observed.State == Renewed {
		text = fmt.Sprintf("every product was deployed since the leaf certificates were regenerated (after installation %s), none that Ops Manager renews is older, and nothing runs, is staged or outdated", q.Observed.Version.Installation)
	} else {
		text += "; when they were regenerated is not known (the version handed over is not of a regenerate of leaf certificates), so their age was not judged"
	}
	if clustersRenewed(q) != nil {
		text += "; not so TKGI's clusters, of which nothing is claimed, as accepted"
	}
	if q.Evidence.Certificates.Source != evidence.SourceV1 {
		text += "; this Ops Manager does not show which version a deployment runs: of service instances, the errands are all that tells" + q.errandsTell()
	}
	return text
}

// trustDeployed refuses a lone CA that came by a rotation without every product
// having been deployed since: an operator deleted the other one too early. The
// history reaches back without a gap, so once it has an installation that is
// older than the CA, it has every one since. A foundation's first CA is older
// than all of them, and the end of a rotation that was watched is proof enough.
//
// An operator's own is never the first, and its date may be older than all of them too.
func trustDeployed(q Question) *refusal {
	active := *q.Observed.Active
	switch {
	case q.Observed.Version.Installation != "":
		return nil
	case undated(q.Evidence, active):
		return trustShown(q.Evidence, active)
	case !cameByRotation(q.Evidence.History, active):
		return nil
	}
	p := trustInAlone(q.Evidence, active)
	switch {
	case p.deployed():
		return nil
	case p.Installation > 0:
		return p.lacks()[0].refusal()
	}
	return &refusal{ReasonUntrusted, fmt.Sprintf(
		"CA %s is the only one, and not every product is known to trust it: since it was created (%s), deployments have reached %d of %d products; missing: %s",
		active.GUID, active.CreatedOn, p.Covered(), len(p.Products), some(p.Missing(), ", ")),
		"find out how the CA before it was removed; if every product trusted this one by then, run apply changes on all products, then rerun this step; else contact support before anything is applied"}
}

// trustShown refuses an undated CA that certificates v1 does not show to be trusted:
// which installations came after it was added is unknown.
func trustShown(e evidence.Evidence, active evidence.CA) *refusal {
	if showsTrust(e, active) {
		return nil
	}
	return &refusal{ReasonTrustUnknown, fmt.Sprintf(
		"CA %s is the only one and an operator's own, and its date (%s) may be the day it was signed: it is unknown which installations came after it was added, and whether every product trusts it",
		active.GUID, active.CreatedOn),
		"hand over the version that its rotation ended with, or run a whole rotation, which proves each step"}
}

// trustInAlone is the proof that everything trusts the only CA.
func trustInAlone(e evidence.Evidence, active evidence.CA) Proof {
	return prove(e, horizon{created: active.CreatedOn}, subject{of: noKind, ca: active.GUID})
}

// trusted refuses where certificates v1 names deployments that do not run the
// newest version of a CA.
func trusted(q Question) *refusal {
	late, clusters := outdated(q.Evidence, authorities)
	late = append(late, clusters...)
	if len(late) == 0 {
		return nil
	}
	return &refusal{ReasonUntrusted, "new leaf certificates would reach what does not trust their CA yet: " + some(late, "; "),
		"run apply changes on all products with the upgrade-all-service-instances errands, then rerun this step"}
}

// ofOneSigner refuses while leaves are listed that are older than the lone CA:
// another one signed them, and with its trust the next apply changes would take
// away what they live by, before they are replaced.
func ofOneSigner(q Question) *refusal {
	active := q.Observed.Active
	leaves := oldLeaves(q.Evidence, active.CreatedOn.Time)
	if len(leaves) == 0 {
		return nil
	}
	return &refusal{ReasonOldLeaves, fmt.Sprintf("certificates are deployed that are older than the only CA %s (%s), so another one signed them that is gone: %s",
		active.GUID, active.CreatedOn, names(leaves)),
		"contact support before the next apply changes"}
}

// nothingStagedButLeaves is nothingStaged, where leaves of an earlier attempt may
// be what makes products look changed.
func nothingStagedButLeaves(q Question) *refusal {
	return pending(staged(q.Evidence, marked(q.Evidence, undeployed(q.Evidence))))
}

// leavesReached refuses when a product was not deployed since the leaves were
// regenerated or, where that time is unknown, since the newest of its own appeared.
func leavesReached(q Question) *refusal {
	if q.Observed.State == Renewed {
		p := prove(q.Evidence, anchoredAt(q.Observed.Version.anchor()), productsAlone)
		if p.Installation > 0 {
			return nil
		}
		return &refusal{ReasonNotReached, "the regenerated leaf certificates are not deployed everywhere: " + p.sentence(), applyFrom}
	}
	waiting := undeployed(q.Evidence)
	var late []string
	for _, p := range q.Evidence.Products.List {
		if waiting[p.GUID] {
			late = append(late, p.Name())
		}
	}
	if len(q.Evidence.Products.List) > 0 && len(late) == 0 {
		return nil
	}
	if len(late) == 0 {
		late = []string{"Ops Manager lists no deployed product"}
	}
	return &refusal{ReasonNotReached, "leaf certificates are younger than the last deployment of their product: " + some(late, ", "), applyForced}
}

// clustersRenewed names clusters of TKGI that are not known to have the regenerated
// leaves: the errand that brings them there is not run unasked. Without certificates v1
// and without the version of the regenerate, no errand is known to have come behind it.
func clustersRenewed(q Question) *refusal {
	var late []string
	switch {
	case q.Observed.State == Renewed:
		for _, l := range q.Observed.Deployed.lacks() {
			if l.reason == ReasonClusters {
				late = l.phrases
			}
		}
	case tellsInstances(q.Evidence, ""):
		_, late = outdated(q.Evidence, anyKind)
	default:
		for _, p := range q.Evidence.Products.List {
			if errands, known := upgradeErrands(q.Evidence, p); p.Type == TKGI && (!known || len(errands) > 0) {
				late = append(late, p.Name()+": when the leaf certificates were regenerated is not known, so nothing shows that an errand has upgraded its clusters since")
			}
		}
	}
	if len(late) == 0 {
		return nil
	}
	return lack{ReasonClusters, late}.refusal()
}

// waitsBut tells whether what the regenerated leaves wait for is more than the operator
// accepts to leave unproven.
func (q Question) waitsBut() bool {
	p := q.Observed.Awaited()
	return p.Installation == 0 || slices.ContainsFunc(p.lacks(), func(l lack) bool { return !l.refusal().acceptedBy(q.Options) })
}

const applyFrom = "run apply changes on all products (from this version or with force, and with the upgrade-all-service-instances errands), then rerun this step"

const applyForced = "run apply changes on all products (with force, and the upgrade-all-service-instances errands), then rerun this step"

// undeployed are the products, by GUID, that have a leaf which their last
// successful deployment cannot have carried.
func undeployed(e evidence.Evidence) map[string]bool {
	waiting := map[string]bool{}
	for _, p := range e.Products.List {
		deployed := deployedAt(e, p)
		waiting[p.GUID] = slices.ContainsFunc(e.Certificates.List, func(c evidence.Certificate) bool {
			if !Rotates(c) || c.IsCA || !fromRoot(c) {
				return false
			}
			// CredHub may make a leaf in the course of the deployment itself.
			younger := c.ProductGUID == p.GUID && c.Location != CredHub && !deployed.IsZero() && c.ValidFrom.After(deployed)
			return younger || slices.Contains(c.OutdatedDeployments, p.GUID)
		})
	}
	return waiting
}

// deployedAt is when the newest installation started that deployed the product
// successfully, zero when none is known.
func deployedAt(e evidence.Evidence, p evidence.Product) time.Time {
	var newest time.Time
	for _, i := range e.History.List {
		if c, found := changeOf(i, p); found && c.Status == evidence.DeploymentSuccessful && conclusive(e, i, p) && i.StartedAt.After(newest) {
			newest = i.StartedAt
		}
	}
	return newest
}

// skew is how far CredHub's clock, which runs on the director, may be behind Ops
// Manager's. A leaf that was left behind is months old.
const skew = 10 * time.Minute

func noneLeftBehind(q Question) *refusal {
	at := q.Observed.Version.renewedAt()
	if q.Observed.State != Renewed || at.IsZero() {
		return nil
	}
	left := oldLeaves(q.Evidence, at.Add(-skew))
	if len(left) == 0 {
		return nil
	}
	return &refusal{ReasonOldLeaves, fmt.Sprintf("certificates are older than the regenerate of %s: %s", q.Observed.Version.Renewed, names(left)),
		"regenerate them again"}
}

func certificatesListed(q Question) *refusal {
	c := q.Evidence.Certificates
	if c.Source != evidence.SourceUnknown {
		return nil
	}
	return &refusal{ReasonCertificatesUnknown, fmt.Sprintf(
		"Ops Manager did not list the deployed certificates (%s), so it is unknown which are old, and what does not trust the active CA", c.Unknown),
		"fix that, then rerun this step"}
}
