package terminal_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/console/terminal"
)

func TestTerminal(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "terminal")
}

// lines are the lines of a text without trailing blanks.
func lines(text string) []string {
	split := strings.Split(text, "\n")
	for i := range split {
		split[i] = strings.TrimRight(split[i], " ")
	}
	return split
}

var _ = Describe("Table", func() {
	rows := [][]string{{"director", "successful"}, {"a longer name", "failed"}}

	It("puts cells below headers", func() {
		c := console.New(&bytes.Buffer{}, console.Options{Color: console.ColorNever})
		Expect(lines(terminal.Table(c.Styles, []string{"Product", "Status"}, rows))).To(Equal([]string{
			"Product        Status",
			"───────────────────────────",
			"director       successful",
			"a longer name  failed",
		}))
	})

	It("keeps columns in line when cells are coloured", func() {
		c := console.New(&bytes.Buffer{}, console.Options{Color: console.ColorAlways})
		table := terminal.Table(c.Styles, []string{"Status", "Product"}, [][]string{{c.OK("successful"), "x"}, {c.Error("failed"), "y"}})
		Expect(table).To(ContainSubstring("\x1b["))
		plain := lines(ansi.Strip(table))
		Expect(plain).To(ContainElements("successful  x", "failed      y"))
	})
})
