//go:build !concourse8

package files_test

import "github.com/concourse/concourse/atc"

// What the documentation tells people to switch on. Concourse 8 knows no such switch:
// with its packages, test with -tags concourse8.
func init() { atc.EnableAcrossStep = true }
