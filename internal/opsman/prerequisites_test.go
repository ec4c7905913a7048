package opsman_test

import (
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

// unanswerable are the answers that leave a question open.
var unanswerable = []TableEntry{
	Entry("404", answer(404, `{"errors":["no such path"]}`), "404 Not Found: no such path"),
	Entry("500", answer(500, `{"errors":["broken"]}`), "500 Internal Server Error: broken"),
	Entry("500 as a page", page(500), "500 Internal Server Error: it answered with a page of HTML"),
	Entry("403", answer(403, `{"errors":["not you"]}`), "403 Forbidden: not you"),
	Entry("no JSON", answer(200, `nope`), "cannot be read"),
	Entry("another JSON", answer(200, `{"x":1}`), "it "),
	Entry("a list", answer(200, `[1]`), "cannot be read"),
	Entry("null", answer(200, `null`), "it "),
}

var _ = Describe("The diagnostic report", func() {
	const path = "GET /api/v0/diagnostic_report"
	var s *server
	BeforeEach(func() { s = newServer() })

	DescribeTable("tells the stemcells of what is deployed", func(ctx SpecContext, added string, wanted ...evidence.ProductStemcells) {
		s.on(path, answer(200, `{"versions":{},"available_stemcells":[{"filename":"x"}],"added_products":`+added+`}`))
		report, err := connect(s.config()).DiagnosticReport(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(report.Asked).To(BeTrue())
		Expect(report.Unknown).To(BeEmpty())
		Expect(report.Products).To(HaveExactElements(wanted))
		Expect(s.sent(path)).To(HaveLen(1))
	},
		Entry("as an object", `{"deployed":[
			{"name":"cf","guid":"cf-1","version":"6","stemcells":[{"filename":"bosh-stemcell-1.390-vsphere-esxi-ubuntu-jammy-go_agent.tgz","os":"ubuntu-jammy","version":"1.390"}]},
			{"name":"gcp","version":"2"},{"name":"empty","stemcells":[]}],
			"staged":[{"name":"cf","stemcells":[{"os":"ubuntu-noble","version":"1.1"}]}]}`,
			evidence.ProductStemcells{GUID: "cf-1", Identifier: "cf", Listed: true, List: stemcellsOf("ubuntu-jammy", "1.390")},
			evidence.ProductStemcells{Identifier: "gcp"}, evidence.ProductStemcells{Identifier: "empty", Listed: true}),
		Entry("of file names alone", `{"deployed":[{"name":"cf","stemcells":[{"filename":"bosh-stemcell-621.171-vsphere-esxi-ubuntu-xenial-go_agent.tgz"}]}]}`,
			evidence.ProductStemcells{Identifier: "cf", Listed: true, List: stemcellsOf("ubuntu-xenial", "621.171")}),
		Entry("as before 2.6", `{"deployed":[{"name":"cf","stemcell":"light-bosh-stemcell-3263.8-aws-xen-hvm-ubuntu-trusty-go_agent.tgz"},{"name":"none","stemcell":null}]}`,
			evidence.ProductStemcells{Identifier: "cf", Listed: true, List: stemcellsOf("ubuntu-trusty", "3263.8")}, evidence.ProductStemcells{Identifier: "none"}),
		Entry("as an array of products, which may be staged", `[{"name":"cf","guid":"cf-1","stemcells":[{"os":"ubuntu-jammy","version":"1.5"}]},{"name":"cf","guid":"cf-1","stemcells":[{"os":"ubuntu-jammy","version":"1.390"}]},{"name":"b"}]`,
			evidence.ProductStemcells{GUID: "cf-1", Identifier: "cf", Listed: true, List: []evidence.Stemcell{{OS: "ubuntu-jammy", Version: "1.5"}, {OS: "ubuntu-jammy", Version: "1.390"}}},
			evidence.ProductStemcells{Identifier: "b"}),
		Entry("as an array with the object in it", `[{"deployed":[{"name":"cf","stemcells":[]}],"staged":[{"name":"x"}]}]`, evidence.ProductStemcells{Identifier: "cf", Listed: true}),
		Entry("of nothing", `{"deployed":[]}`),
	)

	DescribeTable("is unknown, with the reason", func(ctx SpecContext, handler http.HandlerFunc, reason string) {
		s.on(path, handler)
		report, err := connect(s.config()).DiagnosticReport(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(report.Asked).To(BeTrue())
		Expect(report.Unknown).To(ContainSubstring(reason))
		Expect(report.Products).To(BeEmpty())
	}, unanswerable)

	It("is asked again after an answer of 500", func(ctx SpecContext) {
		s.on(path, answer(500, `{}`), answer(200, `{"added_products":{"deployed":[]}}`))
		report, err := connect(s.config()).DiagnosticReport(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(report.Unknown).To(BeEmpty())
	})

	It("is an error where Ops Manager refuses the login", func(ctx SpecContext) {
		s.on(path, answer(401, `{"errors":["no"]}`))
		_, err := connect(s.config()).DiagnosticReport(ctx)
		Expect(err).To(MatchError(ContainSubstring("401")))
	})
})

var _ = Describe("The director's properties", func() {
	const path = "GET /api/v0/staged/director/properties"
	yes, no := true, false
	var s *server
	BeforeEach(func() { s = newServer() })

	DescribeTable("are read", func(ctx SpecContext, configuration string, wanted evidence.DirectorProperties) {
		s.on(path, answer(200, `{"director_configuration":`+configuration+`,"iaas_configuration":{"vcenter_password":{"secret":"***"}}}`))
		found, err := connect(s.config()).DirectorProperties(ctx)
		Expect(err).NotTo(HaveOccurred())
		wanted.Asked = true
		Expect(found).To(Equal(wanted))
		Expect(s.sent(path)).To(HaveLen(1))
		Expect(s.sent(path)[0].Query).To(Equal("redact=true"))
	},
		Entry("all", `{"automatic_certificate_rotation_enabled":true,"bosh_recreate_on_next_deploy":false,"bosh_director_recreate_on_next_deploy":true,"max_threads":5}`,
			evidence.DirectorProperties{AutomaticRotation: &yes, RecreateVMs: &no, RecreateDirector: &yes}),
		Entry("of an old Ops Manager", `{"bosh_recreate_on_next_deploy":true}`, evidence.DirectorProperties{RecreateVMs: &yes}),
		Entry("as text", `{"automatic_certificate_rotation_enabled":"true","bosh_recreate_on_next_deploy":"false"}`, evidence.DirectorProperties{AutomaticRotation: &yes, RecreateVMs: &no}),
		Entry("null", `{"automatic_certificate_rotation_enabled":null,"bosh_recreate_on_next_deploy":{}}`, evidence.DirectorProperties{}),
		Entry("none", `{}`, evidence.DirectorProperties{}),
	)

	DescribeTable("are unknown, with the reason", func(ctx SpecContext, handler http.HandlerFunc, reason string) {
		s.on(path, handler)
		found, err := connect(s.config()).DirectorProperties(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Unknown).To(ContainSubstring(reason))
		found.Unknown = ""
		Expect(found).To(Equal(evidence.DirectorProperties{Asked: true}))
	}, unanswerable)

	It("are an error where Ops Manager gives no answer", func(ctx SpecContext) {
		s.on(path, hangUp)
		cfg := s.config()
		cfg.RetryFor = time.Millisecond
		_, err := connect(cfg).DirectorProperties(ctx)
		Expect(err).To(MatchError(ContainSubstring("GET /api/v0/staged/director/properties")))
	})
})

var _ = Describe("A pre-deploy check", func() {
	const (
		path     = "GET /api/v0/staged/products/cf-1/pre_deploy_check"
		director = "GET /api/v0/staged/director/pre_deploy_check"
	)
	var s *server
	BeforeEach(func() { s = newServer() })

	DescribeTable("says what is wrong", func(ctx SpecContext, body string, complete bool, problems, ignorable []string) {
		s.on(path, answer(200, `{"pre_deploy_check":{"identifier":"cf-1",`+body+`}}`))
		check, err := connect(s.config()).PreDeployCheck(ctx, "cf-1", "cf")
		Expect(err).NotTo(HaveOccurred())
		Expect(check).To(Equal(evidence.PreDeployCheck{GUID: "cf-1", Identifier: "cf", Complete: complete, Problems: problems, Ignorable: ignorable}))
	},
		Entry("nothing", `"complete":true,"network":{"assigned":true},"availability_zone":{"assigned":true},"stemcells":[{"assigned":true}],"properties":[],"resources":{"jobs":[]},"verifiers":[]`, true, nil, nil),
		Entry("nothing, of a tile without VMs", `"complete":true,"network":{"assigned":false},"availability_zone":{"assigned":false}`, true, nil, nil),
		Entry("nothing, in null", `"complete":true,"network":null,"stemcells":null,"properties":null,"resources":null,"verifiers":null`, true, nil, nil),
		Entry("what is not assigned", `"complete":false,"network":{"assigned":false},"availability_zones":{"assigned":false},"stemcells":[{"assigned":false,"required_stemcell_os":"ubuntu-jammy","required_stemcell_version":1.10},{"assigned":false}]`, false,
			[]string{"no network is assigned", "no availability zone is assigned", "no stemcell is assigned: it needs ubuntu-jammy 1.10", "no stemcell is assigned: it needs one"}, nil),
		Entry("properties, their records and resources", `"complete":false,"properties":[{"name":".cf.domain","type":"string","errors":["can't be blank","is too short"]},
			{"name":".cf.keys","errors":[],"records":[{"index":1,"errors":[{"name":"key","errors":["can't be blank"]}]}]}],
			"resources":{"jobs":[{"identifier":"router","guid":"router-1","error":["needs 1 instance"]},{"guid":"x-1","error":[]}]}`, false,
			[]string{"property .cf.domain: can't be blank", "property .cf.domain: is too short", "property .cf.keys[1].key: can't be blank", "resource router: needs 1 instance"}, nil),
		Entry("verifiers", `"complete":true,"verifiers":[{"type":"WildcardDomainVerifier","ignorable":true,"errors":["domain cannot be resolved"]},{"type":"S3","ignorable":false,"errors":["no bucket"]},{"type":"Other","errors":["no"]},{"type":"Fine","errors":[]}]`, true,
			[]string{"verifier S3: no bucket", "verifier Other: no"}, []string{"verifier WildcardDomainVerifier: domain cannot be resolved"}),
		Entry("only what may be ignored", `"complete":false,"verifiers":[{"type":"A","ignorable":true,"errors":["b"]}]`, false, nil, []string{"verifier A: b"}),
		Entry("without a reason", `"complete":false`, false, []string{"Ops Manager calls it incomplete, and does not say why"}, nil),
	)

	It("of the director has a path of its own", func(ctx SpecContext) {
		s.on(director, answer(200, `{"pre_deploy_check":{"complete":true}}`))
		check, err := connect(s.config()).PreDeployCheck(ctx, "p-bosh-1", evidence.Director)
		Expect(err).NotTo(HaveOccurred())
		Expect(check).To(Equal(evidence.PreDeployCheck{GUID: "p-bosh-1", Identifier: evidence.Director, Complete: true}))
	})

	It("shows no secret, and the first of many texts", func(ctx SpecContext) {
		s.on(path, answer(200, `{"pre_deploy_check":{"complete":false,"properties":[{"name":".cf.x","errors":["is s3cret \"Pa\\ssw0rd\"&+%",`+many(300, func(int) string { return `"no"` })+`]}]}}`))
		check, err := connect(s.config()).PreDeployCheck(ctx, "cf-1", "cf")
		Expect(err).NotTo(HaveOccurred())
		Expect(check.Problems).To(HaveLen(101))
		Expect(check.Problems[0]).To(Equal("property .cf.x: is [redacted]"))
		Expect(check.Problems[100]).To(Equal("and 201 more"))
	})

	DescribeTable("is unknown, with the reason", func(ctx SpecContext, handler http.HandlerFunc, reason string) {
		s.on(path, handler)
		check, err := connect(s.config()).PreDeployCheck(ctx, "cf-1", "cf")
		Expect(err).NotTo(HaveOccurred())
		Expect(check.Unknown).To(ContainSubstring(reason))
		check.Unknown = ""
		Expect(check).To(Equal(evidence.PreDeployCheck{GUID: "cf-1", Identifier: "cf"}))
		Expect(s.sent(path)).To(HaveLen(1))
	}, unanswerable,
		Entry("504", page(504), "took too long, and is not asked twice: it answered 504"),
	)

	slowly := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

	// The first answer is there so that the login is over.
	once := answer(200, `{"pre_deploy_check":{"complete":true}}`)

	It("that takes too long is unknown, and is not asked twice", func(ctx SpecContext) {
		s.on(path, once, slowly)
		cfg := s.config()
		cfg.RequestTimeout = 250 * time.Millisecond
		client := connect(cfg)
		_, err := client.PreDeployCheck(ctx, "cf-1", "cf")
		Expect(err).NotTo(HaveOccurred())
		check, err := client.PreDeployCheck(ctx, "cf-1", "cf")
		Expect(err).NotTo(HaveOccurred())
		Expect(check.Unknown).To(And(ContainSubstring("took too long, and is not asked twice"), ContainSubstring("within the request timeout of 250ms")))
		Expect(s.sent(path)).To(HaveLen(2))
	})

	It("has a time of its own", func(ctx SpecContext) {
		s.on(path, once, slowly)
		client := connect(s.config())
		_, err := client.PreDeployCheck(ctx, "cf-1", "cf")
		Expect(err).NotTo(HaveOccurred())
		opsman.LimitCheck(client.Client, 250*time.Millisecond)
		check, err := client.PreDeployCheck(ctx, "cf-1", "cf")
		Expect(err).NotTo(HaveOccurred())
		Expect(check.Unknown).To(ContainSubstring("it did not answer within 250ms"))
		Expect(s.sent(path)).To(HaveLen(2))
	})

	It("is asked again when Ops Manager was away", func(ctx SpecContext) {
		s.on(path, page(502), answer(200, `{"pre_deploy_check":{"complete":true}}`))
		check, err := connect(s.config()).PreDeployCheck(ctx, "cf-1", "cf")
		Expect(err).NotTo(HaveOccurred())
		Expect(check.Complete).To(BeTrue())
	})

	It("is an error where Ops Manager refuses the login", func(ctx SpecContext) {
		s.on(path, answer(401, `{"errors":["no"]}`))
		_, err := connect(s.config()).PreDeployCheck(ctx, "cf-1", "cf")
		Expect(err).To(MatchError(ContainSubstring("401")))
	})

	DescribeTable("is not asked for by what is no GUID", func(ctx SpecContext, guid string) {
		check, err := connect(s.config()).PreDeployCheck(ctx, guid, "cf")
		Expect(err).NotTo(HaveOccurred())
		Expect(check.Unknown).To(Equal("its GUID is not one of a product, so it was not asked for"))
		Expect(s.all()).To(BeEmpty())
	}, Entry(nil, ""), Entry(nil, "../x"), Entry(nil, ".."), Entry(nil, "a/b"), Entry(nil, "a?b"), Entry(nil, "a b"), Entry(nil, "a%2fb"))
})

var _ = Describe("Scopes", func() {
	const (
		list  = "GET /api/v0/certificate_authorities"
		login = "POST /uaa/oauth/token"
		// claims is {"scope":["opsman.full_view","uaa.x"]}, viewed {"scope":"opsman.full_view"}.
		claims = "eyJhbGciOiJub25lIn0.eyJzY29wZSI6WyJvcHNtYW4uZnVsbF92aWV3IiwidWFhLngiXX0.c2ln"
		viewed = "eyJhbGciOiJub25lIn0.eyJzY29wZSI6Im9wc21hbi5mdWxsX3ZpZXcifQ.c2ln"
	)
	var s *server
	BeforeEach(func() {
		s = newServer()
		s.on(list, answer(200, authorities))
	})

	DescribeTable("are those of the login", func(ctx SpecContext, body string, wanted ...string) {
		s.on(login, answer(200, body))
		client := connect(s.config())
		Expect(client.Scopes()).To(BeZero())
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		sent := client.Requests()
		found := client.Scopes()
		Expect(client.Requests()).To(Equal(sent))
		Expect(found.Asked).To(BeTrue())
		Expect(found.List).To(HaveExactElements(wanted))
		Expect(found.Unknown == "").To(Equal(len(wanted) > 0))
	},
		Entry("as the answer has them", `{"access_token":"abc","token_type":"bearer","scope":"opsman.admin  scim.me uaa.user opsman.admin"}`, "opsman.admin", "scim.me", "uaa.user"),
		Entry("rather than as the token has them", `{"access_token":"`+claims+`","token_type":"bearer","scope":"opsman.admin"}`, "opsman.admin"),
		Entry("as a list", `{"access_token":"abc","token_type":"bearer","scope":["opsman.admin",7,"uaa.user"]}`, "opsman.admin", "uaa.user"),
		Entry("as the token has them", `{"access_token":"`+claims+`","token_type":"bearer"}`, "opsman.full_view", "uaa.x"),
		Entry("as the token has one", `{"access_token":"`+viewed+`","token_type":"bearer","scope":""}`, "opsman.full_view"),
		Entry("not told", `{"access_token":"abc","token_type":"bearer"}`),
		Entry("not told by a token that is none", `{"access_token":"a.b.c","token_type":"bearer","scope":null}`),
	)

	It("stay known when the token is refused, and are those of the next", func(ctx SpecContext) {
		s.on(login, answer(200, `{"access_token":"abc","token_type":"bearer","scope":"opsman.full_view"}`), answer(200, `{"access_token":"def","token_type":"bearer","scope":"opsman.admin"}`))
		s.on(list, times(1, answer(200, authorities), answer(401, `{}`), answer(200, authorities))...)
		client := connect(s.config())
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(client.Scopes().List).To(Equal([]string{"opsman.full_view"}))
		_, err = client.CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(client.Scopes().List).To(Equal([]string{"opsman.admin"}))
	})

	It("cannot paint", func(ctx SpecContext) {
		s.on(login, answer(200, `{"access_token":"abc","token_type":"bearer","scope":"`+inJSONText+`"}`))
		client := connect(s.config())
		_, err := client.CertificateAuthorities(ctx)
		Expect(err).NotTo(HaveOccurred())
		for _, scope := range client.Scopes().List {
			expectVisible(scope)
		}
	})
})
