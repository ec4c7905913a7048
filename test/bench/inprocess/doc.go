// Package inprocess has the benchmarks of packages, without the start of a process:
// make bench runs them.
package inprocess
