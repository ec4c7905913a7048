package cli_test

import (
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

var _ = Describe("report, as files", func() {
	It("leaves every form in a folder, besides what it shows, and fails afterwards when something is due", func() {
		f := serve(sim.Options{ConfigurableLeaf: true})
		folder := filepath.Join(GinkgoT().TempDir(), "new", "report")
		r := run(append(f.environ, "REPORT_TO="+folder, "FOUNDATION=production"), "report", "--expires-within=3m")
		Expect(r.code).To(Equal(1))
		Expect(r.stdout).To(HavePrefix("certificates production, "))
		for name, begin := range map[string]string{"report.html": "<!DOCTYPE html>", "report.md": "# Certificates\n\nproduction, ", "report.json": "{\n  \"format\": 1,\n  \"foundation\": \"production\""} {
			content, err := os.ReadFile(filepath.Join(folder, name))
			Expect(err).NotTo(HaveOccurred())
			Expect(string(content)).To(And(HavePrefix(begin), ContainSubstring(f.Dump().CAs[0].GUID)), name)
		}
		Expect(f.changes()).To(BeEmpty())
	})

	It("asks nothing where the folder cannot be written", func() {
		f := serve(sim.Options{})
		blocked := filepath.Join(GinkgoT().TempDir(), "file")
		Expect(os.WriteFile(blocked, nil, 0o600)).To(Succeed())
		r := run(f.environ, "report", "--to", blocked)
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(ContainSubstring("cannot be written to (not a directory): expected a folder, or the path of a new one, for example report"))
		Expect(f.Ledger().Requests).To(BeEmpty())
	})

	It("is one page of HTML on request", func() {
		f := serve(sim.Options{})
		r := run(f.environ, "report", "--html")
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stdout).To(And(HavePrefix("<!DOCTYPE html>"), HaveSuffix("</html>\n"), ContainSubstring(f.Dump().CAs[0].GUID), ContainSubstring("TAS"), Not(ContainSubstring("<script"))))
		Expect(run(f.environ, "report", "--html", "--json").code).To(Equal(2))
	})
})
