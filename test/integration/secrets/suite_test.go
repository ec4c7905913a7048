// Package secrets_test plants secrets in everything that the built binaries are
// given and told, and looks for them in everything that they leave behind.
package secrets_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/format"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/test/integration/programs"
)

func TestSecrets(t *testing.T) {
	RegisterFailHandler(Fail)
	format.MaxLength = 0
	RunSpecs(t, "Planted secrets")
}

// paths of the binaries by their names.
var paths map[string]string

var _ = SynchronizedBeforeSuite(programs.Find, func(found []byte) { paths = programs.Found(found) })

var _ = SynchronizedAfterSuite(func() {}, gexec.CleanupBuildArtifacts)
