package resource_test

import (
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/resource/listing"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

var _ = Describe("in with report", func() {
	get := func(f *foundation, params map[string]any) ran {
		GinkgoHelper()
		return f.run(resource.In(listing.Certificates{}), map[string]any{"version": f.check(nil)[0], "params": params}, filepath.Join(f.build, "ca"))
	}

	It("leaves the report in a folder of its own, beside what it always writes", func() {
		f := serve(sim.Options{ConfigurableLeaf: true})
		r := get(f, map[string]any{"report": true})
		Expect(r.code).To(Equal(0), r.stderr)
		for name, begin := range map[string]string{
			"report.html": "<!DOCTYPE html>", "report.md": "# Certificates\n", "report.json": "{\n  \"format\": 1",
		} {
			content, err := os.ReadFile(filepath.Join(f.build, "ca", "report", name))
			Expect(err).NotTo(HaveOccurred())
			Expect(string(content)).To(And(HavePrefix(begin), ContainSubstring(f.Dump().CAs[0].GUID)), name)
		}
		Expect(filepath.Join(f.build, "ca", "version.json")).To(BeARegularFile())
		Expect(decoded(r).Metadata).NotTo(BeEmpty())
		Expect(r.stderr).To(ContainSubstring("report/ has what Ops Manager lists now"))
	})

	It("is refused with skip_download, before anything is asked or written", func() {
		f := serve(sim.Options{})
		r := get(f, map[string]any{"report": true, "skip_download": true})
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(ContainSubstring("params.report does not go with params.skip_download"))
		Expect(filepath.Join(f.build, "ca")).NotTo(BeADirectory())
	})

	It("fails where Ops Manager does not answer", func() {
		f := serve(sim.Options{})
		v := f.check(nil)[0]
		f.fault(faults.Fault{Path: "/api/v0/deployed/products", Effect: faults.Answer, Status: 403, Body: "{}"})
		r := f.run(resource.In(listing.Certificates{}), map[string]any{"version": v, "params": map[string]any{"report": true}}, filepath.Join(f.build, "ca"))
		Expect(r.code).To(Equal(1))
		Expect(r.stdout).To(BeEmpty())
		Expect(r.stderr).To(ContainSubstring("cannot ask Ops Manager for its deployed products"))
	})
})
