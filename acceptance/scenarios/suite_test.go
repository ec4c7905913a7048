// Package scenarios_test rotates simulated foundations with the pipelines,
// unchanged, on a real Concourse. It runs inside the rig.
package scenarios_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/acceptance/concourse"
)

func TestScenarios(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Scenarios")
}

// ci is the Concourse that all specs share.
var ci *concourse.Concourse

var _ = BeforeSuite(func() { ci = concourse.Connect() })
