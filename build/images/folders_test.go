package images_test

import (
	"os"
	"path"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// buildah, and BuildKit before 0.21, make folders as 0755 whatever --chmod says, so that building with them does not tell.
var _ = Describe("the Dockerfile", func() {
	It("makes the folders of files that are copied with a mode without x", func() {
		text, err := os.ReadFile("../../Dockerfile")
		Expect(err).NotTo(HaveOccurred())
		made := map[string]bool{}
		for _, run := range regexp.MustCompile(`(?m)^RUN mkdir -p (.*)$`).FindAllStringSubmatch(string(text), -1) {
			for folder := range strings.FieldsSeq(run[1]) {
				_, within, _ := strings.Cut(folder[1:], "/") // the first is the tree's
				for at := "/" + within; at != "/"; at = path.Dir(at) {
					made[at] = true
				}
			}
		}
		copies := regexp.MustCompile(`(?m)^COPY .*--chmod=0[0246]+ .* (\S+)$`).FindAllStringSubmatch(string(text), -1)
		Expect(copies).NotTo(BeEmpty())
		for _, c := range copies {
			folder := path.Dir(c[1]) // of what ends with a slash, the folder itself
			Expect(made).To(HaveKey(folder), c[0])
		}
	})
})
