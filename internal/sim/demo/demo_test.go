package demo_test

import (
	"bytes"
	"os"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/sim/demo"
	"github.com/opsman-ca/opsman-ca/test/integration/programs"
)

var _ = AfterSuite(gexec.CleanupBuildArtifacts)

var _ = Describe("the demo", func() {
	It("rotates a foundation, and shows the mistake on another", func(ctx SpecContext) {
		var out bytes.Buffer
		err := demo.Run(ctx, demo.Options{
			Bin: programs.Folder(), Environ: append(os.Environ(), "NO_COLOR=1"),
			Console: console.New(&out, console.Options{Color: console.ColorNever}),
		})
		GinkgoWriter.Println(out.String())
		Expect(err).NotTo(HaveOccurred())
		for _, text := range []string{
			"state settled", "state generated", "state trusted", "state activated", "state regenerated", "state replaced", "state retired",
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
