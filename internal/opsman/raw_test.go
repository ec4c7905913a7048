package opsman_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/pivotal-cf/om/api"

	"github.com/opsman-ca/opsman-ca/internal/apply"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

var _ = Describe("Any other call", func() {
	const errands = "/api/v0/staged/products/cf-1/errands"
	var s *server
	BeforeEach(func() { s = newServer() })

	request := func(ctx context.Context, method, path, body string) *http.Request {
		GinkgoHelper()
		req, err := http.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
		Expect(err).NotTo(HaveOccurred())
		return req
	}
	text := func(resp *http.Response) string {
		GinkgoHelper()
		raw, err := io.ReadAll(resp.Body)
		Expect(err).NotTo(HaveOccurred())
		Expect(resp.Body.Close()).To(Succeed())
		return string(raw)
	}

	It("is sent with a token, and repeated where that does no harm", func(ctx SpecContext) {
		s.on("GET "+errands, page(502), answer(401, `{}`), answer(200, `{"errands":[]}`, "X-Kind", "list"))
		resp, err := connect(s.config()).Do(request(ctx, "GET", errands+"?a=b", ""))
		Expect(err).NotTo(HaveOccurred())
		Expect(resp.StatusCode).To(Equal(200))
		Expect(resp.Header.Get("X-Kind")).To(Equal("list"))
		Expect(text(resp)).To(Equal(`{"errands":[]}`))
		sent := s.sent("GET " + errands)
		Expect(sent).To(HaveLen(3))
		Expect(sent[2].Query).To(Equal("a=b"))
		Expect(sent[2].Header.Get("Authorization")).To(Equal("Bearer tok-2-abcdefgh"))
	})

	DescribeTable("hands back a refusal", func(ctx SpecContext, method string, status int) {
		s.on(method+" "+errands, answer(status, `{"errors":["no"]}`))
		resp, err := connect(s.config()).Do(request(ctx, method, errands, ""))
		Expect(err).NotTo(HaveOccurred())
		Expect(resp.StatusCode).To(Equal(status))
		Expect(text(resp)).To(Equal(`{"errors":["no"]}`))
	},
		Entry("GET 404", "GET", 404),
		Entry("GET 500", "GET", 500),
		Entry("GET 401", "GET", 401),
		Entry("PUT 422", "PUT", 422),
		Entry("PUT 409", "PUT", 409),
	)

	It("does not hang on bodies that the caller leaves open", func(ctx SpecContext) {
		s.on("GET "+errands, answer(200, strings.Repeat("x", 1<<20)))
		client := connect(s.config())
		for range 3 {
			_, err := client.Do(request(ctx, "GET", errands, ""))
			Expect(err).NotTo(HaveOccurred())
		}
		Expect(s.connected()).To(Equal(1))
	})

	It("sends its body once, and tells a lost answer", func(ctx SpecContext) {
		s.on("PUT "+errands, answer(200, `{}`), hangUp)
		client := connect(s.config())
		resp, err := client.Do(request(ctx, "PUT", errands, `{"errands":[]}`))
		Expect(err).NotTo(HaveOccurred())
		Expect(text(resp)).To(Equal(`{}`))
		Expect(s.sent("PUT " + errands)[0].Body).To(Equal(`{"errands":[]}`))
		resp, err = client.Do(request(ctx, "PUT", errands, `{"errands":[]}`))
		Expect(resp).To(BeNil())
		var unknown *opsman.OutcomeUnknownError
		Expect(errors.As(err, &unknown)).To(BeTrue())
		Expect(s.sent("PUT " + errands)).To(HaveLen(2))
	})

	It("goes to no other host", func(ctx SpecContext) {
		resp, err := connect(s.config()).Do(request(ctx, "GET", "https://elsewhere.example.com/api", ""))
		Expect(resp).To(BeNil())
		Expect(err).To(MatchError(ContainSubstring("a request to elsewhere.example.com is refused")))
		Expect(s.all()).To(BeEmpty())
	})

	It("keeps a caller's Authorization to itself", func(ctx SpecContext) {
		s.on("GET "+errands, answer(200, `{}`))
		req := request(ctx, "GET", errands, "")
		req.Header.Set("Authorization", "Bearer foreign")
		resp, err := connect(s.config()).Do(req)
		Expect(err).NotTo(HaveOccurred())
		Expect(text(resp)).To(Equal(`{}`))
		Expect(s.sent("GET " + errands)[0].Header.Get("Authorization")).To(Equal("Bearer tok-1-abcdefgh"))
	})

	Describe("through om's own API", func() {
		It("reads staged errands and writes director properties over the same connection", func(ctx SpecContext) {
			s.on("GET "+errands, answer(200, `{"errands":[{"name":"smoke","post_deploy":true}]}`))
			s.on("PUT /api/v0/staged/director/properties", answer(200, `{}`))
			client := connect(s.config())
			om := apply.OmAPI(ctx, client)
			list, err := om.ListStagedProductErrands("cf-1")
			Expect(err).NotTo(HaveOccurred())
			Expect(list.Errands).To(Equal([]api.Errand{{Name: "smoke", PostDeploy: true}}))
			Expect(om.UpdateStagedDirectorProperties(api.DirectorProperties(`{"director_configuration":{"bosh_recreate_on_next_deploy":true}}`))).To(Succeed())
			info, err := om.Info()
			Expect(err).NotTo(HaveOccurred())
			Expect(info.Version).To(Equal("3.0.25-build.1261"))
			Expect(s.sent("GET /api/v0/info")[0].Header).NotTo(HaveKey("Authorization"))
			Expect(s.connected()).To(Equal(1))
		})

		It("ends with its context", func() {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			_, err := apply.OmAPI(ctx, connect(s.config())).ListStagedProductErrands("cf-1")
			Expect(err).To(MatchError(context.Canceled))
			Expect(s.all()).To(BeEmpty())
		})
	})
})
