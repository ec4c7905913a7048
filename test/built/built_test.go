package built_test

import (
	"os"
	"path/filepath"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/test/built"
)

func TestBuilt(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "built")
}

var _ = It("every program that is missing is named, and how to get it", func() {
	folder := GinkgoT().TempDir()
	Expect(os.WriteFile(filepath.Join(folder, "check"), nil, 0o600)).To(Succeed())
	Expect(built.Missing(folder, "check")).To(Succeed())
	Expect(built.Missing(folder, "check", "in", "out")).To(MatchError(And(
		ContainSubstring(filepath.Join(folder, "in")), ContainSubstring(filepath.Join(folder, "out")), Not(ContainSubstring(filepath.Join(folder, "check"))),
		ContainSubstring("run `make build bin/om-quick` first"))))
})
