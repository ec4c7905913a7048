package resource_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/resource"
)

// updateVariable makes the spec write the tables instead of comparing them:
// `make resource-tables`.
const updateVariable = "UPDATE_TABLES"

var reference = filepath.Join("..", "..", "docs", "resource.md")

var _ = DescribeTable("docs/resource.md's table of",
	func(name string, target any) {
		page, err := os.ReadFile(reference)
		Expect(err).NotTo(HaveOccurred())
		begin, end := "<!-- "+name+":begin -->\n", "<!-- "+name+":end -->"
		before, rest, found := strings.Cut(string(page), begin)
		Expect(found).To(BeTrue(), "docs/resource.md lacks the line "+begin)
		written, after, found := strings.Cut(rest, end)
		Expect(found).To(BeTrue(), "docs/resource.md lacks the line "+end)

		table := markdown(input.Fields(target))
		if os.Getenv(updateVariable) != "" {
			Expect(os.WriteFile(reference, []byte(before+begin+table+end+after), 0o600)).To(Succeed())
			return
		}
		Expect(written).To(Equal(table), "the table says something else than the struct's tags: run `make resource-tables`")
	},
	Entry("the source", "source", &resource.Source{}),
	Entry("a get's params", "get-params", &resource.InParams{}),
	Entry("a put's params", "put-params", &resource.OutParams{}),
)

// markdown is the table of an input's keys.
func markdown(fields []input.Field) string {
	var page strings.Builder
	page.WriteString("| Key | Required | Default | Meaning | Example |\n|---|---|---|---|---|\n")
	for _, f := range fields {
		required := ""
		if f.Required {
			required = "yes"
		}
		fmt.Fprintf(&page, "| `%s` | %s | %s | %s | %s |\n", f.Key, required, code(f.Default), strings.ReplaceAll(f.Doc, "|", `\|`), code(f.Example))
	}
	return page.String()
}

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}

var _ = DescribeTable("every key has a meaning and an example that is taken",
	func(target any, with string) {
		for _, f := range input.Fields(target) {
			Expect(f.Doc).NotTo(BeEmpty(), f.Key)
			Expect(f.Example).NotTo(BeEmpty(), f.Key)
			for _, value := range []string{f.Example, f.Default} {
				if value == "" {
					continue
				}
				if value == "((opsman))" { // which Concourse fills in with a map
					value = "{}"
				} else if !strings.HasPrefix(value, "[") && value != "true" && value != "false" {
					value = fmt.Sprintf("%q", value)
				}
				raw := fmt.Sprintf(`{%q: %s%s}`, f.Key, value, with)
				for _, problem := range input.Decode([]byte(raw), "it", target) {
					Expect(problem).To(MatchError(Not(ContainSubstring("it."+f.Key+" "))), raw)
				}
			}
		}
	},
	Entry("source", &resource.Source{}, ""),
	Entry("params of a get", &resource.InParams{}, ""),
	Entry("params of a put", &resource.OutParams{}, ""),
)
