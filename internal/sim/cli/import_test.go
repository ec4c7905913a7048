package cli_test

import (
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim/imported"
)

// fixture is what om printed of a foundation.
func fixture(version string) string { return filepath.Join("..", "imported", "testdata", version) }

var _ = Describe("opsman-sim import", func() {
	It("prints the commands, in its help as well", func() {
		script, _, err := opsmanSim("import", "--commands")
		Expect(err).NotTo(HaveOccurred())
		Expect(script).To(Equal(imported.Commands()))
		help, _, err := opsmanSim("import", "--help")
		Expect(err).NotTo(HaveOccurred())
		for line := range strings.Lines(script) {
			Expect(help).To(ContainSubstring(line))
		}
	})

	It("has the commands of the documentation", func() {
		page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "rehearsal.md"))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(page)).To(ContainSubstring(imported.Commands()))
	})

	It("says what is taken over and what is assumed", func() {
		_, summary, err := opsmanSim("import", fixture("3.1"), "--vms", "cf=40,p.mysql=2")
		Expect(err).NotTo(HaveOccurred())
		Expect(summary).To(And(
			ContainSubstring("taken over"), ContainSubstring("version 3.1.2-build.5"), ContainSubstring("root CA 0d1c2b3a49586776a5b4"),
			ContainSubstring("40 VMs, as told"), ContainSubstring("1 VM: --vms p.rabbitmq=N tells"),
			ContainSubstring("Not simulated:"), ContainSubstring("with 47 VMs: opsman-sim serve --import "),
		))
	})

	DescribeTable("refuses", func(want string, args ...string) {
		_, _, err := opsmanSim(args...)
		Expect(err).To(MatchError(ContainSubstring(want)))
	},
		Entry("no folder", "import needs the folder", "import"),
		Entry("a folder that is not there", "no such", "import", "/nowhere"),
		Entry("a folder of something else", "is not taken for a foundation", "import", "."),
		Entry("what the import decides", "--tkgi, --days-left with --import", "serve", "--import", ".", "--tkgi", "--days-left", "9"),
		Entry("VMs without an import", "--vms goes with --import", "serve", "--vms", "cf=3"),
		Entry("a rehearsal without opsman-ca", "opsman-ca plan: fork/exec /nowhere", "rehearse", "--opsman-ca", "/nowhere"),
	)
})
