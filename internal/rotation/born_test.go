package rotation_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

var _ = Describe("a CA in CredHub that came into being after generate", func() {
	const path, young = "/p-bosh/service-instance_9a1c/mysql_ca", "2026-03-19T09:00:00Z"
	of := func(name, from string) evidence.Certificate {
		c := leaf(name, from)
		c.IsCA = true
		return c
	}
	with := func(change func(*evidence.Certificate)) evidence.Certificate {
		c := of("/p-bosh/service-instance_9a1c/instance_ca", young)
		change(&c)
		return c
	}
	// noted are the notes of an activate, which always goes ahead.
	noted := func(f foundation) []string {
		GinkgoHelper()
		d := decide(rotation.Activate, stages[rotation.Trusted]().from, f)
		Expect(d.Verdict).To(Equal(rotation.Go), d.Message)
		return d.Notes
	}

	DescribeTable("is named before activate, which Ops Manager refuses or not, whatever lists it", func(list func(foundation, ...evidence.Certificate) foundation) {
		ca := of(path, young)
		notes := noted(list(stages[rotation.Trusted]().f, ca, ca, of("/p-bosh/cf-1/uaa_ca", "2026-03-02T10:20:00Z")))
		Expect(notes).To(ConsistOf(says("came into being after generate", path+"; Ops Manager refuses", "maestro regenerate ca --name "+path, "apply changes on all products", "delete the service instance")))
		Expect(notes[0]).NotTo(ContainSubstring("uaa_ca"), "generate made its version minutes later")
	},
		Entry("certificates v1", foundation.v1),
		Entry("certificates v0", foundation.v0),
	)

	DescribeTable("is no such CA", func(c evidence.Certificate) {
		for _, f := range []foundation{stages[rotation.Trusted]().f.v1(c), stages[rotation.Trusted]().f.v0(c)} {
			Expect(noted(f)).NotTo(ContainElement(ContainSubstring("came into being")))
		}
	},
		Entry("a leaf", leaf("/p-bosh/service-instance_9a1c/instance_tls", young)),
		Entry("one from before", of(path, "2026-02-01T09:00:00Z")),
		Entry("one that generate gave a version, half an hour behind the candidate", of(path, "2026-03-02T10:30:00Z")),
		Entry("one that was made about when the first apply changes began", of(path, "2026-03-03T09:05:00Z")),
		Entry("one of a customer", with(func(c *evidence.Certificate) { c.Configurable = true })),
		Entry("one that is excluded", with(func(c *evidence.Certificate) { c.Excluded = true })),
		Entry("one that no rotation touches", of("/p-bosh/service-instance_9a1c/pxc_galera_ca", young)),
		Entry("one of no deployment", of("/opsmgr/bosh_dns/tls_ca", young)),
		Entry("one that rotates by itself", with(func(c *evidence.Certificate) { c.AutoRotated = true })),
		Entry("one that Ops Manager holds", with(func(c *evidence.Certificate) { c.Location = "ops_manager" })),
		Entry("one without a date", of(path, "0001-01-01T00:00:00Z")),
	)

	It("is none where Ops Manager leaves CredHub alone: no other has a new version there either", func() {
		f := stages[rotation.Trusted]().f.v1(of(path, young))
		f.e.Products.List = append([]evidence.Product{}, f.e.Products.List...)
		f.e.Products.List[1].Version = "2.8.1"
		Expect(noted(f)).NotTo(ContainElement(ContainSubstring("came into being")))
	})

	It("is dated behind the proof of trust where the candidate is an operator's own, and not at all without its record", func() {
		st := stages[rotation.Trusted]()
		for i := range st.f.e.CAs {
			st.f.e.CAs[i].Issuer = "Example Corp"
		}
		own := func(from string) []evidence.Certificate { return []evidence.Certificate{of(path, from)} }
		born := func(e evidence.Evidence, from string) []evidence.Certificate {
			e.Certificates.List = own(from)
			return rotation.Born(e, st.f.observe(st.from))
		}
		e := st.f.tells()
		Expect(born(e, young)).To(HaveLen(1))
		Expect(born(e, "2026-03-03T09:05:00Z")).To(BeEmpty())
		e.History.List = nil
		Expect(born(e, young)).To(BeEmpty())
	})

	It("is dated behind the proof of trust where created_on is a bare date of the same day", func() {
		st := stages[rotation.Trusted]()
		st.f.e.CAs[1].CreatedOn = stamp("2026-03-03")
		Expect(noted(st.f.v0(of(path, "2026-03-03T10:00:00Z")))).To(ConsistOf(says("came into being after generate", path)))
		Expect(noted(st.f.v0(of(path, "2026-03-03T09:05:00Z")))).To(BeEmpty())
	})

	It("is asked about exclusions, and no later phase is", func() {
		e := stages[rotation.Trusted]().f.v0(of(path, young)).tells()
		Expect(rotation.CertificatesHinder(e)).To(BeTrue())
		Expect(rotation.CertificatesHinder(stages[rotation.Trusted]().f.v0(of(path, "2026-02-01T09:00:00Z")).tells())).To(BeFalse())
		Expect(rotation.CertificatesHinder(stages[rotation.Activated]().f.v0(of(path, young)).tells())).To(BeFalse())
	})

	It("is told behind a refusal of Ops Manager, where it is one of those that are refused or none is named", func() {
		st := stages[rotation.Trusted]()
		e, s := st.f.v0(of(path, young)).tells(), st.f.observe(st.from)
		for _, refused := range [][]string{nil, {path, "/corp/ca"}} {
			Expect(rotation.BornSentence(e, s, refused)).To(says("these came into being after generate", path+"; run maestro", "rerun this step"))
		}
		Expect(rotation.BornSentence(e, s, []string{"/corp/ca"})).To(BeEmpty())
	})
})
