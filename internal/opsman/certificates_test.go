package opsman_test

import (
	"errors"
	"net/http"
	"runtime"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

var _ = Describe("Deployed certificates", func() {
	const (
		v1 = "GET /api/v1/deployed/certificates"
		v0 = "GET /api/v0/deployed/certificates"
	)
	const rowsV0 = `{"certificates":[
		{"issuer":"/CN=opsmgr-bosh-dns-tls-ca","valid_from":"2018-08-10T21:07:37Z","valid_until":"2022-08-09T21:07:37Z","configurable":false,"is_ca":true,
		 "property_reference":null,"property_type":null,"product_guid":null,"location":"credhub","variable_path":"/opsmgr/bosh_dns/tls_ca",
		 "rotation_procedure_name":"Standard CA Procedure","rotation_procedure_url":"https://example.com/ca"},
		{"issuer":"/C=US/O=Pivotal","configurable":true,"property_reference":".properties.x","property_type":"rsa_cert_credentials","product_guid":"cf-1","location":"ops_manager","variable_path":null}]}`
	var s *server
	BeforeEach(func() { s = newServer() })

	It("of v1 are flattened, and know who signed them", func(ctx SpecContext) {
		s.on(v1, answer(200, `{"certificates":[
			{"name":"root","is_ca":true,"location":"ops_manager","product_guid":"ops_manager","issuer":"/O=Pivotal","valid_from":"2026-01-02T03:04:05Z","valid_until":"2030-01-02T03:04:05Z","deployments":["cf-1","p-bosh"],"outdated_deployments":["cf-1"],"rotation_status":"whatever",
			 "signs":[
				{"name":"intermediate","is_ca":true,"auto_rotated":true,"signs":[{"name":"leaf-1","signs":[]},{"name":"leaf-2","signs":null}]},
				{"name":"leaf-3","property_type":"rsa_cert_credentials","rotation_procedure_name":"P","rotation_procedure_url":"U"}]},
			{"name":"alone","configurable":true,"deployments":null,"outdated_deployments":[]}]}`))
		found, err := connect(s.config()).Certificates(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(found).To(Equal(evidence.Certificates{Source: evidence.SourceV1, List: []evidence.Certificate{
			{
				Name: "root", IsCA: true, Location: "ops_manager", ProductGUID: "ops_manager", Issuer: "/O=Pivotal",
				ValidFrom: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), ValidUntil: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC),
				Deployments: []string{"cf-1", "p-bosh"}, OutdatedDeployments: []string{"cf-1"}, RotationStatus: "whatever",
			},
			{Name: "intermediate", IsCA: true, AutoRotated: true, SignedBy: []string{"root"}},
			{Name: "leaf-1", SignedBy: []string{"root", "intermediate"}},
			{Name: "leaf-2", SignedBy: []string{"root", "intermediate"}},
			{Name: "leaf-3", SignedBy: []string{"root"}, PropertyType: "rsa_cert_credentials", RotationProcedure: "P", RotationProcedureURL: "U"},
			{Name: "alone", Configurable: true},
		}}))
		Expect(s.sent(v1)[0].Query).To(Equal("no_cache=true"))
		Expect(s.sent(v0)).To(BeEmpty())
	})

	DescribeTable("are read from v0 where there is no v1, which is asked for once", func(ctx SpecContext, missing http.HandlerFunc) {
		s.on(v1, missing)
		s.on(v0, answer(200, rowsV0))
		client := connect(s.config())
		_, err := client.Info(ctx)
		Expect(err).NotTo(HaveOccurred())
		for range 2 {
			found, err := client.Certificates(ctx)
			Expect(err).NotTo(HaveOccurred())
			Expect(found.Fallback).To(Equal("Ops Manager 3.0.25-build.1261 answered 404 to its certificates of v1, so they are those of v0, which do not tell what is outdated"))
			found.Fallback = ""
			Expect(found).To(Equal(evidence.Certificates{Source: evidence.SourceV0, List: []evidence.Certificate{
				{
					Name: "/opsmgr/bosh_dns/tls_ca", Location: "credhub", Issuer: "/CN=opsmgr-bosh-dns-tls-ca", IsCA: true,
					ValidFrom: time.Date(2018, 8, 10, 21, 7, 37, 0, time.UTC), ValidUntil: time.Date(2022, 8, 9, 21, 7, 37, 0, time.UTC),
					RotationProcedure: "Standard CA Procedure", RotationProcedureURL: "https://example.com/ca",
				},
				{
					Name: ".properties.x", Location: "ops_manager", ProductGUID: "cf-1", PropertyType: "rsa_cert_credentials",
					Issuer: "/C=US/O=Pivotal", Configurable: true,
				},
			}}))
		}
		Expect(s.sent(v1)).To(HaveLen(1))
	},
		Entry("JSON", answer(404, `{"errors":["not found"]}`)),
		Entry("HTML", page(404)),
	)

	DescribeTable("are asked for where Ops Manager's version has them", func(ctx SpecContext, version string, wanted ...string) {
		s.on("GET /api/v0/info", answer(200, `{"info":{"version":"`+version+`"}}`))
		s.on("GET /api/v0/deployed/products", answer(200, `[{"guid":"p-bosh-1","type":"p-bosh","product_version":"2.10.60-build.1"}]`))
		s.on(v1, answer(404, `{}`))
		s.on(v0, answer(200, rowsV0))
		client := connect(s.config())
		if version != "" {
			_, err := client.Info(ctx)
			Expect(err).NotTo(HaveOccurred())
		}
		_, err := client.DeployedProducts(ctx)
		Expect(err).NotTo(HaveOccurred())
		found, err := client.Certificates(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(s.all("POST /uaa/oauth/token", "GET /api/v0/info", "GET /api/v0/deployed/products")).To(Equal(wanted))
		if wanted[len(wanted)-1] != v0 {
			Expect(found.Source).To(Equal(evidence.SourceUnknown))
			Expect(found.Unknown).To(ContainSubstring("refused " + v1 + "?no_cache=true with 404 Not Found"))
		}
	},
		Entry("2.10", "2.10.60-build.1", v0),
		Entry("3.0", "3.0.2-build.1", v1+"?no_cache=true", v0),
		Entry("3.0, the last version of which it is unknown", "3.0.25-build.1261", v1+"?no_cache=true", v0),
		Entry("3.0, from which on it is known", "3.0.26+LTS-T", v1+"?no_cache=true"),
		Entry("3.1, its director has yet to be deployed", "3.1.2-build.5", v1+"?no_cache=true"),
		Entry("one that cannot be parsed", "latest", v1+"?no_cache=true"),
		Entry("one that was not asked for: the director may be older", "", v1+"?no_cache=true"),
	)

	It("of v1 are asked for again where a 404 cannot be Ops Manager's", func(ctx SpecContext) {
		s.on("GET /api/v0/info", answer(200, `{"info":{"version":"3.1.2-build.5"}}`))
		s.on(v1, page(404), answer(200, `{"certificates":[{"name":"x","outdated_deployments":[]}]}`))
		client := connect(s.config())
		_, err := client.Info(ctx)
		Expect(err).NotTo(HaveOccurred())
		found, err := client.Certificates(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Unknown).To(ContainSubstring("although version 3.1.2-build.5 has it: look at what stands between"))
		found, err = client.Certificates(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Source).To(Equal(evidence.SourceV1))
		Expect(s.sent(v0)).To(BeEmpty())
	})

	It("of v1 are not asked for a second time once the version explains a 404", func(ctx SpecContext) {
		s.on(v1, answer(404, `{}`))
		s.on(v0, answer(200, rowsV0))
		client := connect(s.config())
		found, err := client.Certificates(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Source).To(Equal(evidence.SourceUnknown))
		_, err = client.Info(ctx)
		Expect(err).NotTo(HaveOccurred())
		found, err = client.Certificates(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Source).To(Equal(evidence.SourceV0))
		Expect(found.Fallback).NotTo(BeEmpty())
		Expect(s.sent(v1)).To(HaveLen(1))
	})

	nested := func(levels int) string {
		return `{"certificates":[` + strings.Repeat(`{"name":"a rather long name","outdated_deployments":[],"signs":[`, levels) + strings.Repeat(`]}`, levels) + `]}`
	}
	DescribeTable("of v1 may sign others, and those others", func(ctx SpecContext, levels int, reason string) {
		s.on(v1, answer(200, nested(levels)))
		var before, after runtime.MemStats
		client := connect(s.config())
		runtime.ReadMemStats(&before)
		found, err := client.Certificates(ctx)
		runtime.ReadMemStats(&after)
		Expect(err).NotTo(HaveOccurred())
		Expect(after.TotalAlloc - before.TotalAlloc).To(BeNumerically("<", 64<<20))
		if reason == "" {
			Expect(found.List).To(HaveLen(levels))
			return
		}
		Expect(found.Source).To(Equal(evidence.SourceUnknown))
		Expect(found.Unknown).To(ContainSubstring(reason))
	},
		Entry("33 of them", 33, ""),
		Entry("not for ever", 34, "deeper than the limit of 32 levels"),
		Entry("not for ever, however many", 4900, "deeper than the limit of 32 levels"),
	)

	DescribeTable("of v1 may not tell what is outdated, which is not that nothing is", func(ctx SpecContext, rows, untold string) {
		s.on(v1, answer(200, `{"certificates":[`+rows+`]}`))
		found, err := connect(s.config()).Certificates(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Source).To(Equal(evidence.SourceV1))
		Expect(found.List).To(HaveLen(2))
		Expect(found.OutdatedUntold).To(ContainSubstring(untold))
		Expect(found.OutdatedUntold == "").To(Equal(untold == ""))
	},
		Entry("no key", `{"name":"x"},{"name":"y"}`, "none of its certificates tells outdated_deployments"),
		Entry("null", `{"name":"x","signs":[{"name":"y","outdated_deployments":null}]}`, "none of its certificates tells outdated_deployments"),
		Entry("empty lists", `{"name":"x","outdated_deployments":[]},{"name":"y","outdated_deployments":[]}`, ""),
	)

	DescribeTable("are unknown, never fine, when Ops Manager cannot tell them", func(ctx SpecContext, failure http.HandlerFunc, reason string, tries int) {
		s.on(v1, failure)
		found, err := connect(s.config()).Certificates(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Source).To(Equal(evidence.SourceUnknown))
		Expect(found.List).To(BeEmpty())
		Expect(found.Unknown).To(ContainSubstring(reason))
		if tries > 0 {
			Expect(s.sent(v1)).To(HaveLen(tries))
		}
	},
		Entry("500", answer(500, `{"errors":["nested asn"]}`), "nested asn", 3),
		Entry("500 with HTML", page(500), "page of HTML", 3),
		Entry("504", page(504), "504", 0),
		Entry("an empty list", answer(200, `{"certificates":[]}`), "empty list", 1),
		Entry("no list", answer(200, `{}`), `no list "certificates"`, 1),
		Entry("null", answer(200, `{"certificates":null}`), `no list "certificates"`, 1),
		Entry("no list but an object", answer(200, `{"certificates":{}}`), `it holds { where [ was expected`, 1),
		Entry("no object but a list", answer(200, `[{"name":"x"}]`), `it holds [ where { was expected`, 1),
		Entry("a row that is none", answer(200, `{"certificates":[{"name":"x"},7]}`), `certificates: json: cannot unmarshal number`, 1),
		Entry("two lists", answer(200, `{"certificates":[{"name":"x"}],"certificates":[{"name":"y"}]}`), `it holds two lists "certificates"`, 1),
		Entry("half a list", answer(200, `{"certificates":[{"name":"x"}`), `unexpected EOF`, 0),
		Entry("half an object", answer(200, `{"certificates":[{"name":"x"}]`), `unexpected EOF`, 0),
		Entry("another answer behind it", answer(200, `{"certificates":[{"name":"x"}]}{"certificates":[]}`), `it holds more after its end`, 1),
		Entry("what is no JSON behind it", answer(200, `{"certificates":[{"name":"x"}]}<html>`), `invalid character '<'`, 1),
		Entry("a bad date", answer(200, `{"certificates":[{"name":"x","valid_from":"later"}]}`), `"later" is not a date`, 1),
	)

	It("are known when a 500 passes", func(ctx SpecContext) {
		s.on(v1, answer(500, `{}`), answer(200, `{"certificates":[{"name":"x","outdated_deployments":[]}]}`))
		client := connect(s.config())
		found, err := client.Certificates(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Source).To(Equal(evidence.SourceV1))
		Expect(s.all("POST /uaa/oauth/token")).To(HaveLen(2)) // no look for a lock
	})

	It("are unknown when v0 is broken", func(ctx SpecContext) {
		s.on("GET /api/v0/info", answer(200, `{"info":{"version":"2.10.41-build.1"}}`))
		s.on(v0, answer(500, `{"error":"syslog"}`))
		client := connect(s.config())
		_, err := client.Info(ctx)
		Expect(err).NotTo(HaveOccurred())
		found, err := client.Certificates(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Unknown).To(ContainSubstring("syslog"))
	})

	DescribeTable("are an error when the trouble is not theirs", func(ctx SpecContext, prepare func(), wanted string) {
		s.on(v1, answer(200, `{"certificates":[]}`))
		prepare()
		_, err := connect(s.config()).Certificates(ctx)
		Expect(err).To(MatchError(ContainSubstring(wanted)))
	},
		Entry("bad credentials", func() { s.on("POST /uaa/oauth/token", answer(401, `{}`)) }, "bad credentials"),
		Entry("UAA broken", func() { s.on("POST /uaa/oauth/token", answer(500, `{"error":"server_error"}`)) }, "server_error"),
		Entry("UAA gone", func() { s.on("POST /uaa/oauth/token", page(502)) }, "is not available"),
		Entry("401", func() { s.on(v1, answer(401, `{}`)) }, "401"),
		Entry("403", func() { s.on(v1, answer(403, `{}`)) }, "403"),
		Entry("locked", func() {
			s.on(v1, page(502))
			s.on("GET /login/ensure_availability", redirect("/unlock"))
		}, "is locked"),
		Entry("no connection", func() { s.Close() }, "connection refused"),
	)

	It("do not take a missing UAA for a missing v1", func(ctx SpecContext) {
		s.on("POST /uaa/oauth/token", answer(404, `{}`))
		_, err := connect(s.config()).Certificates(ctx)
		var api *opsman.APIError
		Expect(errors.As(err, &api)).To(BeTrue())
		Expect(api.Path).To(Equal("/uaa/oauth/token"))
	})
})
