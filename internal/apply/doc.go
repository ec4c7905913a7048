// Package apply supervises the real `om apply-changes`: it waits its turn,
// starts om, stays with the installation when om does not, and judges the
// result product by product.
//
// Where to find what:
//
//	request.go     what is asked for and what it works with, its defaults, and what is refused
//	run.go         the order of things
//	wait.go        an installation that already runs
//	errands.go     the errands that an apply changes runs, and why, and the file that om reads
//	staging.go     the products, staged and deployed, that errands are planned of
//	errandread.go  the operator's own configuration of them, checked before om reads it
//	om.go          om as a subprocess (arguments, environment), and its own API over our client
//	watch.go       while om runs: heartbeat, stuck, interrupted
//	transcript.go  om's output, where its log stopped, and headings in it, product by product
//	progress.go    how far an installation is, and for how much longer by former ones
//	say.go         lines of our own, om's complaint as one, and an output that no process reads
//	attribution.go which installation is ours
//	follow.go      om is gone, its installation is not
//	outcome.go     how it went: did it reach every product
//	errors.go      how it can end badly
//	redact.go      om's secrets, and no half of a private key in what it prints
package apply
