package browser_test

import (
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/inventory"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

var now = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// report is what a foundation of some size looks like, with certificates of every
// procedure, of every urgency, and with names that are longer than a phone is wide.
func report() inventory.Inventory {
	GinkgoHelper()
	const standard, leaf = "Standard CA Procedure", "Standard Leaf Procedure"
	e := evidence.Evidence{
		At: now, OpsManager: "3.1.2-build.5",
		CAs: []evidence.CA{
			{GUID: "f7bc18f34f2a7a9403c3", Issuer: "Pivotal", Active: true, ExpiresOn: evidence.Stamp{Time: now.AddDate(0, 4, 11)}},
			{GUID: "a8ee01e33e3e3e3303e3", Issuer: "Pivotal", ExpiresOn: evidence.Stamp{Time: now.AddDate(4, 0, -2)}},
		},
		Products: evidence.Products{Asked: true, List: []evidence.Product{
			{GUID: "p-bosh-9a1f", Type: "p-bosh", Label: "BOSH Director"}, {GUID: "cf-5f3a9c1e7b2d", Type: "cf", Label: "Tanzu Application Service"},
			{GUID: "pivotal-mysql-77aa", Type: "pivotal-mysql", Label: "VMware SQL with MySQL for Tanzu Application Service"},
		}},
	}
	add := func(days int, c evidence.Certificate) {
		c.ValidUntil = now.AddDate(0, 0, days)
		e.Certificates.List = append(e.Certificates.List, c)
	}
	add(700, evidence.Certificate{Name: ".properties.nats_ca.f7bc18f34f2a7a9403c3", ProductGUID: "p-bosh-9a1f", IsCA: true, RotationProcedure: standard})
	add(133, evidence.Certificate{Name: ".properties.root_ca.f7bc18f34f2a7a9403c3", ProductGUID: "p-bosh-9a1f", IsCA: true, RotationProcedure: standard})
	for n := range 12 {
		add(300+n*97, evidence.Certificate{Name: fmt.Sprintf("/p-bosh/cf-5f3a9c1e7b2d/intermediate_%02d_ca", n), ProductGUID: "cf-5f3a9c1e7b2d", IsCA: true, Location: "credhub", RotationProcedure: standard, RotationProcedureURL: "https://techdocs.example.com/tanzu-operations-manager/3-1/rotating-cas-and-leaf-certificates.html#standard-ca-procedure"})
	}
	for n := range 40 {
		add(20+n*n%690, evidence.Certificate{Name: fmt.Sprintf("/p-bosh/cf-5f3a9c1e7b2d/component_%02d_with_a_rather_long_name_tls_certificate", n), ProductGUID: "cf-5f3a9c1e7b2d", Location: "credhub", RotationProcedure: leaf})
	}
	add(-12, evidence.Certificate{Name: ".properties.networking_poe_ssl_certs[0].certificate", ProductGUID: "cf-5f3a9c1e7b2d", Configurable: true, RotationProcedure: "Configurable Leaf Procedure"})
	add(64, evidence.Certificate{Name: ".properties.networking_poe_ssl_certs[1].certificate", ProductGUID: "cf-5f3a9c1e7b2d", Configurable: true, RotationProcedure: "Configurable Leaf Procedure"})
	add(410, evidence.Certificate{Name: ".properties.saml_service_provider_cert", ProductGUID: "cf-5f3a9c1e7b2d", Configurable: true, RotationProcedure: "Identity Provider SAML Procedure"})
	add(1200, evidence.Certificate{Name: "/services/tls_ca", IsCA: true, Location: "credhub", RotationProcedure: "Services TLS CA Procedure"})
	for n := range 6 {
		add(150+n*30, evidence.Certificate{Name: fmt.Sprintf("/p-bosh/service-instance_0d1f6b0e-58d5-4d0c-9d2a-4a1d0e7c1f%02d/tls_certificate", n), ProductGUID: "pivotal-mysql-77aa", Location: "credhub"})
	}
	add(4000, evidence.Certificate{Name: "/customer/ca", IsCA: true, Configurable: true, Location: "credhub"})
	add(500, evidence.Certificate{Name: "/opsmgr/bosh_dns/tls_ca", IsCA: true, AutoRotated: true, Location: "credhub"})
	e.Certificates.List = append(e.Certificates.List, evidence.Certificate{Name: "/p-bosh/cf-5f3a9c1e7b2d/without_a_date", ProductGUID: "cf-5f3a9c1e7b2d", RotationProcedure: leaf})

	i := inventory.Of(e)
	i.Foundation = "prod-eu-1"
	within, err := rotation.ParseWithin("3m")
	Expect(err).NotTo(HaveOccurred())
	i.Due, err = inventory.DueWithin(i, within)
	Expect(err).NotTo(HaveOccurred())
	return i
}
