package rotation

import (
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
		return staged(e, nobodys)
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

// nobodys is for a state in which no call of ours waits to be deployed.
func nobodys(evidence.PendingChange) bool { return false }

// tilesAlone is for a state right behind a call of ours: no document says whether
// a changed CA shows as an update of every tile. A new or leaving tile is
// somebody's in any case.
func tilesAlone(p evidence.PendingChange) bool { return p.Action == "update" }

// marked tells which updates a call of ours may have made, given the products
// that it has not reached: where Ops Manager shows such calls at all, it shows
// them of all those products. So when one of them is unchanged, every update is
// somebody's; likewise an update of a product that was reached since. A single
// product that waits tells neither way, and counts as somebody's edit, which the
// operator may accept.
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
			return nobodys
		}
		n++
	}
	if n < 2 {
		return nobodys
	}
	return func(p evidence.PendingChange) bool { return updated[p.GUID] && waiting[p.GUID] }
}
