// Package secrets_test plants secrets in everything that the built binaries are
// given and told, and looks for them in everything that they leave behind.
package secrets_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/format"
	"github.com/onsi/gomega/gexec"
)

func TestSecrets(t *testing.T) {
	RegisterFailHandler(Fail)
	format.MaxLength = 0
	RunSpecs(t, "Planted secrets")
}

// The variables that name what is tested: a folder with the binaries, as in the
// resource's image (/opt/resource), and om. Without them the binaries are built,
// and om is the one that `make bin/om-quick` leaves.
const (
	binariesVariable = "OPSMAN_CA_BIN"
	omVariable       = "OPSMAN_CA_TEST_OM"
)

// paths of the binaries by their names.
var paths map[string]string

var _ = SynchronizedBeforeSuite(func() []byte {
	found := map[string]string{"om": realOm()}
	for _, name := range []string{"check", "in", "out", "opsman-ca"} {
		found[name] = binary(name)
	}
	encoded, err := json.Marshal(found)
	Expect(err).NotTo(HaveOccurred())
	return encoded
}, func(encoded []byte) {
	Expect(json.Unmarshal(encoded, &paths)).To(Succeed())
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

func realOm() string {
	path := os.Getenv(omVariable)
	if path == "" {
		path = filepath.Join("..", "..", "bin", "om-quick")
	}
	path, err := filepath.Abs(path)
	Expect(err).NotTo(HaveOccurred())
	Expect(path).To(BeAnExistingFile(), "the real om is missing: run `make bin/om-quick`, or name one by "+omVariable)
	return path
}
