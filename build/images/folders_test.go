package images_test

import (
	"maps"
	"os"
	"path"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var (
	stage  = regexp.MustCompile(`^FROM (?:--\S+ )?(\S+) AS (\S+)$`)
	made   = regexp.MustCompile(`^RUN mkdir -p (/.*)$`)
	tree   = regexp.MustCompile(`^COPY --from=folders /(\w+)/ /$`)
	opened = regexp.MustCompile(`^COPY .*--chmod=0[0246]+ .* (\S+)$`)
)

// buildah, and BuildKit before 0.21, make folders as 0755 whatever --chmod says, so that building with them does not tell.
var _ = Describe("the Dockerfile", func() {
	It("has the folders of files that are copied with a mode without x, in each stage, before them", func() {
		text, err := os.ReadFile("../../Dockerfile")
		Expect(err).NotTo(HaveOccurred())
		trees, stages, copies := map[string][]string{}, map[string]map[string]bool{}, 0
		var here map[string]bool
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if is := stage.FindStringSubmatch(line); is != nil {
				here = map[string]bool{}
				maps.Copy(here, stages[is[1]])
				stages[is[2]] = here
			}
			if is := made.FindStringSubmatch(line); is != nil {
				for folder := range strings.FieldsSeq(is[1]) {
					name, within, _ := strings.Cut(folder[1:], "/")
					trees[name] = append(trees[name], "/"+within)
				}
			}
			if is := tree.FindStringSubmatch(line); is != nil {
				for _, folder := range trees[is[1]] {
					for ; folder != "/"; folder = path.Dir(folder) {
						here[folder] = true
					}
				}
			}
			if is := opened.FindStringSubmatch(line); is != nil {
				copies++
				Expect(here).To(HaveKey(path.Dir(is[1])), line) // of what ends with a slash, the folder itself
			}
		}
		Expect(copies).To(BeNumerically(">", 5))
	})
})
