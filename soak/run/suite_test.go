package run_test

import (
	"os"
	"path/filepath"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/format"
	"github.com/onsi/gomega/gexec"
)

func TestRun(t *testing.T) {
	RegisterFailHandler(Fail)
	format.MaxLength = 0
	RunSpecs(t, "Soak")
}

// binaries is a folder with the commands as they are now, and the real om.
var binaries string

var _ = SynchronizedBeforeSuite(func() []byte {
	folder, err := filepath.EvalSymlinks(GinkgoT().TempDir())
	Expect(err).NotTo(HaveOccurred())
	for _, name := range []string{"check", "in", "out", "opsman-ca"} {
		built, err := gexec.BuildWithEnvironment("github.com/opsman-ca/opsman-ca/cmd/"+name, []string{"CGO_ENABLED=0"}, "-trimpath", "-buildvcs=false")
		Expect(err).NotTo(HaveOccurred())
		Expect(os.Symlink(built, filepath.Join(folder, name))).To(Succeed())
	}
	om := os.Getenv("OPSMAN_CA_TEST_OM")
	if om == "" {
		om = filepath.Join("..", "..", "bin", "om-quick")
	}
	om, err = filepath.Abs(om)
	Expect(err).NotTo(HaveOccurred())
	Expect(om).To(BeAnExistingFile(), "the real om is missing: run `make bin/om-quick`, or name one by OPSMAN_CA_TEST_OM")
	Expect(os.Symlink(om, filepath.Join(folder, "om-quick"))).To(Succeed())
	return []byte(folder)
}, func(folder []byte) { binaries = string(folder) })

var _ = SynchronizedAfterSuite(func() {}, gexec.CleanupBuildArtifacts)
