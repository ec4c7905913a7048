package rotation_test

import (
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// A newcomer reads a package in the order of its doc.go, which is worth nothing where a
// file is missing from it, or is gone.
var _ = DescribeTable("doc.go names every file of", func(folder string) {
	doc, err := os.ReadFile(filepath.Join(folder, "doc.go"))
	Expect(err).NotTo(HaveOccurred())
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	Expect(err).NotTo(HaveOccurred())
	known := map[string]bool{}
	for _, path := range files {
		name := filepath.Base(path)
		known[name] = true
		if name != "doc.go" && !strings.HasSuffix(name, "_test.go") {
			Expect(string(doc)).To(MatchRegexp(`\b%s\b`, name))
		}
	}
	for word := range strings.FieldsFuncSeq(string(doc), func(r rune) bool { return strings.ContainsRune(" \t\n,:;()", r) }) {
		if strings.HasSuffix(word, ".go") {
			Expect(known).To(HaveKey(word))
		}
	}
},
	Entry(nil, "."), Entry(nil, filepath.Join("..", "apply")),
)
