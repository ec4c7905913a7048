package cli_test

import (
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

var _ = DescribeTable("a folder for the version that cannot be written to is refused before anything is sent",
	func(command string, unusable func(folder string) string) {
		f := serve(sim.Options{})
		to := unusable(GinkgoT().TempDir())
		r := run(f.environ, command, "--to", to)
		Expect(r.code).To(Equal(1), r.stderr)
		Expect(r.stderr).To(And(ContainSubstring(`error: --to "`+to+`" cannot be written to (`), ContainSubstring("nothing was changed")))
		Expect(f.Ledger().Requests).To(BeEmpty())
	},
	Entry("a file, for generate", "generate", aFile), Entry("a file, for verify", "verify", aFile), Entry("below a file, for activate", "activate", belowAFile),
	Entry("where nothing can be made, for regenerate", "regenerate", nowhere), Entry("where nothing can be made, for delete", "delete", nowhere),
)

func aFile(folder string) string {
	GinkgoHelper()
	path := filepath.Join(folder, "file")
	Expect(os.WriteFile(path, nil, 0o600)).To(Succeed())
	return path
}

func belowAFile(folder string) string { return filepath.Join(aFile(folder), "ca") }

// nowhere is a place where not even root can make a folder.
func nowhere(string) string { return "/proc/opsman-ca/ca" }
