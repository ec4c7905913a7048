package resource_test

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/resource/listing"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

var _ = Describe("in", func() {
	It("writes the version, each of its fields, its certificates, and a summary", func() {
		f := serve(sim.Options{})
		Expect(f.Operator(sim.Action{Do: "generate"})).To(Succeed())
		a := f.get(nil)
		cas := f.Dump().CAs
		Expect(a.Version).To(Equal(version{"state": "generated", "active": cas[0].GUID, "candidate": cas[1].GUID, "installation": a.Version["installation"]}))

		files := f.files()
		Expect(files).To(HaveLen(9))
		var read version
		Expect(json.Unmarshal([]byte(files["version.json"]), &read)).To(Succeed())
		Expect(read).To(Equal(a.Version))
		for key, value := range a.Version {
			Expect(files).To(HaveKeyWithValue(key, value))
		}
		Expect(files).To(HaveKeyWithValue("active.pem", cas[0].CertPEM))
		Expect(files).To(HaveKeyWithValue("candidate.pem", cas[1].CertPEM))
		var lines []resource.Metadatum
		Expect(json.Unmarshal([]byte(files["metadata.json"]), &lines)).To(Succeed())
		Expect(lines).To(Equal(a.Metadata))
		Expect(files["summary.md"]).To(And(HavePrefix("# Root CA rotation: generated\n\n- **state**: generated\n"), ContainSubstring("- **candidate CA**: "+cas[1].GUID+" (created ")))
	})

	It("shows metadata in one order, with nothing in it that is not everybody's business", func() {
		f := serve(sim.Options{})
		Expect(f.Operator(sim.Action{Do: "generate"})).To(Succeed())
		first := f.get(nil)
		Expect(first.names()).To(Equal([]string{"state", "active CA", "candidate CA", "installation"}))
		for range 5 {
			Expect(f.in(first.Version)).To(Equal(first))
		}
		target, err := url.Parse(f.server.URL)
		Expect(err).NotTo(HaveOccurred())
		for _, m := range first.Metadata {
			Expect(m.Value).NotTo(Or(ContainSubstring(target.Host), ContainSubstring("127.0.0.1"), ContainSubstring("admin")))
			Expect(m.Value).NotTo(HavePrefix("http"))
		}
		Expect(first.value("active CA")).To(MatchRegexp(`^\S+ \(created \S+, expires \S+, SHA-256 ([0-9A-F]{2} ){7}[0-9A-F]{2}\)$`))
	})

	It("of a blocked state links to what to do", func() {
		f := serve(sim.Options{})
		Expect(f.Operator(sim.Action{Do: "generate"})).To(Succeed())
		Expect(f.Operator(sim.Action{Do: "generate"})).To(Succeed())
		got := f.get(nil)
		Expect(got.value("blocked by")).To(Equal("too-many-cas"))
		Expect(got.value("what to do")).To(HaveSuffix("docs/troubleshooting.md#too-many-cas"))
		Expect(got.Version).NotTo(ContainElement(ContainSubstring("troubleshooting")))
	})

	It("says what it has got: the active CA, or why the state is blocked", func() {
		f := serve(sim.Options{})
		ca := filepath.Join(f.build, "ca")
		v := f.check(nil)[0]
		Expect(f.run(resource.In(listing.Certificates{}), map[string]any{"version": v}, ca).stderr).To(ContainSubstring("settled active CA " + v["active"] + "\n"))
		stuck := map[string]string{"state": "blocked", "reason": "too-many-cas"}
		r := f.run(resource.In(listing.Certificates{}), map[string]any{"version": stuck}, ca)
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stderr).To(HaveSuffix("blocked too-many-cas\n"))
	})

	It("writes for an old version what it wrote when it was new", func() {
		f := serve(sim.Options{})
		settled := f.get(nil)
		before := f.files()
		f.must("generate")
		f.apply()
		Expect(f.in(settled.Version)).To(Equal(settled))
		Expect(f.files()).To(Equal(before))
	})

	It("with skip_download asks Ops Manager nothing", func() {
		f := serve(sim.Options{})
		v := f.check(nil)[0]
		asked := len(f.Ledger().Requests)
		r := f.run(resource.In(listing.Certificates{}), map[string]any{"version": v, "params": map[string]any{"skip_download": true}}, filepath.Join(f.build, "ca"))
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(f.Ledger().Requests).To(HaveLen(asked))
		Expect(f.files()).To(And(HaveKey("version.json"), HaveKeyWithValue("active", v["active"]), Not(HaveKey("active.pem"))))
		Expect(decoded(r).value("active CA")).To(Equal(v["active"]))
	})

	It("fails for a version whose rotation is over, and writes nothing", func() {
		f := serve(sim.Options{})
		v := f.check(nil)[0]
		v["active"] = "0123456789abcdef0123"
		r := f.run(resource.In(listing.Certificates{}), map[string]any{"version": v}, filepath.Join(f.build, "ca"))
		Expect(r.code).To(Equal(1))
		Expect(r.stdout).To(BeEmpty())
		Expect(r.stderr).To(ContainSubstring("error: this version is of a finished rotation: its CA 0123456789abcdef0123 is gone from Ops Manager, so its certificate cannot be had; " +
			"let the resource check for new versions and use the newest one (or unpin this one)\n"))
		Expect(filepath.Join(f.build, "ca")).NotTo(BeADirectory())
	})

	It("keeps a private key that a server puts beside a certificate out of its files", func() {
		f := serve(sim.Options{})
		v := f.check(nil)[0]
		body, err := json.Marshal(map[string]any{"certificate_authorities": []any{map[string]any{
			"guid": v["active"], "issuer": "x", "active": true, "created_on": "2026-01-01", "expires_on": "2030-01-01",
			"cert_pem": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" + f.Dump().CAs[0].CertPEM + "trailing text",
		}}})
		Expect(err).NotTo(HaveOccurred())
		f.fault(faults.Fault{Path: "/api/v0/certificate_authorities", Effect: faults.Answer, Status: 200, Body: string(body)})
		f.in(v)
		Expect(f.files()["active.pem"]).To(Equal(f.Dump().CAs[0].CertPEM))
	})
})

var _ = DescribeTable("the summary names the foundation that a get names",
	func(name, heading string) {
		f := serve(sim.Options{})
		versions := f.check(nil)
		r := f.run(resource.In(listing.Certificates{}), map[string]any{
			"version": versions[0], "params": map[string]any{"skip_download": true, "foundation": name},
		}, filepath.Join(f.build, "ca"))
		Expect(r.code).To(Equal(0), r.stderr)
		text, err := os.ReadFile(filepath.Join(f.build, "ca", "summary.md"))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(text)).To(HavePrefix(heading + "\n"))
		Expect(r.stdout).NotTo(ContainSubstring("west"), "the version and its metadata are the same for each")
	},
	Entry("by name", "west", "# Root CA rotation of west: settled"),
	Entry("in one line", "west\n# east", "# Root CA rotation of west # east: settled"),
	Entry("by none", "", "# Root CA rotation: settled"),
)
