// Package apply supervises the real `om apply-changes`: it waits its turn,
// starts om, stays with the installation when om does not, and judges the
// result product by product.
//
// Where to find what:
//
//	request.go    what is asked for, and its defaults
//	run.go        the order of things
//	wait.go       an installation that already runs
//	om.go         om as a subprocess: arguments, environment
//	watch.go      while om runs: heartbeat, stuck, interrupted
//	ours.go       which installation is ours
//	follow.go     om is gone, its installation is not
//	transcript.go where om's log stopped
//	verdict.go    did it reach every product
//	errands.go    the errand configuration, checked before om reads it
//	errors.go     how it can end badly
package apply
