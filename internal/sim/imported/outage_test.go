package imported_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/imported"
)

// played is a foundation after a second operator's clicks.
func played(dir string, checks bool, steps ...string) *sim.Foundation {
	GinkgoHelper()
	f, err := imported.Read(dir, imported.Settings{Now: now})
	Expect(err).NotTo(HaveOccurred())
	f.Options.KeyBits, f.Options.VMDelay = 1024, -1
	foundation, err := sim.New(f.Options)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(foundation.Close)
	for _, step := range steps {
		// An apply that breaks something fails; what it broke is looked at below.
		_ = foundation.Operator(sim.Action{Do: step, Checks: checks, Wait: true})
	}
	return foundation
}

var _ = DescribeTable("an imported foundation", func(version string, checks bool, steps []string, breaks bool, cas int) {
	state := played(fixture(version), checks, steps...).Dump()
	Expect(state.CAs).To(HaveLen(cas))
	if breaks {
		Expect(state.Broken).NotTo(BeEmpty())
	} else {
		Expect(state.Broken).To(BeEmpty())
		Expect(state.Good).To(BeNumerically(">", 0))
	}
},
	Entry("is not hurt by the right order", "3.1", true,
		[]string{"generate", "apply", "activate", "regenerate", "apply", "delete", "apply"}, false, 1),
	Entry("breaks when the new CA is activated before it is trusted, and nothing checks", "3.0", false,
		[]string{"generate", "activate", "regenerate", "apply"}, true, 2),
	Entry("is kept from it by the safety checks", "3.1", true,
		[]string{"generate", "activate", "apply"}, false, 2),
	Entry("breaks when the former CA is deleted before the new certificates are deployed", "2.10", false,
		[]string{"generate", "apply", "activate", "delete", "apply"}, true, 1),
)

// validFrom is since when v0 says that each certificate is valid.
func validFrom(f *sim.Foundation) map[string]string {
	GinkgoHelper()
	from := map[string]string{}
	for _, line := range rows(answer(f, "/api/v0/deployed/certificates"), "variable_path", "property_reference", "valid_from") {
		name, since, _ := strings.Cut(line, " valid_from=")
		from[strings.NewReplacer("variable_path=", "", "property_reference=", "", "<nil>", "", " ", "").Replace(name)] = since
	}
	return from
}

var _ = It("renews the leaves of an imported foundation, and leaves alone what no rotation touches", func() {
	added := `{"certificates":[
		{"name":".properties.root_ca.0d1c2b3a49586776a5b4","location":"ops_manager","is_ca":true,"product_guid":"ops_manager","issuer":"/C=US/O=Pivotal",
		 "valid_from":"2023-03-10T09:14:07Z","valid_until":"2053-03-02T09:14:07Z"},
		{"name":"/of/an/unlisted/ca","location":"credhub","issuer":"/CN=nobody","valid_from":"2024-06-18T10:00:00Z","valid_until":"2049-06-11T10:00:00Z"}]}`
	dir := folder("3.1", map[string]string{"certificates_v1.json": added})
	const (
		unlisted, router, nats = "/of/an/unlisted/ca", ".router.tls_credentials", ".director.nats_client_credentials"
		saml, own, services    = ".uaa.service_provider_key_credentials", ".properties.networking_poe_ssl_certs[0].certificate", "/services/tls_ca"
	)
	before := validFrom(played(dir, true))
	after := validFrom(played(dir, true, "generate", "apply", "activate", "regenerate", "apply", "delete", "apply"))
	for _, renewed := range []string{unlisted, router, nats, "/opsmgr/bosh_dns/server_tls", "/opsmgr/bosh_dns/tls_ca"} {
		Expect(before).To(HaveKey(renewed))
		Expect(after[renewed] > before[renewed]).To(BeTrue(), "%s is of %s, was of %s", renewed, after[renewed], before[renewed])
	}
	for _, kept := range []string{saml, own, services, ".properties.opsmgr_ssl"} {
		Expect(before).To(HaveKey(kept))
		Expect(after).To(HaveKeyWithValue(kept, before[kept]))
	}
})
