package sim

import (
	"time"
)

// A dead record says running for ever, because whatever ran it died with its
// machine (facts §5.16, §8). Nothing runs: current_log says so, and another
// installation may begin, which is what leaves a dead record below newer ones.

// abandoned tells whether no process carries it on.
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

// orphan takes the end from a record that has one.
func (in *installation) orphan() {
	if in.status != running {
		last := in.changes[len(in.changes)-1]
		last.status, last.finished = running, time.Time{}
		in.status, in.finished = running, time.Time{}
	}
	in.kill()
}
