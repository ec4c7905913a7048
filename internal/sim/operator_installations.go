package sim

import (
	"fmt"
)

// orphan makes a dead record: of the installation that runs, of the one
// of that ID, or else of one that began now and got no further than the director.
func (o operator) orphan(a Action) error {
	if a.ID != 0 {
		in := o.history.find(a.ID)
		if in == nil {
			return fmt.Errorf("there is no installation %d", a.ID)
		}
		in.orphan()
		return nil
	}
	if in := o.history.running(); in != nil {
		in.kill()
		return nil
	}
	o.deadInstallation()
	return nil
}

// deadInstallation began and died.
func (o operator) deadInstallation() {
	p := o.newPlan(applyRequest{})
	at := o.clock.event()
	in := o.history.add(p, operatorName, at)
	first := in.changes[0]
	first.status, first.started = running, at
	in.stepStarted(first.product.stepID("deploying"), first.product.stepName())
	in.commandStarted(first.product.deployCommand(p), at)
	in.kill()
}

// restartIDs has the ids of installations begin again: with an ID, as
// after a snapshot of Ops Manager's disk, which knows no later installation;
// else as after an import into a new machine, with the Keep newest records or
// none. No public source says what a re-import leaves.
func (o operator) restartIDs(a Action) error {
	if o.history.running() != nil {
		return fmt.Errorf("an installation runs")
	}
	if a.ID > 0 {
		o.history.forget(func(in *installation) bool { return in.id > a.ID })
		o.history.lastID = a.ID
		return nil
	}
	o.history.keep(a.Keep)
	o.history.renumber()
	o.history.lastID = len(o.history.all)
	return nil
}

// prune forgets all but the newest installations.
func (o operator) prune(a Action) error {
	o.history.keep(a.Keep)
	return nil
}

// cancel fails a stuck installation: the one given, else the running
// one.
func (o operator) cancel(a Action) error {
	in := o.history.running()
	if a.ID != 0 {
		in = o.history.find(a.ID)
	}
	if in == nil || in.status != running {
		return fmt.Errorf("no such installation runs")
	}
	select {
	case <-in.release:
	default:
		close(in.release)
	}
	return nil
}
