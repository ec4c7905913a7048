package sim

import (
	"fmt"
	"slices"
	"time"
)

// A dead record says running for ever, because whatever ran it died with its
// machine (facts §5.16, §8). Nothing runs: current_log says so, and another
// installation may begin, which is what leaves a dead record below newer ones.

// abandoned tells whether nobody carries it on.
func (in *installation) abandoned() bool {
	select {
	case <-in.killed:
		return true
	default:
		return false
	}
}

// kill leaves the record as it is. The caller holds mu.
func (in *installation) kill() {
	in.dead = true
	if !in.abandoned() {
		close(in.killed)
	}
}

// operatorOrphan makes a dead record: of the installation that runs, of the one
// of that ID, or else of one that began now and got no further than the director.
func (f *Foundation) operatorOrphan(a Action) error {
	if a.ID != 0 {
		in := f.findInstallation(a.ID)
		if in == nil {
			return fmt.Errorf("there is no installation %d", a.ID)
		}
		in.orphan()
		return nil
	}
	if in := f.runningInstallation(); in != nil {
		in.kill()
		return nil
	}
	f.deadInstallation()
	return nil
}

// deadInstallation began and died.
func (f *Foundation) deadInstallation() {
	p := f.newPlan(applyRequest{})
	at := f.clock.event()
	in := f.newInstallation(p, operatorName, at)
	first := in.changes[0]
	first.status, first.started = running, at
	in.stepStarted(first.product.stepID("deploying"), first.product.stepName())
	in.commandStarted(first.product.deployCommand(p), at)
	in.kill()
}

// orphan takes the end from a record that has one.
func (in *installation) orphan() {
	if in.status != running {
		last := in.changes[len(in.changes)-1]
		last.status, last.finished = running, time.Time{}
		in.status, in.finished = running, time.Time{}
	}
	in.kill()
}

// operatorRestartIDs has the ids of installations begin again: with an ID, as
// after a snapshot of Ops Manager's disk, which knows no later installation;
// else as after an import into a new machine, with the Keep newest records or
// none. No public source says what a re-import leaves.
func (f *Foundation) operatorRestartIDs(a Action) error {
	if f.runningInstallation() != nil {
		return fmt.Errorf("an installation runs")
	}
	if a.ID > 0 {
		f.installations = slices.DeleteFunc(f.installations, func(in *installation) bool { return in.id > a.ID })
		f.lastID = a.ID
		return nil
	}
	f.installations = slices.Clone(f.installations[max(0, len(f.installations)-a.Keep):])
	for i, in := range f.installations {
		in.id = i + 1
	}
	f.lastID = len(f.installations)
	return nil
}
