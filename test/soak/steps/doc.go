// Package steps runs the binaries as a build of the pipelines does: check, get, the
// task that applies changes, put, and the task that rotates as a whole.
package steps
