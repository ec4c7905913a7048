// Package play plays one cell of the matrix: a foundation of some shapes, at one version
// of Ops Manager, under one procedure, with the built binaries and the real om. It plays
// it twice, with no advice and with all of it, and judges both.
package play
