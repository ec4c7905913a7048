package console_test

import (
	"bytes"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/console"
)

var _ = Describe("What is written", func() {
	DescribeTable("cannot command a terminal", func(text, left string) {
		var out bytes.Buffer
		c := console.New(&out, console.Options{Color: console.ColorNever})
		n, err := c.Write([]byte(text))
		Expect(n, err).To(Equal(len(text)))
		Expect(out.String()).To(Equal(left))
		Expect(console.Harmless(left)).To(Equal(left))
	},
		Entry("lines and tabs", "a\tb\nc\n", "a\tb\nc\n"),
		Entry("letters of the world", "Größe 数 ✓ ─\n", "Größe 数 ✓ ─\n"),
		Entry("colours", "\x1b[1;31mred\x1b[0m \x1b[38;2;1;2;3mx\x1b[m", "\x1b[1;31mred\x1b[0m \x1b[38;2;1;2;3mx\x1b[m"),
		Entry("clear the screen", "a\x1b[2Jb", "a[2Jb"),
		Entry("move the cursor", "a\x1b[1A\x1b[Gb", "a[1A[Gb"),
		Entry("the window's title", "\x1b]0;title\x07b", "]0;titleb"),
		Entry("the clipboard", "\x1b]52;c;aGk=\x1b\\", "]52;c;aGk=\\"),
		Entry("a link", "\x1b]8;;https://example.com\x1b\\x", "]8;;https://example.com\\x"),
		Entry("a question to the terminal", "\x1b[6n\x05", "[6n"),
		Entry("back and over", "good\r\x08bad\r\n", "goodbad\n"),
		Entry("eight-bit commands", "a\u009b2Jb", "a2Jb"),
		Entry("eight-bit commands that are no text", "a\x9b2Jb", "a\ufffd2Jb"),
		Entry("the direction of writing", "a\u202eb\u2066c\u200b", "abc"),
		Entry("other ends of lines", "a\u2028b\vc", "a bc"),
		Entry("a colour in pieces", "\x1b\x1b[31[31mx", "[31[31mx"),
		Entry("a colour made by taking out", "\x1b[3\x001mx", "[31mx"),
		Entry("a colour made by taking out a colour", "\x1b\x1b[1m[2J", "\x1b[1m[2J"),
	)

	It("is made harmless before it is filtered: a secret may be interspersed", func() {
		var out bytes.Buffer
		c := console.New(&out, console.Options{Color: console.ColorNever})
		c.SetFilter(func(text string) string {
			return string(bytes.ReplaceAll([]byte(text), []byte("geheim"), []byte("…")))
		})
		c.Println("ge\x00he\u200bim")
		Expect(out.String()).To(Equal("…\n"))
	})
})
