// Package integration_test runs the built binaries as Concourse does, and the
// real om, against simulated foundations.
package integration_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/format"
	"github.com/onsi/gomega/gexec"
)

func TestIntegration(t *testing.T) {
	RegisterFailHandler(Fail)
	format.MaxLength = 0
	SetDefaultEventuallyTimeout(20 * time.Second)
	RunSpecs(t, "Binaries")
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

// realOm is om as users have it; only its poll interval is shorter.
func realOm() string {
	path := os.Getenv(omVariable)
	if path == "" {
		path = filepath.Join("..", "bin", "om-quick")
	}
	path, err := filepath.Abs(path)
	Expect(err).NotTo(HaveOccurred())
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved
	}
	Expect(path).To(BeAnExistingFile(), "the real om is missing: run `make bin/om-quick`, or name one by "+omVariable)
	return path
}
