package page_test

import (
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/test/docs/page"
)

func TestPage(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Pages")
}

// text has ~ where a page has `.
func text(lines ...string) string { return strings.ReplaceAll(strings.Join(lines, "\n"), "~", "`") }

var _ = Describe("a page", func() {
	It("is read block by block, with marks and outputs", func() {
		blocks, err := page.Blocks(text(
			"~~~sh", "make build", "~~~", "Then", "~~~", "built", "~~~", "~~~", "no output of a block", "~~~",
			"<!-- not run: needs a Concourse -->", "~~~sh", "fly status", "~~~", "~~~", "not its output", "~~~",
			"- in a list", "  <!-- fails: too early -->", "  ~~~sh", "  a \\", "    b", "  ~~~", "~~~yaml", "a: b", "~~~",
		))
		Expect(err).NotTo(HaveOccurred())
		Expect(blocks).To(Equal([]page.Block{
			{Line: 2, Text: "make build\n", Output: "built\n"},
			{Line: 13, Text: "fly status\n", NotRun: "needs a Concourse"},
			{Line: 21, Text: "a \\\n  b\n", Fails: "too early"},
		}))
	})

	DescribeTable("is refused", func(want string, lines ...string) {
		_, err := page.Blocks(text(lines...))
		Expect(err).To(MatchError(ContainSubstring(want)))
	},
		Entry("where a mark has lost its block", "line 1: \"<!-- not run: x -->\" is not followed by", "<!-- not run: x -->", "", "~~~sh", "make", "~~~"),
		Entry("where a mark has no reason", "gives no reason", "<!-- not run: -->", "~~~sh", "make", "~~~"),
		Entry("where a block would be read by no test", "not in ```bash", "~~~bash", "make", "~~~"),
		Entry("where a block has no end", "line 1: the block has no end", "~~~sh", "make"),
	)

	It("has commands within its text", func() {
		Expect(page.Inline(text("~make image~, ~make~, ~makes no sense~ and ~fly -t ci pause~", "~~~sh", "# ~make demo~", "~~~"), "make", "fly")).To(Equal([]page.Block{
			{Line: 1, Text: "make image\n", NotRun: "stands in the text"},
			{Line: 1, Text: "fly -t ci pause\n", NotRun: "stands in the text"},
		}))
	})

	DescribeTable("shows an output", func(shown, output string, as bool) {
		Expect(page.Shows(shown, output)).To(Equal(as))
	},
		Entry("that is longer", "state settled\n", "opsman-ca dev\n\x1b[1mstate\x1b[m settled  \nnext\n", true),
		Entry("with what differs each time left out", "CA   role\n…   active …\n", "CA    role  \na1b2  active  2026\nc3d4  candidate\n", true),
		Entry("with lines left out", "state settled\n…\nnext generate\n", "state settled\nmuch\nmore\nnext generate\n", true),
		Entry("in another order", "next …\nstate settled\n", "state settled\nnext generate\n", false),
		Entry("that is another", "state settled\n", "state generated\n", false),
		Entry("with lines between", "state settled\nnext generate\n", "state settled\nmuch\nnext generate\n", false),
	)
})
