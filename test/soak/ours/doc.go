// Package ours plays what stands around the binaries: Concourse, which checks,
// gets, puts and runs the task that applies changes, and an operator, who runs
// what failed again and follows the advice of a refusal where it gives any.
package ours
