package rotation

import (
	"fmt"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// An errand that upgrades service instances passes by those that Cloud Foundry does not know any more
// (orphans), says how many, and ends well. Their VMs get nothing new by it: not the
// trust of a candidate, which stops a rotation with certificates v1 and without, nor
// new leaf certificates. What the log of its last run says is all that tells of them.

// lastRun is what the logs tell of the last run of a tile's upgrade-all errand.
type lastRun struct {
	product evidence.Product
	errand  string
	// installation ran it, 0 where none is known.
	installation int
	// orphans and left are what it says that it passed by, and could not upgrade.
	orphans, left int
	// unknown says why nothing tells of it, "" where something does.
	unknown string
	// unread is the installation whose log is to be read next, 0 for none.
	unread int
}

// count says what the run left behind, "" for nothing.
func (l lastRun) count() string {
	var what string
	switch {
	case l.orphans > 0 && l.left > 0:
		what = fmt.Sprintf("passed by %d that Cloud Foundry does not know any more, and could not upgrade %d", l.orphans, l.left)
	case l.orphans > 0:
		what = fmt.Sprintf("passed by %d that Cloud Foundry does not know any more", l.orphans)
	case l.left > 0:
		what = fmt.Sprintf("could not upgrade %d", l.left)
	default:
		return ""
	}
	return fmt.Sprintf("%s: %s of installation %d says that it %s", l.product.Name(), l.errand, l.installation, what)
}

// untold says what is unknown of the run, "" for nothing.
func (l lastRun) untold() string {
	if l.unknown == "" || l.count() != "" {
		return ""
	}
	return l.product.Name() + ": " + l.unknown
}

// lastRuns are those of every tile with such an errand, in the installations beyond the
// horizon, nil for all. TKGI's clusters are not upgraded unasked: see ReasonClusters.
func lastRuns(e evidence.Evidence, beyond *horizon) []lastRun {
	var all []lastRun
	newest := slices.Clone(oldestFirst(e.History))
	slices.Reverse(newest)
	for _, p := range tilesWithInstances(e) {
		if p.Type == TKGI {
			continue
		}
		errands, _ := upgradeErrands(e, p)
		for _, name := range errands {
			all = append(all, lastRunOf(p, name, newest, beyond))
		}
	}
	return all
}

// lastRunOf goes from the newest installation back to the one that ran the errand. One
// whose log tells nothing may be it, so that what older ones tell is of no use.
func lastRunOf(p evidence.Product, errand string, newest []evidence.Installation, beyond *horizon) lastRun {
	l := lastRun{product: p, errand: errand}
	for _, i := range newest {
		c, found := changeOf(i, p)
		if beyond != nil && !beyond.after(i) || !found || !attempted(c) || i.Status == evidence.InstallationRunning {
			continue
		}
		if !i.Log.Asked {
			l.unread = i.ID
		}
		if why := unread(i); why != "" {
			l.unknown = fmt.Sprintf("%s of installation %d: %s", errand, i.ID, why)
			return l
		}
		ran := commandOf(i, p, errand)
		if ran == nil {
			continue
		}
		l.installation, l.orphans, l.left = i.ID, ran.Orphans, ran.Left
		switch {
		case !ran.Finished:
			l.unknown = fmt.Sprintf("%s of installation %d has no end in its log", errand, i.ID)
		case !ran.Counted:
			l.unknown = fmt.Sprintf("%s of installation %d does not say how many it passed by", errand, i.ID)
		}
		return l
	}
	l.unknown = fmt.Sprintf("%s did not run in an installation whose log was read", errand)
	return l
}

// commandOf is the last run of the product's errand in the installation, nil for none.
func commandOf(i evidence.Installation, p evidence.Product, errand string) *evidence.Command {
	for n := range slices.Backward(i.Log.Commands) {
		if c := &i.Log.Commands[n]; c.Deployment == p.GUID && c.Errand == errand {
			return c
		}
	}
	return nil
}

// LogForOrphans is the installation whose log is to be read next, so that it is known
// what errands pass by before a rotation begins; 0 where no other tells more.
func LogForOrphans(e evidence.Evidence) int { return nextLog(lastRuns(e, nil)) }

// LogForRenewal is LogForOrphans for who verifies leaf certificates that were
// regenerated alone.
func LogForRenewal(q Question) int {
	if q.Phase != Verify || !q.Options.LeafOnly && !q.ofLeaves() {
		return 0
	}
	if p := q.Observed.Awaited(); p != nil && p.Installation == 0 {
		return 0 // a product was not deployed, and that is refused before
	}
	return nextLog(renewalRuns(q))
}

// renewalRuns are the last runs behind the regenerate, where it is known when that was.
// Certificates v1 names what has old certificates itself.
func renewalRuns(q Question) []lastRun {
	if tellsInstances(q.Evidence, "") {
		return nil
	}
	if q.Observed.State != Renewed {
		return lastRuns(q.Evidence, nil)
	}
	beyond := anchoredAt(q.Observed.Version.anchor())
	return lastRuns(q.Evidence, &beyond)
}

func nextLog(runs []lastRun) int {
	next := 0
	for _, l := range runs {
		next = max(next, l.unread)
	}
	return next
}

// passedBy are the phrases of the runs that passed by something, or could not
// upgrade it; untold those of which that is unknown.
func passedBy(runs []lastRun) (left, untold []string) {
	for _, l := range runs {
		if count := l.count(); count != "" {
			left = append(left, count)
		}
		if why := l.untold(); why != "" {
			untold = append(untold, why)
		}
	}
	return left, untold
}

// redeployed is what to do about an instance that no errand reaches.
const redeployed = "compare bosh deployments with cf service-instances; delete what is not needed (bosh -d service-instance_GUID delete-deployment), and redeploy the others (bosh -d service-instance_GUID manifest > m.yml, then bosh -d service-instance_GUID deploy m.yml, with --recreate on old stemcells)"

// noOrphans refuses a rotation that would wait for a person after generate: verify or
// Ops Manager's own list then names what no errand reaches. The log is of the past, so
// an operator who has seen to it since has a way on.
func noOrphans(q Question) *refusal {
	left, _ := passedBy(lastRuns(q.Evidence, nil))
	return forOrphans(left)
}

// forOrphans is that refusal, nil where nothing was left out.
func forOrphans(left []string) *refusal {
	if len(left) == 0 {
		return nil
	}
	return &refusal{ReasonOrphans, "no apply changes brings the new CA to service instances that no errand reaches, and the rotation would stop for them after generate: " + some(left, "; "),
		redeployed + "; then apply changes on all products (forced, with the upgrade-all-service-instances errands), whose log then says that none is left, or accept this where that was done since; an instance that is to stay an orphan has to be redeployed after each apply changes of the rotation: accepting it here accepts it nowhere else, and the rotation waits there (" + string(ReasonInstances) + ", " + string(ReasonOutdated) + ")"}
}

func orphansRow(q Question) []Finding {
	const name = "instances that no errand reaches"
	e := q.Evidence
	if !e.Pending.Asked {
		return one(name, unknown(ReasonOrphans, "", "whether errands pass by service instances is unknown: which tiles have such errands was not asked for"))
	}
	runs := lastRuns(e, nil)
	left, untold := passedBy(runs)
	var all []Finding
	if r := forOrphans(left); r != nil {
		all = append(all, r.found(name, q.Options))
	}
	if len(untold) > 0 {
		f := unknown(ReasonOrphans, redeployed, "what the upgrade-all errands passed by the last time is unknown: %s", some(untold, "; "))
		f.Name = name
		all = append(all, f)
	}
	switch {
	case len(all) > 0:
		return all
	case len(runs) == 0:
		return one(name, passes(ReasonOrphans, "no tile has an errand that upgrades service instances, TKGI's aside"))
	}
	var told []string
	for _, l := range runs {
		told = append(told, fmt.Sprintf("%s (installation %d)", l.product.Name(), l.installation))
	}
	return one(name, passes(ReasonOrphans, "the upgrade-all errands passed by none the last time: %s", some(told, ", ")))
}

// instancesRenewed refuses where the errand that brought the regenerated leaf
// certificates to service instances says that it left some of them out.
func instancesRenewed(q Question) *refusal {
	left, _ := passedBy(renewalRuns(q))
	if len(left) == 0 {
		return nil
	}
	return &refusal{ReasonInstances, "every product was deployed, and not all of their service instances have the regenerated leaf certificates: " + some(left, "; "),
		redeployed + "; then accept this, or apply changes on all products once more (forced, with the upgrade-all-service-instances errands) and rerun this step"}
}

// errandsTell is the end of a sentence about what the errands say, "" where there are
// none.
func (q Question) errandsTell() string {
	runs := renewalRuns(q)
	left, untold := passedBy(runs)
	switch {
	case len(left) > 0:
		return ", and as accepted, " + some(left, "; ")
	case len(untold) > 0:
		return ", and what they passed by is unknown: " + some(untold, "; ")
	case len(runs) > 0:
		return ", and their logs say that they passed by none"
	}
	return ""
}
