package console_test

import (
	"bytes"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/console"
)

var _ = Describe("SetFilter", func() {
	It("sends everything through the filter from then on", func() {
		var out bytes.Buffer
		c := console.New(&out, console.Options{Color: console.ColorNever})
		c.Println("geheim before")
		c.SetFilter(func(text string) string { return strings.ReplaceAll(text, "geheim", "…") })
		c.Println("geheim after")
		l := console.NewLines(c)
		n, err := l.Write([]byte("of geheim\nand"))
		Expect(n, err).To(Equal(13))
		Expect(l.Flush()).To(Succeed())
		Expect(out.String()).To(Equal("geheim before\n… after\nof …\nand\n"))
	})

	It("counts what was given, not what was left of it", func() {
		c := console.New(&bytes.Buffer{}, console.Options{})
		c.SetFilter(func(string) string { return "" })
		n, err := c.Write([]byte("geheim"))
		Expect(n, err).To(Equal(6))
	})
})
