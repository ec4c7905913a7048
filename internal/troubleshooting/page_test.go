package troubleshooting_test

import (
	"bytes"
	"errors"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

func shown(err error) string {
	var out bytes.Buffer
	troubleshooting.Show(console.New(&out, console.Options{Color: console.ColorNever}), err)
	return out.String()
}

var _ = Describe("The way to the guide", func() {
	It("is the one to the entry, or to the guide where there is none", func() {
		locked := &opsman.LockedError{}
		Expect(shown(locked)).To(Equal("error: " + locked.Error() + "\nwhat to do: " + troubleshooting.Locked.Link() + "\n"))
		Expect(shown(errors.New("something new"))).To(Equal("error: something new\ntroubleshooting: " + troubleshooting.Page + "\n"))
	})

	It("follows joined errors, each on a line of its own", func() {
		Expect(shown(errors.Join(errors.New("one"), errors.New("two")))).To(HavePrefix("error: one\nerror: two\ntroubleshooting: "))
	})

	DescribeTable("stays whole, whatever the password is", func(password string) {
		filter := troubleshooting.Sparing(func(text string) string { return strings.ReplaceAll(text, password, "[redacted]") })
		links := troubleshooting.Links([]troubleshooting.Code{troubleshooting.Locked, "safety-unknown-violation", troubleshooting.NotTLS})
		said := filter("it said " + password + "\n" + links + "\nand " + password + "\n")
		Expect(said).To(Equal("it said [redacted]\n" + links + "\nand [redacted]\n"))
	},
		Entry(nil, "opsman"), Entry(nil, "locked"), Entry(nil, "main"), Entry(nil, "github.com"), Entry(nil, "tls"),
	)

	It("lets no text pass that merely begins as it does", func() {
		filter := troubleshooting.Sparing(func(text string) string { return strings.ReplaceAll(text, "s3cret", "[redacted]") })
		Expect(filter(troubleshooting.Page + "#s3cret")).To(Equal(troubleshooting.Page + "#[redacted]"))
		Expect(filter(troubleshooting.Page + "#locked-s3cret s3cret")).To(Equal(troubleshooting.Page + "#locked-[redacted] [redacted]"))
		Expect(filter("https://github.com/s3cret")).To(Equal("https://github.com/[redacted]"))
	})
})
