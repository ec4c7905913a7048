package rotation_test

import (
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// Where stemcells are old, an apply changes reaches the tile and its instances only when
// it recreates their VMs. Ops Manager calls them deployed all the same: no public source
// says that its certificates v1 knows better, and the model is the worse of the two.

// recreates are what recreates every VM, as an apply changes of ours does where it has
// to, and as another operator does who knows of it.
var (
	recreates       = outcome{name: "everything, and recreates VMs", products: everything.products, errand: errandRan, recreated: true}
	recreatesHalf   = outcome{name: tileFails.name, products: tileFails.products, errand: errandOff, recreated: true}
	recreatesFailed = outcome{name: errandFails.name, products: errandFails.products, errand: errandFailed, recreated: true}
)

// recreateErrand recreates the tile's instances.
const recreateErrand = "recreate-all-service-instances"

// reach is an installation that comes to a deployment.
func (w *world) reach(n int, carried uint8, recreated bool) {
	d := &w.deployments[n]
	if !w.old || n == theDirector || recreated {
		w.deploy(d, carried)
		return
	}
	d.told, d.awaits, d.half = carried, false, false
}

// mayRecreate is the outcome where the next apply changes of ours recreates VMs.
func (w world) mayRecreate(o outcome, state rotation.Observation, e evidence.Evidence, cursor rotation.Version) outcome {
	if !w.old || rotation.Next(rotation.Way{Observed: state, Evidence: e, From: &cursor, ApplyOnly: true}).Recreate == "" {
		return o
	}
	switch o {
	case everything:
		return recreates
	case tileFails:
		return recreatesHalf
	case errandFails:
		return recreatesFailed
	}
	return o
}

// showStemcells shows that they are old, and which errands the tile has for that.
func (w world) showStemcells(e *evidence.Evidence) {
	tile := &e.Pending.List[1]
	if w.without == withoutRecreation {
		return
	}
	tile.Stemcells.List = []evidence.Stemcell{{OS: "ubuntu-jammy", Version: "1.5"}}
	tile.Errands = append(tile.Errands, evidence.Errand{Name: recreateErrand, PostDeploy: "default"})
	if w.applied > 0 && w.installations[w.applied-w.offset-1].recreated {
		e.Applied.Recreated = []string{modelTile.GUID}
		e.Applied.Errands[modelTile.GUID] = append(e.Applied.Errands[modelTile.GUID], recreateErrand)
	}
}

// commands are what the log of an installation tells of VMs that were recreated.
func (i modelInstallation) commands() (all []evidence.Command) {
	switch i.products[theTile] {
	case done:
		all = append(all, evidence.Command{Deployment: modelTile.GUID, Recreate: i.recreated, Finished: true})
	case fails:
		all = append(all, evidence.Command{Deployment: modelTile.GUID, Recreate: i.recreated, Finished: true, ExitStatus: 1})
	}
	if !i.recreated || i.errand != errandRan && i.errand != errandFailed {
		return all
	}
	c := evidence.Command{Deployment: modelTile.GUID, Errand: recreateErrand, Finished: true}
	if i.errand == errandFailed {
		c.ExitStatus = 1
	}
	return append(all, c)
}

// unrecreated: an installation that is said to prove something has not recreated VMs, or
// nothing tells whether it has.
func (c claim) unrecreated() bool {
	since := c.state.Awaited()
	if !c.old || since == nil {
		return false
	}
	for n, i := range c.installations {
		if n >= c.pruned && c.id(n) > since.Since && i.products[theTile] == done && i.status != evidence.InstallationRunning && (c.mute || !i.recreated || i.errand != errandRan) {
			return true
		}
	}
	return false
}
