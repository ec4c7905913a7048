// Package inputs_test gives the built binaries everything that an operator can
// get wrong, and reads what they say about it.
package inputs_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/format"
	"github.com/onsi/gomega/gexec"
)

func TestInputs(t *testing.T) {
	RegisterFailHandler(Fail)
	format.MaxLength = 0
	RunSpecs(t, "Bad inputs")
}

// binariesVariable names a folder with the binaries, as in the resource's image
// (/opt/resource). Without it they are built.
const binariesVariable = "OPSMAN_CA_BIN"

// paths of the binaries by their names.
var paths map[string]string

var _ = SynchronizedBeforeSuite(func() []byte {
	found := map[string]string{}
	for _, name := range []string{"check", "in", "out", "opsman-ca"} {
		found[name] = binary(name)
	}
	encoded, err := json.Marshal(found)
	Expect(err).NotTo(HaveOccurred())
	return encoded
}, func(encoded []byte) {
	Expect(json.Unmarshal(encoded, &paths)).To(Succeed())
	startOpsManager()
})

var _ = SynchronizedAfterSuite(func() {}, gexec.CleanupBuildArtifacts)

func binary(name string) string {
	if folder := os.Getenv(binariesVariable); folder != "" {
		path, err := filepath.Abs(filepath.Join(folder, name))
		Expect(err).NotTo(HaveOccurred())
		Expect(path).To(BeAnExistingFile(), binariesVariable+" names a folder without "+name)
		return path
	}
	path, err := gexec.BuildWithEnvironment("github.com/opsman-ca/opsman-ca/cmd/"+name, []string{"CGO_ENABLED=0"}, "-trimpath", "-buildvcs=false")
	Expect(err).NotTo(HaveOccurred())
	return path
}

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
