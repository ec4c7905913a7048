// Package rotation decides. It turns what Ops Manager was seen to say
// (evidence.Evidence) and what was known before (a Version) into a phase, and a
// phase and a wanted step into go, already done, or refuse. It does no I/O and
// has no clock of its own: the same input gives the same answer.
//
// Read it in this order: phase.go (the phases and the legal moves), version.go
// (what Concourse remembers), observe.go (evidence to phase), proof.go (did it
// reach every product?), decide.go and guards.go (may this step run?).
package rotation
