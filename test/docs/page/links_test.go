package page_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var (
	link      = regexp.MustCompile(`\]\(([^)#\s]*)(?:#([^)\s]*))?\)`)
	heading   = regexp.MustCompile(`(?m)^#+ +(.*)$`)
	code      = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
	unwritten = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors of a page, as GitHub makes them of its headings.
func anchors(text string) []string {
	var all []string
	for _, h := range heading.FindAllStringSubmatch(text, -1) {
		all = append(all, strings.ReplaceAll(unwritten.ReplaceAllString(strings.ToLower(strings.TrimSpace(h[1])), ""), " ", "-"))
	}
	return all
}

var _ = It("every link between pages leads to a file, and to a heading that is there", func() {
	root := filepath.Join("..", "..", "..")
	var problems []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "docs/*/*/*.md"} {
		pages, err := filepath.Glob(filepath.Join(root, pattern))
		Expect(err).NotTo(HaveOccurred())
		Expect(pages).NotTo(BeEmpty())
		for _, path := range pages {
			text, err := os.ReadFile(path)
			Expect(err).NotTo(HaveOccurred())
			for _, l := range link.FindAllStringSubmatch(code.ReplaceAllString(string(text), ""), -1) {
				if strings.Contains(l[1], "://") {
					continue
				}
				target := path
				if l[1] != "" {
					target = filepath.Join(filepath.Dir(path), l[1])
				}
				if _, err := os.Stat(target); err != nil {
					problems = append(problems, fmt.Sprintf("%s: %s: no such file", path, l[0]))
				} else if there, err := os.ReadFile(target); l[2] != "" && (err != nil || !slices.Contains(anchors(string(there)), l[2])) {
					problems = append(problems, fmt.Sprintf("%s: %s: no such heading", path, l[0]))
				}
			}
		}
	}
	Expect(problems).To(BeEmpty())
})
