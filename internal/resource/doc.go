// Package resource is the Concourse resource type: check, in and out. It speaks
// the protocol, reads and writes files, and acts; what may be done is decided in
// internal/rotation.
//
// command.go runs a command. The source (source.go) chooses what the versions are
// about, once: the state of the root CA (check.go, in.go, out.go), a rotation that is
// due (rotate_before.go), or certificates that expire (expiring.go).
package resource
