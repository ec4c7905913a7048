// Package rig is one simulated foundation under a schedule: it carries out what
// the schedule says, starts the processes of a procedure, and hits them.
package rig
