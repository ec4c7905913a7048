// Package reader is who reads the pages: with a clone, an env.yml, and a shell of the
// reader's own.
package reader

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/test/docs/page"
)

// Typed are the pages whose blocks are run, in the folder that a clone makes.
var Typed = []string{"README.md", "docs/tutorial.md"}

// Checkout is the folder of this repository, for the suites below test/docs.
var Checkout = filepath.Join("..", "..", "..")

// Read gives the blocks of a page, and the commands within its text.
func Read(name string) (blocks, inline []page.Block) {
	GinkgoHelper()
	text, err := fs.ReadFile(os.DirFS(Checkout), name)
	Expect(err).NotTo(HaveOccurred())
	blocks, err = page.Blocks(string(text))
	Expect(err).NotTo(HaveOccurred(), name)
	return blocks, page.Inline(string(text), "fly", "make", "opsman-ca", "opsman-sim", "bin/opsman-ca", "bin/opsman-sim")
}

// Environment is a reader's: without what make, Concourse and om read from it.
func Environment(more ...string) []string {
	return append(slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return slices.ContainsFunc([]string{"MAKE", "MFLAGS", "CI=", "OM_", "OPSMAN_", "BUILD_"}, func(prefix string) bool {
			return strings.HasPrefix(variable, prefix)
		})
	}), more...)
}
