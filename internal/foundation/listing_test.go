package foundation_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/foundation"
)

var _ = Describe("Listing", func() {
	It("asks for what a list of all certificates needs, and marks what is excluded", func() {
		o := settledOn(old(true))
		o.excluded = []string{"/x", "/cf/router", "/a"}
		e, err := foundation.Listing(context.Background(), o)
		Expect(err).NotTo(HaveOccurred())
		Expect(o.asked).To(Equal([]string{"info", "authorities", "products", "certificates", "excluded certificates"}))
		Expect(e.At).To(Equal(now))
		Expect(e.OpsManager).To(Equal("3.1.2-build.5"))
		Expect(e.CAs).To(HaveLen(1))
		Expect(e.Products.List).To(HaveLen(2))
		Expect(e.Certificates.List).To(HaveExactElements(And(HaveField("Name", "/cf/router"), HaveField("Excluded", true))))
	})

	DescribeTable("says what could not be asked",
		func(question string) {
			o := settledOn(old(true))
			o.broken = question
			_, err := foundation.Listing(context.Background(), o)
			Expect(err).To(MatchError(MatchRegexp("^cannot ask Ops Manager (for its|which) .*" + spelled(question) + ".*: it hung up$")))
			Expect(o.asked[len(o.asked)-1]).To(Equal(question), "nothing is asked after a failure")
		},
		Entry(nil, "info"), Entry(nil, "authorities"), Entry(nil, "products"), Entry(nil, "certificates"), Entry(nil, "excluded certificates"),
	)
})
