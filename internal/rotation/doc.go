// Package rotation decides. It turns what Ops Manager was seen to say
// (evidence.Evidence) and what was known before (a Version) into a state, and a
// state and a wanted phase into go, already done, or refuse. It does no I/O and
// has no clock of its own: the same input gives the same answer.
//
// Its files, in the order in which to read them:
//
//	state.go        the states, what is true in each, the phases and the legal moves
//	version.go      what Concourse remembers of a state, written and read
//	observe.go      evidence and the last version to a state
//	blocked.go      what lets no state be named, and a CA that an earlier rotation left behind
//	proof.go        did a change reach every product, and which installations count
//	instances.go    did an errand reach the service instances?
//	dated.go        which dates tell when a CA was added, and which do not
//	certificates.go which certificates a rotation replaces, and which lag behind
//	stemcells.go    which VMs take new certificates only when they are recreated, and were they?
//	staged.go       whose changes the next apply changes deploys, and what the last left broken
//	reason.go       the stable codes of all outcomes
//	decide.go       may this phase run?
//	compare.go      is the version handed over of the rotation that is found, and what a
//	                call carried out in part leaves behind
//	born.go         CAs in CredHub that generate never saw
//	guards.go       what has to hold before a phase runs
//	prerequisites.go whether a rotation may begin: where the foundation stands, what the
//	                vendor requires before it, and what to know. Its rows are there and in
//	                prerequisites_certificates.go, prerequisites_foundation.go,
//	                opsmanager.go (versions, rights, BOSH DNS), stemcells.go,
//	                handset.go (what was set by hand in CredHub),
//	                orphans.go (what errands say that they pass by, of leaves as well)
//	                and fullapply.go (was everything deployed lately?)
//	forecast.go     how long an apply changes takes, and whether one was tried lately
//	wayback.go      is there a way back from a candidate, and to the former CA?
//	due.go          when what Ops Manager lists expires, and is that soon enough?
//	leafonly.go     the leaf certificates alone, without a rotation
//	next.go         what comes next: the way, its apply changes, and its end
//	gather.go       what has to be asked of Ops Manager, and what need not
package rotation
