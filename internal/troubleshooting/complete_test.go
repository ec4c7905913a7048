package troubleshooting_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

var _ = Describe("the guide", func() {
	It("has one entry for every code, and none without a code", func() {
		var written []troubleshooting.Code
		for _, e := range guide() {
			written = append(written, e.code)
		}
		Expect(written).To(ConsistOf(troubleshooting.Codes()))
	})

	It("says of each what it means, what is seen, what to do, and what not to do", func() {
		for _, e := range guide() {
			if e.part == "Nothing is wrong" {
				continue
			}
			Expect(e.text).To(ContainSubstring("\n**Do:** "), string(e.code))
			Expect(e.text).To(ContainSubstring("\n**Do not:** "), string(e.code))
			if e.part != "Safety violations" {
				Expect(e.quoted()).NotTo(BeEmpty(), string(e.code))
			}
		}
	})

	It("quotes Ops Manager's words of each safety violation, and gives the remedy that the message gives", func() {
		for _, text := range opsman.Violations() {
			v := opsman.ViolationOf(text)
			e := of(troubleshooting.OfViolation(v.Code))
			Expect(e.text).To(ContainSubstring("\n> " + text + "\n"))
			Expect(oneLine(e.text)).To(ContainSubstring("**Do:** "+v.Remedy), v.Code)
		}
		Expect(oneLine(of(troubleshooting.OfViolation(opsman.CodeUnknown)).text)).To(ContainSubstring("**Do:** " + opsman.ViolationOf("new").Remedy))
	})

	It("marks what can be accepted, and nothing else", func() {
		for _, r := range rotation.Reasons() {
			acceptable := slices.Contains(rotation.Acceptable(), r)
			Expect(strings.HasPrefix(strings.TrimSpace(of(troubleshooting.OfReason(r)).text), "Acceptable.")).To(Equal(acceptable), string(r))
		}
	})

	It("leads nowhere else than to its own headings and the page's neighbours", func() {
		page, err := os.ReadFile(filepath.Join("..", "..", "docs", "troubleshooting.md"))
		Expect(err).NotTo(HaveOccurred())
		anchors := []string{}
		for line := range strings.Lines(string(page)) {
			if heading, found := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); found && strings.HasPrefix(line, "##") {
				anchors = append(anchors, strings.ReplaceAll(strings.ToLower(strings.TrimSpace(heading)), " ", "-"))
			}
		}
		for _, link := range regexp.MustCompile(`\]\(#([^)]+)\)`).FindAllStringSubmatch(string(page), -1) {
			Expect(anchors).To(ContainElement(link[1]))
		}
	})
})

var _ = Describe("the table of refusals in docs/resource.md", func() {
	It("has every code that a put is refused with, and says which can be accepted", func() {
		page, err := os.ReadFile(filepath.Join("..", "..", "docs", "resource.md"))
		Expect(err).NotTo(HaveOccurred())
		_, table, found := strings.Cut(string(page), "\n## What it refuses, and why\n")
		Expect(found).To(BeTrue())
		rows := map[string]string{}
		for line := range strings.Lines(table) {
			cells := strings.Split(line, "|")
			if len(cells) < 4 {
				continue
			}
			for _, code := range regexp.MustCompile("`([a-z0-9-]+)`").FindAllStringSubmatch(cells[1], -1) {
				rows[code[1]] = cells[3]
			}
		}
		for _, e := range guide() {
			if e.part != "Refusals" && e.part != "Blocked" || !slices.Contains(texts(rotation.Reasons()), string(e.code)) {
				continue
			}
			Expect(rows).To(HaveKey(string(e.code)))
			acceptable := slices.Contains(rotation.Acceptable(), rotation.Reason(e.code))
			Expect(strings.Contains(rows[string(e.code)], "acceptable")).To(Equal(acceptable), string(e.code))
		}
	})
})

var _ = Describe("the lists of codes", func() {
	It("have every reason that the source has", func() {
		Expect(constants(filepath.Join("..", "rotation"), "Reason")).To(ConsistOf(texts(rotation.Reasons())))
	})

	It("have every code of the source here", func() {
		Expect(texts(troubleshooting.Codes())).To(ContainElements(constants(".", "Code")))
	})

	It("have every safety violation that is known, each with a code of its own", func() {
		codes := opsman.ViolationCodes()
		Expect(codes).To(HaveLen(len(opsman.Violations()) + 1))
		Expect(slices.Compact(slices.Sorted(slices.Values(codes)))).To(HaveLen(len(codes)))
		Expect(codes).To(ContainElement(opsman.CodeUnknown))
	})

	It("have none twice", func() {
		codes := slices.Sorted(slices.Values(troubleshooting.Codes()))
		Expect(slices.Compact(slices.Clone(codes))).To(Equal(codes))
	})
})

func texts[T ~string](list []T) []string {
	var all []string
	for _, one := range list {
		all = append(all, string(one))
	}
	return all
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// constants are the literal values of the constants of a type in a folder's source.
func constants(folder, kind string) []string {
	GinkgoHelper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	Expect(err).NotTo(HaveOccurred())
	var values []string
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		Expect(err).NotTo(HaveOccurred())
		ast.Inspect(file, func(n ast.Node) bool {
			spec, is := n.(*ast.ValueSpec)
			if !is {
				return true
			}
			if named, is := spec.Type.(*ast.Ident); !is || named.Name != kind {
				return true
			}
			for _, value := range spec.Values {
				if literal, is := value.(*ast.BasicLit); is && literal.Kind == token.STRING {
					text, err := strconv.Unquote(literal.Value)
					Expect(err).NotTo(HaveOccurred())
					values = append(values, text)
				}
			}
			return true
		})
	}
	Expect(values).NotTo(BeEmpty())
	return values
}
