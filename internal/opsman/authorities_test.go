package opsman_test

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

var _ = Describe("Certificate authorities", func() {
	const (
		base       = "/api/v0/certificate_authorities"
		generate   = "POST " + base + "/generate"
		create     = "POST " + base
		activate   = "POST " + base + "/abc-1/activate"
		regenerate = "POST " + base + "/active/regenerate"
		remove     = "DELETE " + base + "/abc-1"
	)
	const item = `{"location":"credhub","product_guid":"cf-1","property_reference":null,"variable_path":"/cf/ca","reason":"because"}`
	wantedItem := opsman.Item{Location: "credhub", ProductGUID: "cf-1", VariablePath: "/cf/ca", Reason: "because"}
	var s *server
	BeforeEach(func() { s = newServer() })

	It("are listed with either form of date", func(ctx SpecContext) {
		s.on("GET "+base, answer(200, `{"certificate_authorities":[
			{"guid":"f7bc18f34f2a7a9403c3","issuer":"Pivotal","created_on":"2017-01-09","expires_on":"2021-01-09T22:47:53Z","active":true,"cert_pem":"PEM","nats_cert_pem":"NATS","new":1},
			{"guid":"a8ee01e33e3e3e3303e3","issuer":null,"created_on":null,"active":false}]}`))
		cas, err := connect(s.config()).CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(cas).To(Equal([]evidence.CA{
			{
				GUID: "f7bc18f34f2a7a9403c3", Issuer: "Pivotal", Active: true, CertPEM: "PEM", NATSCertPEM: "NATS",
				CreatedOn: evidence.Stamp{Time: time.Date(2017, 1, 9, 0, 0, 0, 0, time.UTC), DateOnly: true},
				ExpiresOn: evidence.Stamp{Time: time.Date(2021, 1, 9, 22, 47, 53, 0, time.UTC)},
			},
			{GUID: "a8ee01e33e3e3e3303e3"},
		}))
	})

	DescribeTable("have their certificate as PEM is written, and its own expiry where there is no other", func(ctx SpecContext, change func(string) string, expires string, wanted func(identity) evidence.Stamp) {
		own := newIdentity()
		body, err := json.Marshal(map[string]any{"guid": "a", "cert_pem": change(own.pem), "nats_cert_pem": change(own.pem), "expires_on": json.RawMessage(expires)})
		Expect(err).NotTo(HaveOccurred())
		s.on("GET "+base, answer(200, `{"certificate_authorities":[`+string(body)+`]}`))
		cas, err := connect(s.config()).CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(cas).To(Equal([]evidence.CA{{GUID: "a", CertPEM: own.pem, NATSCertPEM: own.pem, ExpiresOn: wanted(own)}}))
	},
		Entry("as it is", func(pem string) string { return pem }, `null`, notAfter),
		Entry("empty", func(pem string) string { return pem }, `""`, notAfter),
		Entry("with another date", func(pem string) string { return pem }, `"2031-01-09"`, func(identity) evidence.Stamp {
			return evidence.Stamp{Time: time.Date(2031, 1, 9, 0, 0, 0, 0, time.UTC), DateOnly: true}
		}),
		Entry("with the line ends of Windows", func(pem string) string { return strings.ReplaceAll(pem, "\n", "\r\n") }, `null`, notAfter),
		Entry("with carriage returns alone", func(pem string) string { return strings.ReplaceAll(pem, "\n", "\r") }, `null`, notAfter),
		Entry("with text around it", func(pem string) string { return "Certificate:\n    Data:\n" + pem + "\n# the end" }, `null`, notAfter),
		Entry("without a line feed at its end", strings.TrimSpace, `null`, notAfter),
	)

	It("may be none", func(ctx SpecContext) {
		s.on("GET "+base, answer(200, `{"certificate_authorities":[]}`))
		cas, err := connect(s.config()).CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(cas).To(BeEmpty())
	})

	DescribeTable("are generated", func(ctx SpecContext, status int, body string, wanted opsman.Created) {
		s.on(generate, answer(status, body))
		created, err := connect(s.config()).Generate(ctx, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(created).To(Equal(wanted))
		Expect(s.sent(generate)[0].Body).To(MatchJSON(`{}`))
		Expect(s.sent(generate)[0].Header.Get("Content-Type")).To(Equal("application/json"))
	},
		Entry("as documented", 200, `{"guid":"new-1","issuer":"Pivotal","created_on":"2026-08-01","active":false,
			"certificates":{"regenerated":[`+item+`],"excluded":[`+item+`],"regenerate_failed":[]}}`,
			opsman.Created{
				CA: evidence.CA{
					GUID: "new-1", Issuer: "Pivotal",
					CreatedOn: evidence.Stamp{Time: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC), DateOnly: true},
				},
				Report: opsman.Report{Regenerated: []opsman.Item{wantedItem}, Excluded: []opsman.Item{wantedItem}},
			}),
		Entry("before 2.9", 200, `{"guid":"new-1"}`, opsman.Created{CA: evidence.CA{GUID: "new-1"}}),
		Entry("in a list, as the procedure pages show", 200, `{"certificate_authorities":[{"guid":"new-1"}]}`, opsman.Created{CA: evidence.CA{GUID: "new-1"}}),
		Entry("with warnings", 207, `{"guid":"new-1","warnings":["TKGI is installed","second"]}`,
			opsman.Created{CA: evidence.CA{GUID: "new-1"}, Report: opsman.Report{Warnings: []string{"TKGI is installed", "second"}}}),
		Entry("with null lists", 200, `{"guid":"new-1","certificates":{"regenerated":null,"excluded":null,"regenerate_failed":null},"warnings":null,"errors":[]}`,
			opsman.Created{CA: evidence.CA{GUID: "new-1"}}),
		Entry("with certificates null", 200, `{"guid":"new-1","certificates":null}`, opsman.Created{CA: evidence.CA{GUID: "new-1"}}),
	)

	It("are handed over whole", func(ctx SpecContext) {
		s.on(create, answer(200, `{"certificate_authorities":[{"guid":"old-1","cert_pem":"OLD"},{"guid":"new-1","cert_pem":"CERT\n"}]}`))
		created, err := connect(s.config()).Create(ctx, "CERT", "KEY \"x\"\n\\", nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(created.CA.GUID).To(Equal("new-1"))
		var body map[string]string
		Expect(json.Unmarshal([]byte(s.sent(create)[0].Body), &body)).To(Succeed())
		Expect(body).To(Equal(map[string]string{"cert_pem": "CERT", "private_key_pem": "KEY \"x\"\n\\"}))
	})

	DescribeTable("are made with a list of those that are left alone, where there is one", func(ctx SpecContext, step, body string, exclude ...string) {
		s.on(step, answer(200, `{"guid":"new-1"}`))
		client := connect(s.config())
		var err error
		if step == create {
			_, err = client.Create(ctx, "CERT", "KEY", exclude)
		} else {
			_, err = client.Generate(ctx, exclude)
		}
		Expect(err).NotTo(HaveOccurred())
		Expect(s.sent(step)[0].Body).To(MatchJSON(body))
	},
		Entry("generated", generate, `{"exclude_from_rotation":{"certificate_authorities":["/services/tls_ca","/own/ca"]}}`, "/services/tls_ca", "/own/ca"),
		Entry("of one's own", create, `{"cert_pem":"CERT","private_key_pem":"KEY","exclude_from_rotation":{"certificate_authorities":["/services/tls_ca"]}}`, "/services/tls_ca"),
		Entry("of one's own, without", create, `{"cert_pem":"CERT","private_key_pem":"KEY"}`),
	)

	It("are not guessed from a list of several", func(ctx SpecContext) {
		s.on(generate, answer(200, `{"certificate_authorities":[{"guid":"old-1"},{"guid":"new-1"}]}`))
		_, err := connect(s.config()).Generate(ctx, nil)
		var unknown *opsman.OutcomeUnknownError
		Expect(errors.As(err, &unknown)).To(BeTrue())
	})

	steps := map[string]func(*opsman.Client, SpecContext) (opsman.Report, error){
		generate: func(c *opsman.Client, ctx SpecContext) (opsman.Report, error) {
			created, err := c.Generate(ctx, nil)
			return created.Report, err
		},
		activate:   func(c *opsman.Client, ctx SpecContext) (opsman.Report, error) { return c.Activate(ctx, "abc-1") },
		regenerate: func(c *opsman.Client, ctx SpecContext) (opsman.Report, error) { return c.Regenerate(ctx) },
		remove:     func(c *opsman.Client, ctx SpecContext) (opsman.Report, error) { return c.Delete(ctx, "abc-1") },
	}

	DescribeTable("are taken through a phase", func(ctx SpecContext, step string, status int, body string, wanted opsman.Report) {
		s.on(step, answer(status, body))
		report, err := steps[step](connect(s.config()).Client, ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(report).To(Equal(wanted))
		Expect(s.sent(step)).To(HaveLen(1))
	},
		Entry("activate", activate, 200, `{"certificates":{"updated":[`+item+`],"excluded":[`+item+`],"update_failed":[]}}`,
			opsman.Report{Updated: []opsman.Item{wantedItem}, Excluded: []opsman.Item{wantedItem}}),
		Entry("activate before 2.9", activate, 200, `{}`, opsman.Report{}),
		Entry("activate with an empty answer", activate, 200, ``, opsman.Report{}),
		Entry("activate with warnings", activate, 207, `{"certificates":{},"warnings":["w"]}`, opsman.Report{Warnings: []string{"w"}}),
		Entry("regenerate", regenerate, 200, `{"certificates":{"regenerated":[`+item+`],"excluded":[],"regenerate_failed":[]}}`,
			opsman.Report{Regenerated: []opsman.Item{wantedItem}}),
		Entry("regenerate with one warning", regenerate, 207, `{"warnings":"alone"}`, opsman.Report{Warnings: []string{"alone"}}),
		Entry("delete", remove, 200, `{"certificates":{"updated":[`+item+`]}}`, opsman.Report{Updated: []opsman.Item{wantedItem}}),
		Entry("delete without content", remove, 204, ``, opsman.Report{}),
	)

	DescribeTable("are not called done when certificates failed", func(ctx SpecContext, step string, status int, body string) {
		s.on(step, answer(status, body))
		report, err := steps[step](connect(s.config()).Client, ctx)
		var failed *opsman.FailedCertificatesError
		Expect(errors.As(err, &failed)).To(BeTrue(), "%v", err)
		Expect(failed.Report).To(Equal(report))
		Expect(report.Failed).To(Equal([]opsman.Item{wantedItem}))
		Expect(err.Error()).To(And(ContainSubstring("only in part, 1 certificate failed: /cf/ca (because)"), ContainSubstring("read the state")))
		var unknown *opsman.OutcomeUnknownError
		Expect(errors.As(err, &unknown)).To(BeFalse())
	},
		Entry("generate", generate, 200, `{"guid":"new-1","certificates":{"regenerate_failed":[`+item+`]}}`),
		Entry("generate with warnings", generate, 207, `{"guid":"new-1","certificates":{"regenerate_failed":[`+item+`]},"warnings":["w"]}`),
		Entry("activate", activate, 200, `{"certificates":{"update_failed":[`+item+`]}}`),
		Entry("regenerate", regenerate, 200, `{"certificates":{"regenerate_failed":[`+item+`]}}`),
		Entry("delete", remove, 207, `{"certificates":{"update_failed":[`+item+`]}}`),
	)

	It("that failed in part are returned all the same", func(ctx SpecContext) {
		s.on(generate, answer(200, `{"guid":"new-1","certificates":{"regenerate_failed":[`+item+`,`+item+`]}}`))
		created, err := connect(s.config()).Generate(ctx, nil)
		Expect(err).To(MatchError(ContainSubstring("2 certificates failed")))
		Expect(created.CA.GUID).To(Equal("new-1"))
	})

	It("are not called done when a 207 holds violations", func(ctx SpecContext) {
		s.on(regenerate, answer(207, `{"safety_violations":[{"violation":"certificate authorities can not have a transitional version"}],"warnings":["w"]}`))
		report, err := connect(s.config()).Regenerate(ctx)
		var api *opsman.APIError
		Expect(errors.As(err, &api)).To(BeTrue())
		Expect(api.Violations[0].Code).To(Equal(opsman.CodeRotationUnderWay))
		Expect(report.Warnings).To(Equal([]string{"w"}))
	})

	It("name an item by what it has", func() {
		Expect(opsman.Item{PropertyReference: ".p", ProductGUID: "cf-1"}.Name()).To(Equal("cf-1 .p"))
		Expect(opsman.Item{PropertyReference: ".p"}.Name()).To(Equal(".p"))
		Expect(opsman.Item{ProductGUID: "cf-1"}.Name()).To(Equal("cf-1"))
		Expect(opsman.Item{}.String()).To(Equal("a certificate without a name"))
	})
})

// notAfter is the expiry that a certificate has by itself.
func notAfter(own identity) evidence.Stamp {
	certificate, err := x509.ParseCertificate(own.tls.Certificate[0])
	Expect(err).NotTo(HaveOccurred())
	return evidence.Stamp{Time: certificate.NotAfter.UTC()}
}
