package rotation_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

var _ = Describe("a certificate that an operator set by hand in CredHub", func() {
	const company, diego = "/C=DE/O=Acme AG/CN=Acme Issuing CA 3", "/CN=Diego Instance Identity Intermediate CA"
	of := func(name, issuer string, changes ...func(*evidence.Certificate)) evidence.Certificate {
		c := leaf(name, "2019-01-01T00:00:00Z")
		c.Issuer, c.ValidUntil = issuer, at("2033-03-01T00:00:00Z")
		for _, change := range changes {
			change(&c)
		}
		return c
	}
	ca := func(c *evidence.Certificate) { c.IsCA = true }
	set := of("/p-bosh/cf-2a/acme_ldap_client", company)

	It("is refused before generate where certificates v1 shows that no CA has signed it, and can be accepted", func() {
		f := before().v1(set)
		d := decide(rotation.Generate, settled(guidA), f)
		Expect(d.Verdict).To(Equal(rotation.Refuse))
		Expect(d.Reason).To(Equal(rotation.ReasonHandSet))
		Expect(d.Message + "; " + d.Next).To(says("/p-bosh/cf-2a/acme_ldap_client (issuer "+company+")", "no way back", "credhub set"))
		accepting := rotation.Options{Accept: []rotation.Reason{rotation.ReasonHandSet}}
		Expect(decide(rotation.Generate, settled(guidA), f, accepting).Verdict).To(Equal(rotation.Go))
		Expect(found(f, accepting, rotation.ReasonHandSet)).To(ConsistOf(HaveField("Status", rotation.StatusAccepted)))
		Expect(rotation.CertificatesHinder(f.tells())).To(BeTrue(), "what is excluded is asked for")
	})

	It("is refused before the leaf certificates alone are regenerated", func() {
		st := stages[rotation.Settled]()
		// One that is older than the CA is refused for that: see old-leaves.
		young := of(set.Name, company, func(c *evidence.Certificate) { c.ValidFrom = at("2024-01-01T00:00:00Z") })
		d := decide(rotation.Regenerate, st.from, st.f.v1(young), rotation.Options{LeafOnly: true})
		Expect(d.Reason).To(Equal(rotation.ReasonHandSet), d.Message)
	})

	DescribeTable("is no reason to refuse", func(status rotation.Status, f foundation, words ...string) {
		Expect(decide(rotation.Generate, settled(guidA), f).Verdict).To(Equal(rotation.Go))
		x := found(f, rotation.Options{}, rotation.ReasonHandSet)
		Expect(x).To(HaveLen(1))
		Expect(x[0].Status).To(Equal(status), x[0].Message)
		Expect(x[0].Message + "; " + x[0].Next).To(says(words...))
	},
		Entry("once it was set again", rotation.StatusPasses, before().v1(of(set.Name, company, func(c *evidence.Certificate) { c.Configurable = true }))),
		Entry("where it is excluded", rotation.StatusPasses, before().v1(of(set.Name, company, func(c *evidence.Certificate) { c.Excluded = true }))),
		Entry("where a listed CA has signed it", rotation.StatusPasses, before().v1(of(set.Name, company, func(c *evidence.Certificate) { c.SignedBy = []string{"/acme/mq_ca"} }))),
		Entry("where no rotation touches it", rotation.StatusPasses, before().v1(of("/p-bosh/service-instance_1/tls_certificate", company))),
		Entry("where Ops Manager holds it", rotation.StatusPasses, before().v1(of(".cf.tls", company, func(c *evidence.Certificate) { c.Location = "ops_manager" }))),
		Entry("where Ops Manager leaves CredHub alone", rotation.StatusPasses, before().v1(set).products(director, evidence.Product{GUID: tas.GUID, Type: "cf", Label: "TAS", Version: "2.8.1"})),
		Entry("by the text of its issuer, which v0 tells: a note", rotation.StatusNote, before().v0(set), set.Name, company, "maestro topology", "credhub set"),
		Entry("of an intermediate CA of the vendor's, of which v0 shows another name", rotation.StatusPasses, before().v0(of("/cf/diego-instance-identity-leaf", diego))),
		Entry("where v0 lists a CA of that issuer", rotation.StatusPasses, before().v0(of("/cf/leaf", "/CN=cf-ca"), of("/cf/ca", "/CN=cf-ca", ca))),
		Entry("as a CA of an organization of its own: a note", rotation.StatusNote, before().v1(of("/acme/mq_ca", "/C=DE/O=Acme AG/CN=Acme MQ CA", ca)), "/acme/mq_ca", "no client outside trusts", "exclude_from_rotation"),
		Entry("as a CA of CredHub's own or of the vendor's", rotation.StatusPasses, before().v0(of("/cf/ca", "/C=USA/O=Cloud Foundry/CN=ca", ca), of("/cf/other", "/C=US/O=Pivotal Software/CN=ca", ca))),
		Entry("where the certificates are those of nothing", rotation.StatusPasses, before().v0(), "does not tell more"),
	)
})
