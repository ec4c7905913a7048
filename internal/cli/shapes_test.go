package cli_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

// What a real foundation can look like, by the real om. Certificates v1 shows service
// instances that lag behind; 2.10 has v0 alone.
var _ = Describe("a foundation as real ones are", func() {
	const withV1, withoutV1 = "3.1.2-build.5", "2.10.60-build.1"

	DescribeTable("is rotated with no accept and no refusal: the reference foundation", func(version string) {
		o := sim.ReferenceFoundation()
		o.Version = version
		f := serve(o)
		r := f.rotate("--ignore-warnings")
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stderr).To(And(ContainSubstring("the rotation is complete"), Not(ContainSubstring("refused")), Not(ContainSubstring("accepted"))))
		Expect(f.Dump().CAs).To(HaveLen(1))
		Expect(f.Dump().Broken).To(BeEmpty())
	}, Entry("certificates v1", withV1), Entry("certificates v0", withoutV1))

	DescribeTable("is rotated, whatever else is odd about it", func(version string, change func(*sim.Options)) {
		o := withServices()
		o.Version = version
		change(&o)
		f := serve(o)
		r := f.rotate()
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(f.Dump().CAs).To(HaveLen(1))
		Expect(f.Dump().Broken).To(BeEmpty())
	},
		Entry("logs without the marks of commands: the record of its own apply changes proves the instances", withoutV1, func(o *sim.Options) { o.PlainLogs = true }),
		Entry("v1 that does not name the CAs by GUID", withV1, func(o *sim.Options) { o.V1WithoutGUIDs = true }),
		Entry("a dead record below the newest", withV1, func(o *sim.Options) { o.DeadRecord = true }),
		Entry("another user name in the history", withoutV1, func(o *sim.Options) { o.InstallationUser = "admin@example.com" }),
		Entry("an own root CA, dated when it was signed", withV1, func(o *sim.Options) { o.OwnRootCA, o.CreatedOnNotBefore = true, true }),
		Entry("an own root CA, dated when it was signed, v0", withoutV1, func(o *sim.Options) { o.OwnRootCA, o.CreatedOnNotBefore = true, true }),
		Entry("PEM with CR line ends and text around", withV1, func(o *sim.Options) { o.DecoratedPEM = true }),
		Entry("no errands of the director", withV1, func(o *sim.Options) { o.NoDirectorErrands = true }),
		Entry("bare dates", withV1, func(o *sim.Options) { o.DateOnly = true }),
		Entry("selective deploys every day, and a pruned history", withoutV1, func(o *sim.Options) { o.SelectiveHistory, o.DaysToKeep = 200, 30 }),
	)

	DescribeTable("is refused before anything changes for what the vendor requires, and settled with the advice followed",
		func(version string, change func(*sim.Options), code string, advice ...string) {
			o := withServices()
			o.Version = version
			change(&o)
			f := serve(o)
			r := f.rotate()
			Expect(r.code).To(Equal(1), r.stderr)
			Expect(r.stderr).To(ContainSubstring("generate refused (" + code + ")"))
			Expect(f.Ledger().Writes()).NotTo(ContainElement(HaveField("Path", "/api/v0/certificate_authorities/generate")))
			r = f.rotate(advice...)
			Expect(r.code).To(Equal(0), r.stderr)
			Expect(f.Dump().CAs).To(HaveLen(1))
			Expect(f.Dump().Broken).To(BeEmpty())
		},
		Entry("old stemcells, v0", withoutV1, func(o *sim.Options) { o.OldStemcells = true }, "recreate-needed", "--recreate-vms"),
		Entry("old stemcells, v1", withV1, func(o *sim.Options) { o.OldStemcells = true }, "recreate-needed", "--recreate-vms"),
		Entry("an Ops Manager below 2.10.20", "2.10.10-build.1", func(*sim.Options) {}, "recreate-needed", "--recreate-vms"),
		Entry("old stemcells, and logs that tell nothing", withoutV1, func(o *sim.Options) { o.OldStemcells, o.PlainLogs = true, true }, "recreate-needed", "--recreate-vms"),
		Entry("BOSH DNS rotates by itself, v1", withV1, func(o *sim.Options) { o.AutoRotateDNS = true }, "dns-auto-rotation", "--accept", "dns-auto-rotation"),
		Entry("BOSH DNS rotates by itself, v0", "3.0.20-build.1", func(o *sim.Options) { o.AutoRotateDNS = true }, "dns-auto-rotation", "--accept", "dns-auto-rotation"),
		Entry("a CA of a customer in CredHub", withV1, func(o *sim.Options) { o.CustomerCA = true }, "customer-cas", "--exclude-from-rotation", "/customer/tls_ca"),
	)

	It("is not proven with v0 by another operator's apply changes with the errand off, and is by one with it", func() {
		o := withServices()
		o.Version = withoutV1
		f := serve(o)
		ca := GinkgoT().TempDir()
		Expect(run(f.environ, "generate", "--to", ca).code).To(BeZero())
		Expect(f.Operator(sim.Action{Do: "errand", Product: "p.mysql", Errand: sim.UpgradeAllErrand})).To(Succeed())
		f.operate("apply")

		r := run(f.environ, "verify", "--from", ca, "--to", ca)
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(And(ContainSubstring("verify refused (not-reached)"), ContainSubstring("MySQL"), ContainSubstring("did not run in installation 3")))
		r = run(f.environ, "activate", "--from", ca, "--to", ca)
		Expect(r.stderr).To(ContainSubstring("activate refused (not-reached)"))
		Expect(run(f.environ, append([]string{"apply-changes", "--from", ca}, quickly()...)...).code).To(BeZero(), "one more apply changes, with the errand")

		Expect(run(f.environ, "verify", "--from", ca, "--to", ca).code).To(BeZero())
		Expect(f.rotate("--from", ca, "--to", ca).code).To(BeZero())
		Expect(f.Dump().Broken).To(BeEmpty())
	})

	It("is never judged by v0 where its version has v1", func() {
		f := serve(withServices())
		f.fault(faults.Fault{Method: http.MethodGet, Path: "/api/v1/deployed/certificates", Effect: faults.Answer, Status: http.StatusNotFound, Body: `{"errors":["no such route"]}`, Times: faults.Forever})
		r := f.rotate()
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(ContainSubstring("certificates-unknown"))
		Expect(f.Dump().Broken).To(BeEmpty())
	})

	DescribeTable("is refused where TKGI's clusters were not upgraded", func(version string) {
		o := withServices()
		o.Version, o.Tiles = version, append(o.Tiles, sim.TKGITile(2))
		f := serve(o)
		r := f.rotate()
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(And(ContainSubstring("note: TKGI's clusters get new certificates only by its upgrade-all errand"), ContainSubstring("verify refused (clusters-not-upgraded)")))
		Expect(f.Dump().Broken).To(BeEmpty())
	}, Entry("certificates v1", withV1), Entry("certificates v0", withoutV1))

	It("is proven step by step where its logs have no marks, by the record that apply-changes leaves beside the version", func() {
		o := withServices()
		o.Version, o.PlainLogs = withoutV1, true
		f := serve(o)
		ca := GinkgoT().TempDir()
		step := func(args ...string) ran { return run(f.environ, append(args, "--from", ca, "--to", ca)...) }
		apply := func() {
			GinkgoHelper()
			r := run(f.environ, append([]string{"apply-changes", "--from", ca}, quickly()...)...)
			Expect(r.code).To(BeZero(), r.stderr)
		}
		Expect(run(f.environ, "generate", "--to", ca).code).To(BeZero())
		apply()
		record := filepath.Join(ca, "applied.json")
		kept, err := os.ReadFile(record)
		Expect(err).NotTo(HaveOccurred())
		Expect(os.Remove(record)).To(Succeed())
		for _, phase := range []string{"verify", "activate"} {
			r := step(phase)
			Expect(r.code).To(Equal(1))
			Expect(r.stderr).To(And(ContainSubstring("instances-unproven"), ContainSubstring("its log has none of the lines")), phase)
		}
		Expect(os.WriteFile(record, []byte("{}"), 0o600)).To(Succeed())
		Expect(step("verify").stderr).To(And(ContainSubstring("applied.json is not the record that apply-changes leaves"), ContainSubstring("--from")))

		Expect(os.WriteFile(record, kept, 0o600)).To(Succeed())
		Expect(run(f.environ, append([]string{"apply-changes", "--from", ca}, quickly()...)...).stderr).To(ContainSubstring("nothing to do"))
		r := step("verify")
		Expect(r.code).To(BeZero(), r.stderr)
		Expect(r.stderr).To(ContainSubstring("proven by the record that our own apply changes left (applied.json)"))
		for _, phase := range []string{"activate", "regenerate", "apply", "verify", "delete", "apply", "verify"} {
			if phase == "apply" {
				apply()
				continue
			}
			r := step(phase)
			Expect(r.code).To(BeZero(), r.stderr)
		}
		Expect(f.Dump().CAs).To(HaveLen(1))
		Expect(f.Dump().Installations).To(HaveLen(5))
		Expect(f.Dump().Broken).To(BeEmpty())
	})

	It("is proven once, where the run was killed between the apply changes and its verify", func() {
		o := withServices()
		o.Version = withoutV1
		f := serve(o)
		ca := GinkgoT().TempDir()
		apply := func() {
			GinkgoHelper()
			r := run(f.environ, append([]string{"apply-changes", "--from", ca}, quickly()...)...)
			Expect(r.code).To(BeZero(), r.stderr)
		}
		phase := func(args ...string) {
			GinkgoHelper()
			r := run(f.environ, append(args, "--from", ca, "--to", ca)...)
			Expect(r.code).To(BeZero(), r.stderr)
		}
		before := f.Dump().Installations
		Expect(run(f.environ, "generate", "--to", ca).code).To(BeZero())
		apply()
		apply() // what was done is found by its log
		phase("verify")
		phase("activate")
		phase("regenerate")
		apply()
		apply()
		phase("verify")
		phase("delete")
		apply()
		apply()
		phase("verify")
		Expect(f.Dump().Installations).To(HaveLen(len(before) + 3))
		Expect(f.Dump().Broken).To(BeEmpty())
	})
})

// companysRoot is a root CA that was signed years before the one that it replaces, as
// the files of --certificate and --private-key.
func companysRoot() []string {
	GinkgoHelper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	Expect(err).NotTo(HaveOccurred())
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Example Root CA"}, SubjectKeyId: []byte{1, 2, 3},
		NotBefore: time.Now().AddDate(-9, 0, 0), NotAfter: time.Now().AddDate(9, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	Expect(err).NotTo(HaveOccurred())
	folder := GinkgoT().TempDir()
	certificate, private := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	Expect(os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600)).To(Succeed())
	Expect(os.WriteFile(private, pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}), 0o600)).To(Succeed())
	return []string{"--certificate", certificate, "--private-key", private}
}

var _ = Describe("a company's own root CA, older than the one that it replaces", func() {
	DescribeTable("is rotated to where created_on is the day it was signed, and the former CA is the one that goes", func(version string) {
		o := withServices()
		o.Version, o.CreatedOnNotBefore = version, true
		f := serve(o)
		former := f.Dump().CAs[0].GUID
		r := f.rotate(companysRoot()...)
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(f.Dump().CAs).To(ConsistOf(HaveField("GUID", Not(Equal(former)))))
		Expect(f.Dump().Broken).To(BeEmpty())
	}, Entry("certificates v1", "3.1.2-build.5"), Entry("certificates v0", "2.10.60-build.1"))

	It("is not guessed about by who has no version", func() {
		o := withServices()
		o.CreatedOnNotBefore = true
		f := serve(o)
		ca := GinkgoT().TempDir()
		Expect(run(f.environ, append([]string{"generate", "--to", ca}, companysRoot()...)...).code).To(BeZero())
		for _, args := range [][]string{{"delete"}, {"verify"}, {"activate"}, append([]string{"apply-changes"}, quickly()...), append([]string{"rotate"}, quickly()...)} {
			r := run(f.environ, args...)
			Expect(r.code).To(Equal(1))
			Expect(r.stderr).To(ContainSubstring("undated-ca"), args[0])
		}
		Expect(f.rotate("--from", ca, "--to", ca).code).To(BeZero())
		Expect(f.Dump().Broken).To(BeEmpty())
	})
})
