package opsman_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

var _ = Describe("The limits in docs/security.md", func() {
	number := regexp.MustCompile(`\d[\d,]*( [KMG]iB)?`)
	// written is a limit as the document writes it.
	written := func(limit any) string {
		if bytes, ok := limit.(opsman.Bytes); ok {
			for _, unit := range []struct {
				size opsman.Bytes
				name string
			}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
				if bytes%unit.size == 0 {
					return fmt.Sprintf("%d %s", bytes/unit.size, unit.name)
				}
			}
		}
		digits := fmt.Sprint(limit)
		for at := len(digits) - 3; at > 0; at -= 3 {
			digits = digits[:at] + "," + digits[at:]
		}
		return digits
	}

	It("are the code's", func() {
		text, err := os.ReadFile("../../docs/security.md")
		Expect(err).NotTo(HaveOccurred())
		for row, limits := range opsman.Limits {
			var found []string
			for line := range strings.Lines(string(text)) {
				if cells, ok := strings.CutPrefix(line, "| "+row); ok {
					found = append(found, number.FindAllString(cells, -1)...)
				}
			}
			var wanted []string
			for _, limit := range limits {
				wanted = append(wanted, written(limit))
			}
			Expect(found).To(Equal(wanted), row)
		}
	})
})
