// Package due finds what is to trigger: a certificate that a rotation renews and
// that expires soon (Rotation), and whatever else expires soon (Expiring). What it
// finds is a function of Ops Manager's state, with no clock in it, so that the same
// thing triggers once.
package due
