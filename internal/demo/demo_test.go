package demo_test

import (
	"bytes"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/demo"
)

var _ = AfterSuite(gexec.CleanupBuildArtifacts)

// binaries is a folder with all that the demo runs: those of OPSMAN_CA_BIN, else
// built ones; and om, as `make bin/om-quick` leaves it.
func binaries() string {
	GinkgoHelper()
	folder := GinkgoT().TempDir()
	for _, name := range []string{"check", "in", "out", "opsman-ca"} {
		path := filepath.Join(os.Getenv("OPSMAN_CA_BIN"), name)
		if os.Getenv("OPSMAN_CA_BIN") == "" {
			var err error
			path, err = gexec.BuildWithEnvironment("github.com/opsman-ca/opsman-ca/cmd/"+name, []string{"CGO_ENABLED=0"}, "-trimpath", "-buildvcs=false")
			Expect(err).NotTo(HaveOccurred())
		}
		link(path, filepath.Join(folder, name))
	}
	om := os.Getenv("OPSMAN_CA_TEST_OM")
	if om == "" {
		om = filepath.Join("..", "..", "bin", "om-quick")
	}
	link(om, filepath.Join(folder, "om-quick"))
	return folder
}

func link(from, to string) {
	GinkgoHelper()
	from, err := filepath.Abs(from)
	Expect(err).NotTo(HaveOccurred())
	Expect(from).To(BeAnExistingFile())
	Expect(os.Symlink(from, to)).To(Succeed())
}

var _ = Describe("the demo", func() {
	It("rotates a foundation, and shows the mistake on another", func(ctx SpecContext) {
		var out bytes.Buffer
		err := demo.Run(ctx, demo.Options{
			Bin: binaries(), Environ: append(os.Environ(), "NO_COLOR=1"),
			Console: console.New(&out, console.Options{Color: console.ColorNever}),
		})
		GinkgoWriter.Println(out.String())
		Expect(err).NotTo(HaveOccurred())
		for _, text := range []string{
			"phase settled", "phase generated", "phase trusted", "phase activated", "phase regenerated", "phase replaced", "phase retired",
			"settled: the root CA", "handshakes, none broken", "activate refused (not-reached)", "refused, and nothing was changed.", "broken:", "demo complete",
		} {
			Expect(out.String()).To(ContainSubstring(text))
		}
		Expect(out.String()).NotTo(ContainSubstring("[redacted]"), "nothing had to be taken out")
	})

	It("fails when a binary is missing, and names it", func(ctx SpecContext) {
		var out bytes.Buffer
		err := demo.Run(ctx, demo.Options{Bin: GinkgoT().TempDir(), Console: console.New(&out, console.Options{Color: console.ColorNever})})
		Expect(err).To(MatchError(And(HavePrefix("the rotation did not go as it should: look: check: "), ContainSubstring("no such file"))))
	})
})
