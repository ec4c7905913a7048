package form_test

import (
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/form"
)

func TestForm(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "form")
}

var _ = Describe("a GUID", func() {
	DescribeTable("is", func(text string) { Expect(form.GUID.Matches(text)).To(BeTrue()) },
		Entry("hexadecimal digits", "f7bc18f34f2a7a9403c3"),
		Entry("a name and such digits", "p-bosh-6b2ab0cd7a1f5d4f3c8e"),
		Entry("as long as it may be", strings.Repeat("a", 128)),
	)
	DescribeTable("is not", func(text string) { Expect(form.GUID.Matches(text)).To(BeFalse()) },
		Entry("nothing", ""),
		Entry("longer", strings.Repeat("a", 129)),
		Entry("a path", "a/b"), Entry("an escape", "a%2fb"), Entry("more than one line", "a\n"), Entry("dots", ".."),
	)
})

var _ = Describe("the length of a form", func() {
	It("is counted in characters", func() {
		three := form.New(3, `^\p{L}+$`)
		Expect(three.Matches("äöü")).To(BeTrue())
		Expect(three.Matches("äöüß")).To(BeFalse())
	})
})
