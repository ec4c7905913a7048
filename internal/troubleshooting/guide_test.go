package troubleshooting_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// entry is one entry of the guide.
type entry struct {
	code troubleshooting.Code
	// part is the heading that it stands under.
	part string
	text string
}

// quoted are the messages in it, one line each.
func (e entry) quoted() []string {
	var all []string
	for _, match := range fence.FindAllStringSubmatch(e.text, -1) {
		all = append(all, strings.TrimSpace(match[1]))
	}
	return all
}

var fence = regexp.MustCompile("(?s)```text\n(.*?)```")

// guide reads docs/troubleshooting.md.
func guide() []entry {
	GinkgoHelper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "troubleshooting.md"))
	Expect(err).NotTo(HaveOccurred())
	var all []entry
	part := ""
	for line := range strings.Lines(string(page)) {
		switch {
		case strings.HasPrefix(line, "## "):
			part = strings.TrimSpace(strings.TrimPrefix(line, "## "))
		case strings.HasPrefix(line, "### "):
			all = append(all, entry{code: troubleshooting.Code(strings.TrimSpace(strings.TrimPrefix(line, "### "))), part: part})
		case len(all) > 0:
			all[len(all)-1].text += line
		}
	}
	return all
}

// of is the entry of a code.
func of(code troubleshooting.Code) entry {
	GinkgoHelper()
	for _, e := range guide() {
		if e.code == code {
			return e
		}
	}
	Fail("the guide has no entry " + string(code))
	return entry{}
}
