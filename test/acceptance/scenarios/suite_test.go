// Package scenarios_test rotates simulated foundations with the pipelines,
// unchanged, on a real Concourse. It runs inside the rig.
package scenarios_test

import (
	"embed"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
)

func TestScenarios(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Scenarios")
}

// testdata comes along with the compiled suite, which runs in any folder.
//
//go:embed testdata
var testdata embed.FS

// given is a file of testdata.
func given(file string) []byte {
	GinkgoHelper()
	text, err := testdata.ReadFile("testdata/" + file)
	Expect(err).NotTo(HaveOccurred())
	return text
}

// from takes the pipeline's text from a file of testdata; it is given the values of
// the pipeline that it replaces.
func from(file string) concourse.Option {
	return func(s *concourse.Setting) { s.Text = string(given(file)) }
}

// ci is the Concourse that all specs share.
var ci *concourse.Concourse

var _ = BeforeSuite(func() { ci = concourse.Connect() })
