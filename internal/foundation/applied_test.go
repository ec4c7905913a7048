package foundation_test

import (
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/input"
)

var _ = Describe("the record of an apply changes", func() {
	var folder string
	BeforeEach(func() { folder = GinkgoT().TempDir() })

	It("is read as it was left", func() {
		left := evidence.Applied{Installation: 7, StartedAt: later, Errands: map[string][]string{"p.mysql-d5125795cf2182f03340": {"upgrade-all-service-instances"}}, Recreated: []string{"cf-1"}}
		Expect(foundation.WriteApplied(folder, left)).To(Succeed())
		Expect(foundation.ReadApplied(folder)).To(Equal(left))
	})

	It("is none where there is no file", func() {
		Expect(foundation.ReadApplied(folder)).To(BeZero())
	})

	It("is not written through a link that leads out of the folder", func() {
		elsewhere := filepath.Join(GinkgoT().TempDir(), "elsewhere")
		Expect(os.Symlink(elsewhere, filepath.Join(folder, foundation.AppliedFile))).To(Succeed())
		Expect(foundation.WriteApplied(folder, evidence.Applied{Installation: 7})).To(MatchError(HavePrefix("cannot write applied.json: ")))
		Expect(elsewhere).NotTo(BeAnExistingFile())
	})

	DescribeTable("is refused where it is something else", func(text string) {
		Expect(os.WriteFile(filepath.Join(folder, foundation.AppliedFile), []byte(text), 0o600)).To(Succeed())
		_, err := foundation.ReadApplied(folder)
		Expect(err).To(MatchError(And(ContainSubstring("applied.json"), ContainSubstring("take it out of the folder"), Not(ContainSubstring("geheim")))))
	},
		Entry("empty", ""), Entry("no JSON", "geheim"), Entry("without an installation", `{"errands":{}}`),
		Entry("with another GUID", `{"installation":2,"errands":{"../geheim":["x"]}}`), Entry("with an errand without a name", `{"installation":2,"errands":{"cf-1":[""]}}`),
		Entry("with one that is no name", `{"installation":2,"errands":{"cf-1":["geheim\nx"]}}`), Entry("with a product that is none", `{"installation":2,"recreated":["../geheim"]}`),
		Entry("too large", strings.Repeat(" ", input.LargestFile+1)),
	)
})
