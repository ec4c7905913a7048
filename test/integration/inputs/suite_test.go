// Package inputs_test gives the built binaries everything that an operator can
// get wrong, and reads what they say about it.
package inputs_test

import (
	"fmt"
	"os"
	"slices"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/format"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/test/integration/programs"
)

func TestInputs(t *testing.T) {
	RegisterFailHandler(Fail)
	format.MaxLength = 0
	RunSpecs(t, "Bad inputs")
}

// paths of the binaries by their names.
var paths map[string]string

var _ = SynchronizedBeforeSuite(programs.Find, func(found []byte) {
	paths = programs.Found(found)
	startOpsManager()
})

var _ = SynchronizedAfterSuite(func() {}, gexec.CleanupBuildArtifacts)

// badInput labels every entry of the tables, to be counted.
var badInput = Label("bad input")

var _ = ReportAfterSuite("count", func(report Report) {
	count := 0
	for _, spec := range report.SpecReports {
		if slices.Contains(spec.Labels(), badInput[0]) {
			count++
		}
	}
	_, _ = fmt.Fprintf(os.Stdout, "bad inputs: %d\n", count)
})
