package shorten_test

import (
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/shorten"
)

var _ = Describe("a list", func() {
	all := []string{"a", "b", "c", "d"}

	It("is told whole where it is short", func() {
		first, more := shorten.Few(all, 4)
		Expect(first).To(Equal(all))
		Expect(more).To(BeZero())
		Expect(shorten.List(all, 4)).To(Equal(all))
		Expect(shorten.Join(all, 4, "; ")).To(Equal("a; b; c; d"))
		Expect(shorten.Join(nil, 4, "; ")).To(BeEmpty())
	})

	It("is told by the first of it, and by how many there are besides", func() {
		first, more := shorten.Few(all, 1)
		Expect(first).To(Equal([]string{"a"}))
		Expect(more).To(Equal(3))
		Expect(shorten.List(all, 3)).To(Equal([]string{"a", "b", "c", "and 1 more"}))
		Expect(shorten.Join(all, 2, ", ")).To(Equal("a, b and 2 more"))
	})

	It("stays as it is", func() {
		given := slices.Clone(all)
		_ = shorten.List(given, 2)
		first, _ := shorten.Few(given, 2)
		_ = append(first, "z")
		Expect(given).To(Equal(all))
	})
})

var _ = DescribeTable("a text", func(text string, most int, short string) {
	Expect(shorten.Text(text, most)).To(Equal(short))
},
	Entry("that is short", "abc", 3, "abc"),
	Entry("that is long", "abcd", 3, "abc…"),
	Entry("never ends within a letter", "aéz", 2, "a…"),
)
