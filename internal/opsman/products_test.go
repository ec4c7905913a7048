package opsman_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

var _ = Describe("Products", func() {
	var s *server
	BeforeEach(func() { s = newServer() })

	It("that are deployed keep their stale parents", func(ctx SpecContext) {
		s.on("GET /api/v0/deployed/products", answer(200, `[
			{"installation_name":"p-bosh","guid":"p-bosh-1","type":"p-bosh","product_version":"3.0.25","label":"BOSH Director","service_broker":false},
			{"installation_name":"cf-1","guid":"cf-1","type":"cf","product_version":"6.0.3","stale":{"parent_products_deployed_more_recently":["p-bosh-1"]}}]`))
		products, err := connect(s.config()).DeployedProducts(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(products).To(Equal(evidence.Products{Asked: true, List: []evidence.Product{
			{GUID: "p-bosh-1", Type: "p-bosh", Label: "BOSH Director", Version: "3.0.25"},
			{GUID: "cf-1", Type: "cf", Version: "6.0.3", StaleParents: []string{"p-bosh-1"}},
		}}))
	})

	DescribeTable("that are deployed are not made up", func(ctx SpecContext, body, wanted string) {
		s.on("GET /api/v0/deployed/products", answer(200, body))
		_, err := connect(s.config()).DeployedProducts(ctx)
		Expect(err).To(MatchError(ContainSubstring(wanted)))
	},
		Entry("no GUID", `[{"type":"cf"}]`, "it names no GUID"),
		Entry("an object", `{"products":[]}`, "cannot unmarshal object"),
		Entry("null", `null`, "it holds no list of products"),
	)

	It("that are staged keep their errands, however those are written", func(ctx SpecContext) {
		s.on("GET /api/v0/staged/pending_changes", answer(200, `{"product_changes":[
			{"guid":"cf-1","action":"update","staged":{"identifier":"cf","label":"TAS"},"deployed":{"identifier":"cf","label":"old"},
			 "errands":[{"name":"smoke","post_deploy":true,"label":"Smoke"},{"name":"push","post_deploy":"default","pre_delete":false},{"name":"gone","pre_delete":"true","post_deploy":null}]},
			{"guid":"old-1","action":"delete","deployed":{"identifier":"p.old","label":"Old"},"staged":null},
			{"guid":"p-bosh-1","action":"unchanged","errands":[]}]}`))
		pending, err := connect(s.config()).PendingChanges(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(pending).To(Equal(evidence.Pending{Asked: true, List: []evidence.PendingChange{
			{GUID: "cf-1", Identifier: "cf", Label: "TAS", Action: "update", Errands: []evidence.Errand{
				{Name: "smoke", Label: "Smoke", PostDeploy: "true"},
				{Name: "push", PostDeploy: "default", PreDelete: "false"},
				{Name: "gone", PreDelete: "true"},
			}, Stemcells: evidence.ProductStemcells{GUID: "cf-1", Identifier: "cf"}},
			{GUID: "old-1", Identifier: "p.old", Label: "Old", Action: "delete", ErrandsUntold: true, Stemcells: evidence.ProductStemcells{GUID: "old-1", Identifier: "p.old"}},
			{GUID: "p-bosh-1", Action: "unchanged", Stemcells: evidence.ProductStemcells{GUID: "p-bosh-1"}},
		}}))
	})

	DescribeTable("that are staged tell whether their errands are told", func(ctx SpecContext, errands string, untold bool) {
		s.on("GET /api/v0/staged/pending_changes", answer(200, `{"product_changes":[{"guid":"cf-1","action":"unchanged"`+errands+`}]}`))
		pending, err := connect(s.config()).PendingChanges(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(pending.List[0].ErrandsUntold).To(Equal(untold))
	},
		Entry("no list", "", true),
		Entry("null", `,"errands":null`, true),
		Entry("an empty list", `,"errands":[]`, false),
		Entry("one errand", `,"errands":[{"name":"smoke","post_deploy":true}]`, false),
	)

	It("that are staged are not made up", func(ctx SpecContext) {
		s.on("GET /api/v0/staged/pending_changes", answer(200, `{}`))
		_, err := connect(s.config()).PendingChanges(ctx)
		Expect(err).To(MatchError(ContainSubstring(`it holds no list "product_changes"`)))
	})
})
