// Package release_test plays the project's own release on a real Concourse: from a commit to
// released images. It runs inside the rig, and before the scenarios, which then take those images.
package release_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
)

func TestRelease(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Release")
}

var ci *concourse.Concourse

var _ = BeforeSuite(func() { ci = concourse.Connect() })
