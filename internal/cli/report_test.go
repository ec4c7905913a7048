package cli_test

import (
	"os"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
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

	It("fails where an expiry is null, empty or missing, with a sentence of its own", func() {
		f := serve(sim.Options{CAAge: 24 * time.Hour, LeafAge: 24 * time.Hour})
		_, err := f.AddFault(faults.Fault{Method: "GET", Path: "/api/v1/deployed/certificates", Effect: faults.Answer, Status: 200, Times: 9, Body: `{"certificates":[
			{"name":"/a","valid_until":null},{"name":"/b","valid_until":""},{"name":"/c"},{"name":"/d","valid_until":"2099-01-01T00:00:00Z"}]}`})
		Expect(err).NotTo(HaveOccurred())
		r := run(f.environ, "report", "--expires-within=30d")
		Expect(r.code).To(Equal(1))
		Expect(r.stdout).To(ContainSubstring("Nothing is known to expire within 30d"))
		Expect(r.stderr).To(And(ContainSubstring("error: 3 certificates have no date from Ops Manager, so it is unknown what expires within 30d: /a, /b, /c; look at them where they are used"), ContainSubstring("#certificates-unknown")))
		Expect(run(f.environ, "report").code).To(Equal(0))
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
