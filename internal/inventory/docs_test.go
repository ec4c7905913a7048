package inventory_test

import (
	"fmt"
	"os"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/inventory"
)

var _ = Describe("docs/report.md", func() {
	It("says of every category who has to act, as the report does", func() {
		page, err := os.ReadFile("../../docs/report.md")
		Expect(err).NotTo(HaveOccurred())
		for _, c := range inventory.Categories() {
			procedure, who, rotated := inventory.TaskOf(c)
			Expect(string(page)).To(ContainSubstring(fmt.Sprintf("\n| %#q | %s | %s | %s |\n", c, procedure, map[bool]string{true: "yes", false: "no"}[rotated], who)))
		}
	})
})
