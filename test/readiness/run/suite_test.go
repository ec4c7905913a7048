package run_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/format"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/test/integration/programs"
)

func TestRun(t *testing.T) {
	RegisterFailHandler(Fail)
	format.MaxLength = 0
	RunSpecs(t, "Readiness")
}

// binaries is a folder with the commands as they are now, and the real om.
var binaries string

var _ = SynchronizedBeforeSuite(func() []byte { return []byte(programs.Folder()) }, func(folder []byte) { binaries = string(folder) })

var _ = SynchronizedAfterSuite(func() {}, gexec.CleanupBuildArtifacts)
