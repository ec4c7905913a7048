// Package lookup_test looks up what pages tell to type and no suite runs: whether the
// commands, flags and files exist. It runs them with stand-ins for the programs, so
// that bash itself reads them.
package lookup_test

import (
	"path/filepath"
	"slices"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/format"

	"github.com/opsman-ca/opsman-ca/test/docs/reader"
)

func TestLookup(t *testing.T) {
	RegisterFailHandler(Fail)
	format.MaxLength = 0
	RunSpecs(t, "Lookup")
}

// others are the pages of which nothing is run.
func others() []string {
	GinkgoHelper()
	var names []string
	for _, pattern := range []string{"CONTRIBUTING.md", "docs/*.md", "docs/dev/*.md", "docs/dev/decisions/*.md"} {
		found, err := filepath.Glob(filepath.Join(reader.Checkout, pattern))
		Expect(err).NotTo(HaveOccurred())
		for _, path := range found {
			name, err := filepath.Rel(reader.Checkout, path)
			Expect(err).NotTo(HaveOccurred())
			if !slices.Contains(reader.Typed, name) {
				names = append(names, name)
			}
		}
	}
	Expect(names).NotTo(BeEmpty())
	return names
}
