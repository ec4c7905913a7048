// Package credhub is what CredHub holds of a simulated foundation, as Maestro sees it: its
// CAs with their versions and leaves, what each deployment runs with and trusts, what a
// rotation of the root CA does to them, and the safety checks before it.
package credhub
