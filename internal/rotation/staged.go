package rotation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// Staged names the changes of others that the next apply changes would deploy
// in this state: "update of TAS".
func Staged(e evidence.Evidence, s Observation) []string {
	var since Proof
	switch s.State {
	case Activated:
		// The activation itself may show as an update.
		since = prove(e, anchoredAt(s.Version.anchor()), productsAlone)
	case Generated, Regenerated, Retired, Renewed:
		since = *s.Awaited()
	default:
		return staged(e, noneOfOurs)
	}
	return stagedBefore(e, since)
}

// stagedBefore names the pending changes that were staged beside a call of ours,
// which the proof follows to the products.
func stagedBefore(e evidence.Evidence, p Proof) []string {
	waiting := map[string]bool{}
	for _, line := range p.Products {
		waiting[line.Product.GUID] = line.Installation == 0
	}
	return staged(e, marked(e, waiting))
}

// staged names the pending changes that are not ours. The director is left out:
// it looks changed after every recreate of VMs.
func staged(e evidence.Evidence, ours func(evidence.PendingChange) bool) []string {
	var changes []string
	for _, p := range e.Pending.List {
		if p.Unchanged() || p.Identifier == evidence.Director || strings.HasPrefix(p.GUID, evidence.Director) || ours(p) {
			continue
		}
		changes = append(changes, p.Action+" of "+p.Name())
	}
	return changes
}

// newTiles are tiles that are staged and were never deployed.
func newTiles(e evidence.Evidence) []string {
	var names []string
	for _, p := range e.Pending.List {
		if p.Action == "install" {
			names = append(names, p.Name())
		}
	}
	return names
}

// noNewTiles refuses also where pending-changes is accepted. The CAs that a new tile
// brings into CredHub in the middle of a rotation have no transitional version, and Ops
// Manager refuses activate for good.
func noNewTiles(q Question) *refusal {
	names := newTiles(q.Evidence)
	if len(names) == 0 {
		return nil
	}
	return &refusal{ReasonNewTile, "tiles are staged that were never deployed: " + strings.Join(names, ", ") +
		"; deployed in the middle of a rotation, they bring CAs that it does not know, and Ops Manager then refuses activate for good",
		"deploy them first (apply changes on all products, forced), or take them out, then rerun this step"}
}

func newTilesRow(q Question) []Finding {
	instead := passes(ReasonNewTile, "no tile is staged that was never deployed")
	if !q.Evidence.Pending.Asked {
		instead = unknown(ReasonNewTile, "look at what is staged", "whether a tile is staged that was never deployed is unknown: it was not asked for")
	}
	return refused("new tiles", q.Options, instead, noNewTiles(q))
}

// noneOfOurs is for a state in which no call of ours waits to be deployed.
func noneOfOurs(evidence.PendingChange) bool { return false }

// tilesAlone is for a state right behind a call of ours: no document says whether
// a changed CA shows as an update of every tile. A new or leaving tile is
// an operator's in any case.
func tilesAlone(p evidence.PendingChange) bool { return p.Action == "update" }

// marked tells which updates a call of ours may have made, given the products
// that it has not reached: where Ops Manager shows such calls at all, it shows
// them of all those products. So when one of them is unchanged, every update is
// an operator's; likewise an update of a product that was reached since. A single
// product that waits tells neither way, and counts as an operator's edit, which
// may be accepted.
func marked(e evidence.Evidence, waiting map[string]bool) func(evidence.PendingChange) bool {
	updated := map[string]bool{}
	for _, p := range e.Pending.List {
		updated[p.GUID] = p.Action == "update"
	}
	n := 0
	for _, p := range e.Products.List {
		if p.Type == evidence.Director || !waiting[p.GUID] {
			continue
		}
		if !updated[p.GUID] {
			return noneOfOurs
		}
		n++
	}
	if n < 2 {
		return noneOfOurs
	}
	return func(p evidence.PendingChange) bool { return updated[p.GUID] && waiting[p.GUID] }
}

// unhealthy names what the newest attempts to deploy left broken, empty when
// nothing: products whose last attempt failed, and a newest installation that
// failed at something else (a product on its way in or out, or an errand).
func unhealthy(e evidence.Evidence) []string {
	installations := slices.Clone(e.History.List)
	slices.SortFunc(installations, func(a, b evidence.Installation) int { return cmp.Compare(b.ID, a.ID) })

	var broken, errands []string
	for _, p := range e.Products.List {
		switch i, failed := lastAttemptFailed(installations, p); {
		case failed && blames(i):
			broken = append(broken, fmt.Sprintf("%s failed in installation %d", p.Name(), i.ID))
		case failed:
			errands = append(errands, blame(i))
		}
	}
	if len(broken) == 0 {
		slices.Sort(errands)
		broken = slices.Compact(errands)
	}
	if len(installations) > 0 && len(broken) == 0 {
		if last := installations[0]; last.Status == evidence.InstallationFailed {
			broken = append(broken, blame(last))
		}
	}
	return broken
}

// blames tells whether an installation that failed names the product at which.
func blames(i evidence.Installation) bool {
	return slices.ContainsFunc(i.Changes, func(c evidence.Change) bool { return c.Status == evidence.DeploymentFailed })
}

func blame(i evidence.Installation) string {
	for _, c := range i.Changes {
		if c.Status == evidence.DeploymentFailed {
			return fmt.Sprintf("%s of %s failed in installation %d", c.Type, c.Name(), i.ID)
		}
	}
	return fmt.Sprintf("installation %d failed without naming a product (an errand?)", i.ID)
}

// LastInstallation says what became of the newest installation that is known, "" where
// none is.
func LastInstallation(h evidence.History) string {
	last, known := h.Find(h.Highest())
	var at []string
	for _, c := range last.Changes {
		if c.Status == evidence.DeploymentFailed {
			at = append(at, c.Name())
		}
	}
	switch {
	case !known:
		return ""
	case last.Status != evidence.InstallationFailed:
		return fmt.Sprintf("installation %d: %s", last.ID, last.Status)
	case len(at) == 0:
		return blame(last)
	}
	return fmt.Sprintf("installation %d failed at %s", last.ID, some(at, ", "))
}

func lastAttemptFailed(descending []evidence.Installation, p evidence.Product) (evidence.Installation, bool) {
	for _, i := range descending {
		if c, found := changeOf(i, p); found && attempted(c) {
			// Of an installation that failed without blaming a product it is unknown
			// whose errand it was.
			return i, c.Status == evidence.DeploymentFailed || i.Status == evidence.InstallationFailed && !blames(i)
		}
	}
	return evidence.Installation{}, false
}

// upgraded tells whether Ops Manager was upgraded and the director not deployed
// since: the director's product version is Ops Manager's own.
func upgraded(e evidence.Evidence) (director string, differs bool) {
	if e.OpsManager == "" {
		return "", false
	}
	for _, p := range e.Products.List {
		if p.Type == evidence.Director {
			ours, known := release(e.OpsManager)
			theirs, told := release(p.Version)
			return p.Version, known && told && ours != theirs
		}
	}
	return "", false
}

// release is the X.Y.Z of a version such as 3.0.25-build.1261 or 3.0.25+LTS-T.
func release(version string) (string, bool) {
	plain, _, _ := strings.Cut(strings.ReplaceAll(version, "+", "-"), "-")
	if strings.Count(plain, ".") != 2 {
		return "", false
	}
	return plain, true
}
