// Package apply supervises the real `om apply-changes`: it waits its turn,
// starts om, stays with the installation when om does not, and judges the
// result product by product.
//
// Where to find what:
//
//	request.go    what is asked for, its defaults, and what is refused
//	deps.go       what it works with
//	run.go        the order of things
//	wait.go       an installation that already runs
//	errands.go    the errand configuration, checked before om reads it
//	errandplan.go the errands that an apply changes runs, and why
//	errandfile.go both, as the file that om reads
//	om.go         om as a subprocess: arguments, environment
//	watch.go      while om runs: heartbeat, stuck, interrupted
//	transcript.go om's output, and where its log stopped
//	progress.go   how far an installation is, and estimate.go for how much longer
//	past.go       how long former installations took
//	groups.go     headings in the log, product by product
//	message.go    om's complaint as one line
//	ours.go       which installation is ours
//	follow.go     om is gone, its installation is not
//	verdict.go    did it reach every product
//	outcome.go    how it went, errors.go how it can end badly
package apply
