// Package rotation decides. It turns what Ops Manager was seen to say
// (evidence.Evidence) and what was known before (a Version) into a state, and a
// state and a wanted phase into go, already done, or refuse. It does no I/O and
// has no clock of its own: the same input gives the same answer.
//
// Its files, in the order in which to read them:
//
//	state.go        the states, the phases and the legal moves
//	version.go      what Concourse remembers of a state, written and read
//	observe.go      evidence and the last version to a state
//	leftbehind.go   a CA that an earlier rotation left behind
//	blocked.go      the obstacles that let no state be named
//	proof.go        did a change reach every product, and which installations count
//	instances.go    did an errand reach the service instances?
//	dated.go        which dates tell when a CA was added, and which do not
//	certificates.go which certificates a rotation replaces, and which lag behind
//	health.go       what the last deployments left broken
//	staged.go       whose changes the next apply changes would deploy
//	reason.go       the stable codes of all outcomes
//	decide.go       may this phase run?
//	compare.go      is the version handed over of the rotation that is found?
//	partial.go      what a call carried out in part leaves behind
//	guards.go       what has to hold before a phase runs
//	prerequisites.go what the vendor requires before a rotation, and what to know: the
//	                list, with stemcells.go, dns.go, opsmanager.go (versions, rights),
//	                prerequisites_certificates.go and prerequisites_foundation.go
//	forecast.go     how long an apply changes takes, and whether one was tried lately
//	formerca.go     may the former CA be the active one again?
//	wayback.go      is there a way back from a candidate?
//	due.go          does anything expire soon enough?
//	expiry.go       when what Ops Manager lists expires, and of which kind it is
//	leafonly.go     the leaf certificates alone, without a rotation
//	next.go         what comes next: the way, its apply changes, and its end
//	gather.go       what has to be asked of Ops Manager, and what need not
package rotation
