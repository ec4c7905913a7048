// Package resource is the Concourse resource type: check, in and out. It speaks
// the protocol, reads and writes files, and acts; what may be done is decided in
// internal/rotation.
package resource
