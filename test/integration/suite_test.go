// Package integration_test runs the built binaries as Concourse does, and the
// real om, against simulated foundations.
package integration_test

import (
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/format"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/test/integration/programs"
)

func TestIntegration(t *testing.T) {
	RegisterFailHandler(Fail)
	format.MaxLength = 0
	SetDefaultEventuallyTimeout(20 * time.Second)
	RunSpecs(t, "Binaries")
}

// paths of the binaries by their names.
var paths map[string]string

var _ = SynchronizedBeforeSuite(programs.Find, func(found []byte) { paths = programs.Found(found) })

var _ = SynchronizedAfterSuite(func() {}, gexec.CleanupBuildArtifacts)
