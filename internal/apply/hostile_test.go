package apply_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/pivotal-cf/om/api"

	"github.com/opsman-ca/opsman-ca/internal/apply"
)

// hostile lists one product with one errand, and keeps what it is asked for.
type hostile struct {
	product, guid, errand string
	asked                 *[]string
}

// ListStagedProducts implements apply.Errands.
func (h hostile) ListStagedProducts() (api.StagedProductsOutput, error) {
	return api.StagedProductsOutput{Products: []api.StagedProduct{{Type: h.product, GUID: h.guid}}}, nil
}

// ListDeployedProducts implements apply.Errands.
func (h hostile) ListDeployedProducts() ([]api.DeployedProductOutput, error) {
	return []api.DeployedProductOutput{{Type: h.product, GUID: h.guid}}, nil
}

// ListStagedPendingChanges implements apply.Errands.
func (h hostile) ListStagedPendingChanges() (api.PendingChangesOutput, error) {
	return api.PendingChangesOutput{}, nil
}

// ListStagedProductErrands implements apply.Errands.
func (h hostile) ListStagedProductErrands(guid string) (api.ErrandsListOutput, error) {
	*h.asked = append(*h.asked, guid)
	return api.ErrandsListOutput{Errands: []api.Errand{{Name: h.errand, PostDeploy: true}}}, nil
}

var _ = Describe("staged products of a hostile server", func() {
	DescribeTable("are asked for by nothing but a GUID", func(guid string) {
		var asked []string
		_, err := apply.PlanErrands(hostile{"cf", guid, "upgrade-all", &asked}, apply.Request{ServiceErrands: true})
		Expect(err).To(MatchError(ContainSubstring("a staged product without a proper name and GUID")))
		Expect(asked).To(BeEmpty())
	},
		Entry(nil, ""), Entry(nil, ".."), Entry(nil, "../x"), Entry(nil, "a/b"), Entry(nil, "a?b"), Entry(nil, "a#b"),
		Entry(nil, "a%2fb"), Entry(nil, "a b"), Entry(nil, "a\nb"), Entry(nil, "a\r\nX: y"),
	)

	It("are named in one line, or not at all", func() {
		var asked []string
		_, err := apply.PlanErrands(hostile{"cf\nerror: forged", "cf-1", "upgrade-all", &asked}, apply.Request{ServiceErrands: true})
		Expect(err).To(MatchError("cannot list the staged products: Ops Manager lists a staged product without a proper name and GUID"))
		_, err = apply.PlanErrands(hostile{"p.mysql", "p.mysql-0a1b", "upgrade-all\x1b[2J", &asked}, apply.Request{ServiceErrands: true})
		Expect(err).To(MatchError("cannot list the errands of p.mysql: Ops Manager lists an errand without a proper name"))
	})
})
