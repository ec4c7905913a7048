package opsman_test

import (
	"errors"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

var _ = Describe("Refusals", func() {
	const regenerate = "POST /api/v0/certificate_authorities/active/regenerate"
	var s *server
	BeforeEach(func() { s = newServer() })

	refusal := func(ctx SpecContext, status int, body string) *opsman.APIError {
		GinkgoHelper()
		s.on(regenerate, answer(status, body))
		_, err := connect(s.config()).Regenerate(ctx)
		var api *opsman.APIError
		Expect(errors.As(err, &api)).To(BeTrue(), "%v", err)
		Expect(api.Status).To(Equal(status))
		return api
	}

	DescribeTable("are read in every shape", func(ctx SpecContext, status int, body string, messages ...string) {
		api := refusal(ctx, status, body)
		if len(messages) == 0 {
			Expect(api.Messages).To(BeEmpty())
			Expect(api.Error()).To(ContainSubstring("it gave no reason"))
			return
		}
		Expect(api.Messages).To(Equal(messages))
		Expect(api.Error()).To(Equal("Ops Manager refused POST /api/v0/certificate_authorities/active/regenerate with " +
			map[int]string{400: "400 Bad Request", 403: "403 Forbidden", 404: "404 Not Found", 422: "422 Unprocessable Entity"}[status] +
			": " + strings.Join(messages, "; ")))
	},
		Entry("setup, as seen", 400, `{"errors":{"base":["The application has not yet been set up.  Please visit the UI."]}}`, "The application has not yet been set up. Please visit the UI."),
		Entry("forbidden, as documented", 403, `{"errors":{"errors":["You are not allowed"]}}`, "You are not allowed"),
		Entry("an error string", 403, `{"error":"Your UAA access token has expired"}`, "Your UAA access token has expired"),
		Entry("a list", 404, `{"errors":["Certificate with specified guid not found"]}`, "Certificate with specified guid not found"),
		Entry("a list of several", 422, `{"errors":["one","two"]}`, "one", "two"),
		Entry("a string under errors", 422, `{"errors":"alone"}`, "alone"),
		Entry("fields", 422, `{"errors":{"instances":["may not change"],"base":["b"],"az":["x","y"]}}`, "az: x", "az: y", "b", "instances: may not change"),
		Entry("nested fields", 422, `{"errors":{"jobs":{"web":["too few"]}}}`, "jobs: web: too few"),
		Entry("a list of objects", 422, `{"errors":[{"message":"m1"},{"message":"m2"}]}`, "m1", "m2"),
		Entry("error and errors alike", 422, `{"error":"same","errors":["same","other"]}`, "same", "other"),
		Entry("UAA's", 403, `{"error":"insufficient_scope","error_description":"Insufficient scope for this resource"}`, "insufficient_scope", "Insufficient scope for this resource"),
		Entry("numbers", 422, `{"errors":[42]}`, "42"),
		Entry("a bare list", 422, `["odd"]`, "odd"),
		Entry("a bare string", 422, `"odd"`, "odd"),
		Entry("plain text", 422, "not\nJSON\x1b[31m at all", "not JSON[31m at all"),
		Entry("verifiers", 422, `{"errors":["no"],"deployment_errors":{"products":[{"identifier":"cf","verifiers":[{"type":"AvailabilityZonesVerifier","errors":["az gone"]}],"properties":[{"name":".properties.x","errors":["missing"]}]}]}}`,
			"no", "cf .properties.x: missing", "cf AvailabilityZonesVerifier: az gone"),
		Entry("nothing", 422, ``),
		Entry("an empty object", 422, `{}`),
		Entry("nulls", 422, `{"error":null,"errors":null,"safety_violations":null,"warnings":null}`),
	)

	It("keep a real answer with violations whole", func(ctx SpecContext) {
		api := refusal(ctx, 422, `{"certificates":{"regenerated":[],"excluded":[],"regenerate_failed":[]},
			"safety_violations":[{"violation":"latest certificate authority versions with active children are not signing",
			  "certificate_names":["/p-bosh/p_spring/pxc_galera_ca","/p-bosh/p_spring/pxc_server_ca"]}],
			"errors":["failed to create new inactive certificate authorities"],"warnings":["TKGI"]}`)
		Expect(api.Messages).To(Equal([]string{"failed to create new inactive certificate authorities"}))
		Expect(api.Warnings).To(Equal([]string{"TKGI"}))
		Expect(api.Violations).To(HaveLen(1))
		Expect(api.Violations[0].Code).To(Equal(opsman.CodeServiceInstancesNotDeployed))
		Expect(api.Error()).To(And(
			ContainSubstring("failed to create new inactive certificate authorities"),
			ContainSubstring("on /p-bosh/p_spring/pxc_galera_ca, /p-bosh/p_spring/pxc_server_ca"),
			ContainSubstring("upgrade-all-service-instances"),
			ContainSubstring("(warnings: TKGI)"),
			Not(ContainSubstring("\n"))))
	})

	It("keep the certificates that failed", func(ctx SpecContext) {
		api := refusal(ctx, 422, `{"certificates":{"regenerate_failed":[{"variable_path":"/cf/ca","reason":"in use"}]},"errors":["no"]}`)
		Expect(api.Failed).To(Equal([]opsman.Item{{VariablePath: "/cf/ca", Reason: "in use"}}))
		Expect(api.Error()).To(HaveSuffix("no; failed: /cf/ca (in use)"))
	})

	It("keep a documented answer with violations whole", func(ctx SpecContext) {
		api := refusal(ctx, 422, `{"error":"safety constraints violated","safety_violations":[
			{"violation":"something new","certificate_names":["/a"],"migitation":"m"}, "just text"]}`) //nolint:misspell // as the reference spells it
		Expect(api.Violations).To(HaveLen(2))
		Expect(api.Violations[0]).To(And(
			HaveField("Text", "something new"), HaveField("Code", opsman.CodeUnknown), HaveField("Remedy", Not(BeEmpty()))))
		Expect(api.Violations[1].Text).To(Equal("just text"))
		Expect(api.Error()).To(And(ContainSubstring(`"something new" on /a: apply changes`), ContainSubstring("just text")))
	})

	DescribeTable("know every violation by its exact text", func(ctx SpecContext, text, code, remedy string) {
		api := refusal(ctx, 422, `{"safety_violations":[{"violation":"`+text+`","certificate_names":["/x"]}]}`)
		Expect(api.Violations).To(HaveLen(1))
		Expect(api.Violations[0].Code).To(Equal(code))
		Expect(api.Violations[0].Remedy).To(ContainSubstring(remedy))
		Expect(api.Error()).To(And(ContainSubstring(text), ContainSubstring("/x"), ContainSubstring(remedy)))
	},
		Entry("1", "there is more than one signing version of a certificate authority", "several-signing-versions", "apply changes to every product"),
		Entry("2", "certificate authorities can not have a transitional version", "rotation-under-way", "continue it"),
		Entry("3", "active child certificate version is not the latest non-transitional version or more than one active version exists", "children-not-deployed", "apply changes to every product"),
		Entry("4", "certificate authorities latest version is not transitional", "latest-not-transitional", "came into being after generate"),
		Entry("5", "signing version has to be transitional if there is a transitional certificate authority", "activate-incomplete", "activate the new CA"),
		Entry("6", "active child certificate does not trust the certificate authority that will regenerate it", "trust-not-deployed", "contact support"),
		Entry("7", "certificate authorities must have a non-transitional version", "only-transitional-version", "CredHub API"),
		Entry("8", "active child certificate is signed by a certificate authority that is not the latest version", "leaf-of-other-authority", "transitional in CredHub"),
		Entry("9", "active child certificate version is signed by a certificate authority that is not the latest version", "children-on-former-authority", "finish regenerate"),
		Entry("10", "active certificate version is not the latest non transitional version", "new-leaves-not-deployed", "not deployed yet"),
		Entry("11", "transitional certificate authority is the latest version", "new-authority-not-signing", "go forward"),
		Entry("12", "latest certificate authority versions with active children are not signing", "service-instances-not-deployed", "errand"),
	)

	It("that are endless are cut", func(ctx SpecContext) {
		api := refusal(ctx, 422, `{"errors":["`+strings.Repeat("x", 50_000)+`"]}`)
		Expect(len(api.Error())).To(BeNumerically("<", 2000))
		Expect(len(api.Excerpt)).To(BeNumerically("<", 3000))
	})

	DescribeTable("never repeat our secrets", func(ctx SpecContext, cfg func(*server) opsman.Config, echo string) {
		s.on(regenerate, answer(422, echo))
		s.on("POST /api/v0/certificate_authorities", answer(422, echo))
		client := connect(cfg(s))
		_, createErr := client.Create(ctx, "CERT", key, nil)
		_, err := client.Regenerate(ctx)
		Expect(err).To(HaveOccurred())
		Expect(createErr).To(HaveOccurred())
		shown := err.Error() + createErr.Error() + string(client.log.Contents())
		for _, secret := range []string{"s3cret", "Pa\\ssw0rd", "cl1ent", "sesame", "tok-1", "MIIEvQIBADANBgkqhkiG9w0B"} {
			Expect(shown).NotTo(ContainSubstring(secret))
		}
		Expect(createErr.Error()).To(ContainSubstring("[redacted]"))
	},
		Entry("a password", byUser, `{"errors":["got s3cret \"Pa\\ssw0rd\"&+% there"],"warnings":["s3cret \"Pa\\ssw0rd\"&+%"]}`),
		Entry("an escaped password", byUser, `{"errors":["password=s3cret+%22Pa%5Cssw0rd%22%26%2B%25"]}`),
		Entry("a token", byUser, `{"errors":{"base":["Bearer tok-1-abcdefgh is bad"]}}`),
		Entry("a token in a violation", byUser, `{"safety_violations":[{"violation":"tok-1-abcdefgh","certificate_names":["/tok-1-abcdefgh"]}]}`),
		Entry("a client secret", byClient, `{"error":"`+clientSecret+`"}`),
		Entry("a Basic header", byClient, `{"error":"Basic cm9ib3Q6Y2wxZW50LXMzY3JldCUyRiUyQiUzRCUyNg== / `+clientSecret+`"}`),
		Entry("a passphrase", byUser, `{"errors":["open \"sesame\" \\ please"]}`),
		Entry("a private key", byUser, `{"errors":["cannot parse -----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----"],"error":"tok-1-abcdefgh"}`),
		Entry("a private key of another kind, cut off", byUser, `{"errors":["-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nxyz"],"error":"tok-1-abcdefgh"}`),
		Entry("an escape", byUser, `{"errors":["\u0073\u0033cret \"Pa\\ssw0rd\"&+%"]}`),
		Entry("a line of a private key", byUser, `cannot parse MIIEvQIBADANBgkqhkiG9w0BAQEFAASC`),
	)
})

const key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n"

func byUser(s *server) opsman.Config {
	cfg := s.config()
	cfg.DecryptionPassphrase = passphrase
	return cfg
}

func byClient(s *server) opsman.Config {
	cfg := s.config()
	cfg.Username, cfg.Password, cfg.ClientID, cfg.ClientSecret = "", "", "robot", clientSecret
	return cfg
}
