package rotation_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

var _ = Describe("the advice to go back to the former CA", func() {
	// B is active, and MySQL was left out of the only apply changes since it was made.
	untrusted := func() foundation {
		return shows(inactive(guidA, madeA), active(guidB, madeB)).
			after(installation(4, "2026-02-20T10:00:00Z"), installation(5, "2026-03-05T12:00:00Z", ok(director), ok(tas), failed(mysql)))
	}
	row := func(guid string, deployments []string, outdated ...string) evidence.Certificate {
		c := rootRow(guid, outdated...)
		c.Deployments = deployments
		return c
	}
	in := func(c evidence.Certificate, deployments ...string) evidence.Certificate {
		c.Deployments = deployments
		return c
	}
	everywhere := []string{director.GUID, tas.GUID, mysql.GUID}
	old := leaf("/cf/a", "2025-06-01T00:00:00Z")
	held := old
	held.Location = "ops_manager"
	nats := evidence.Certificate{Name: ".properties.nats_ca." + guidA, IsCA: true, OutdatedDeployments: []string{mysql.GUID}}

	DescribeTable("names it only where it is known to be trusted",
		func(f foundation, from *rotation.Version, named bool, why string) {
			s := f.observe(from)
			Expect(s.Untrusted()).To(BeTrue())
			d, refused := rotation.ApplyRefusal(s)
			Expect(refused).To(BeTrue())
			Expect(d.Reason).To(Equal(rotation.ReasonUntrusted))
			for _, next := range []string{d.Next, s.Next()} {
				if named {
					Expect(next).To(ContainSubstring("om activate-certificate-authority --id " + guidA))
					continue
				}
				Expect(next).NotTo(ContainSubstring("--id"))
				Expect(next).To(says("support", guidA, why))
			}
		},
		Entry("certificates v1 shows it deployed everywhere", untrusted().v1(row(guidA, everywhere), row(guidB, everywhere, mysql.GUID)).withoutRows(), nil, true, ""),
		Entry("certificates v1 shows a certificate of it deployed", untrusted().v1(in(leaf("/cf/a", "2025-06-01T00:00:00Z", guidA), tas.GUID)), nil, true, ""),
		Entry("certificates v1 names what does not trust it", untrusted().v1(row(guidA, everywhere, tas.GUID, mysql.GUID), row(guidB, everywhere)).withoutRows(), nil, false, "not trusted by "+tas.GUID+", "+mysql.GUID),
		Entry("certificates v1 names what does not trust its NATS CA", untrusted().v1(row(guidA, everywhere), row(guidB, everywhere), nats).withoutRows(), nil, false, "not trusted by "+mysql.GUID),
		Entry("and a version does not outweigh that", untrusted().v1(row(guidA, everywhere, tas.GUID)).withoutRows(), generated(guidA, guidB, "5"), false, "not trusted by "+tas.GUID),
		Entry("certificates v1 shows it nowhere", untrusted().v1(row(guidA, nil), row(guidB, everywhere)).withoutRows(), generated(guidA, guidB, "4"), false, "none that has the former one"),
		Entry("certificates v1 shows no deployment of any CA", untrusted(), nil, false, "no version has seen it active"),
		Entry("certificates v1 shows no deployment of any CA, and a version has seen it active", untrusted(), generated(guidA, guidB, "4"), true, ""),
		Entry("without v1, a version has seen it active", untrusted().v0(), generated(guidA, guidB, "4"), true, ""),
		Entry("without v1, CredHub holds what it signed", untrusted().v0(old), nil, true, ""),
		Entry("without v1, Ops Manager alone holds what it signed", untrusted().v0(held), nil, false, "no version has seen it active"),
		Entry("without v1 or a version", untrusted().v0(), nil, false, "no version has seen it active"),
		Entry("a snapshot brought it back", untrusted().v0(old), ended(guidB, guidA, "4"), false, "deleted once"),
		Entry("certificates are not listed", untrusted().certificatesUnknown("500"), nil, false, "no version has seen it active"),
	)
})
