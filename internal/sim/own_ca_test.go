package sim_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
	"github.com/opsman-ca/opsman-ca/internal/sim/outcome"
)

var _ = Describe("root CAs of the operator's own", func() {
	upload := func(om *opsman, until time.Time) string {
		GinkgoHelper()
		key, err := rsa.GenerateKey(rand.Reader, 1024)
		Expect(err).NotTo(HaveOccurred())
		cert, private := custom(key, true, until)
		return text(om.mustPost(cas, map[string]any{"cert_pem": cert, "private_key_pem": private}).body["guid"])
	}
	rows := func(om *opsman, path string) []map[string]any {
		var all []map[string]any
		for _, row := range items(om.get(path).body["certificates"]) {
			all = append(all, object(row))
		}
		return all
	}

	DescribeTable("are dated by the upload or by their certificate", func(notBefore bool) {
		om := loggedIn(sim.Options{CreatedOnNotBefore: notBefore})
		upload(om, time.Now().AddDate(1, 0, 0)) // signed four years ago
		list := om.authorities()
		own, err := time.Parse(time.RFC3339, text(list[1]["created_on"]))
		Expect(err).NotTo(HaveOccurred())
		active, err := time.Parse(time.RFC3339, text(list[0]["created_on"]))
		Expect(err).NotTo(HaveOccurred())
		Expect(own.Before(active)).To(Equal(notBefore), "%s, %s", own, active)
		Expect(own.Equal(parseCert(text(list[1]["cert_pem"])).NotBefore)).To(Equal(notBefore))
	}, Entry("the upload", false), Entry("NotBefore, so older than the active one", true))

	It("rotate to one that is older than the active one", func() {
		om := loggedIn(sim.Options{CreatedOnNotBefore: true})
		old := text(om.authorities()[0]["guid"])
		guid := upload(om, time.Now().AddDate(1, 0, 0))
		Expect(om.apply()).To(Succeed())
		om.mustPost(activatePath(guid), nil)
		om.mustPost(cas+"/active/regenerate", nil)
		Expect(om.apply()).To(Succeed())
		Expect(om.call("DELETE", cas+"/"+old, nil).status).To(Equal(200))
		Expect(om.apply()).To(Succeed())
		Expect(om.Broken()).To(BeEmpty())
	})

	It("are configurable CAs among the certificates, and may be there from the beginning", func() {
		om := loggedIn(sim.Options{OwnRootCA: true})
		ca := om.authorities()[0]
		Expect(ca["issuer"]).To(Equal("Example Corp Root CA"))
		name := ".properties.root_ca." + text(ca["guid"])
		Expect(rows(om, "/api/v0/deployed/certificates")).To(ContainElement(And(
			HaveKeyWithValue("property_reference", name), HaveKeyWithValue("configurable", true), HaveKeyWithValue("is_ca", true),
			HaveKeyWithValue("issuer", `/C=DE/O=Example Corp/OU=B\xC3\xBCro/CN=Example Corp Root CA/DC=example/DC=com`))))
		Expect(rows(om, "/api/v1/deployed/certificates")).To(ContainElement(And(
			HaveKeyWithValue("name", name), HaveKeyWithValue("configurable", true), HaveKeyWithValue("is_ca", true))))
		By("rotating to a generated one")
		Expect(om.apply()).To(Succeed())
		guid := om.generate()
		Expect(parseCert(text(om.authorities()[1]["cert_pem"])).Subject.String()).To(Equal("O=Pivotal,C=US"))
		Expect(om.apply()).To(Succeed())
		om.mustPost(activatePath(guid), nil)
		Expect(om.apply()).To(Succeed())
		Expect(om.Broken()).To(BeEmpty())
	})

	It("have rows in v1 without their GUID, those of NATS too", func() {
		om := loggedIn(sim.Options{V1WithoutGUIDs: true})
		guid := om.generate()
		Expect(om.get("/api/v1/deployed/certificates?no_cache=true").text).NotTo(ContainSubstring("_ca." + guid))
		Expect(rows(om, "/api/v1/deployed/certificates")).To(ContainElements(
			HaveKeyWithValue("name", ".properties.root_ca"), HaveKeyWithValue("name", ".properties.nats_ca")))
		Expect(om.get("/api/v0/deployed/certificates").text).To(ContainSubstring(".properties.root_ca." + guid))
	})

	It("may be written with CR line ends and text around them", func() {
		om := loggedIn(sim.Options{DecoratedPEM: true})
		for _, field := range []string{"cert_pem", "nats_cert_pem"} {
			shown := text(om.authorities()[0][field])
			Expect(shown).To(HavePrefix("Bag Attributes\r\n"))
			Expect(strings.Count(shown, "\n")).To(Equal(strings.Count(shown, "\r\n")))
			block, rest := pem.Decode([]byte(shown))
			Expect(block).NotTo(BeNil())
			Expect(rest).NotTo(BeEmpty())
		}
	})
})

var _ = Describe("a rotation in part", func() {
	signing := func(om *opsman, path string) sim.CredHubCAState {
		for _, ca := range om.Dump().CredHub {
			if ca.Path == path {
				return ca
			}
		}
		return sim.CredHubCAState{}
	}
	const dns, services = "/opsmgr/bosh_dns/tls_ca", "service_instance_ca"

	It("leaves the CA that failed as it was, behind a 200", func() {
		om := loggedIn(sim.Options{})
		old := text(om.authorities()[0]["guid"])
		guid := om.generate()
		Expect(om.apply()).To(Succeed())

		fault(om, faults.Fault{Path: activatePath(guid), Effect: faults.FailEntries})
		Expect(om.mustPost(activatePath(guid), nil).body["certificates"]).To(HaveKeyWithValue("update_failed", ConsistOf(HaveKeyWithValue("variable_path", dns))))
		Expect(signing(om, dns).Signing).To(Equal(1))
		Expect(signing(om, dns).Transitional).To(Equal([]int{2}))
		Expect(signing(om, "/p-bosh/"+om.Dump().Products[2].GUID+"/"+services).Signing).To(Equal(2))
		Expect(violations(om.call("POST", cas+"/active/regenerate", nil))).To(ContainElement(outcome.SigningTransitional))

		By("which the checks refuse to repeat")
		Expect(violations(om.call("POST", activatePath(guid), nil))).To(ConsistOf(outcome.LatestNotTransitional))
		Expect(om.Operator(sim.Action{Do: "activate", GUID: guid})).To(Succeed())
		Expect(signing(om, dns).Signing).To(Equal(2))
		By("deleting in part")
		om.mustPost(cas+"/active/regenerate", nil)
		Expect(om.apply()).To(Succeed())
		fault(om, faults.Fault{Method: "DELETE", Effect: faults.FailEntries, Names: []string{dns}})
		a := om.call("DELETE", cas+"/"+old, nil)
		Expect(a.status).To(Equal(200))
		Expect(a.body["certificates"]).To(HaveKeyWithValue("update_failed", ConsistOf(HaveKeyWithValue("variable_path", dns))))
		Expect(signing(om, dns).Transitional).To(Equal([]int{1}))
		Expect(om.apply()).To(Succeed())
		Expect(violations(om.call("POST", cas+"/generate", nil))).To(ContainElement(outcome.HasTransitional))
	})
})
