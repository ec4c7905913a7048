package rotation_test

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const (
	module    = "github.com/opsman-ca/opsman-ca/"
	simulator = module + "internal/sim"
	suites    = module + "test"
)

// below tells whether the package is this one or below it.
func below(pkg, of string) bool { return pkg == of || strings.HasPrefix(pkg, of+"/") }

// imports are the packages that each package imports, those of specs left out.
type imports map[string][]string

// all are a package and whatever it needs.
func (i imports) all(pkg string) []string {
	seen := []string{pkg}
	for n := 0; n < len(seen); n++ {
		for _, needed := range i[seen[n]] {
			if !slices.Contains(seen, needed) {
				seen = append(seen, needed)
			}
		}
	}
	return seen
}

func ours(pkg string) bool { return strings.HasPrefix(pkg, module) }

var _ = Describe("imports", Ordered, func() {
	known := imports{}

	BeforeAll(func(ctx SpecContext) {
		list := exec.CommandContext(ctx, "go", "list", "-deps", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./cmd/...", "./internal/...")
		list.Dir = filepath.Join("..", "..")
		list.Stderr = GinkgoWriter
		answer, err := list.Output()
		Expect(err).NotTo(HaveOccurred())
		for line := range strings.Lines(string(answer)) {
			words := strings.Fields(line)
			known[words[0]] = words[1:]
		}
	})

	DescribeTable("of a package that decides are of its kind, and reach nothing outside the process",
		func(pkg string) {
			core := []string{module + "internal/rotation", module + "internal/evidence", module + "internal/setting"}
			Expect(known).To(HaveKey(module + pkg))
			for _, needed := range known.all(module + pkg) {
				if ours(needed) {
					Expect(core).To(ContainElement(needed))
				}
			}
			Expect(known[module+pkg]).NotTo(ContainElement(BeElementOf("os", "net", "net/http")))
		},
		Entry(nil, "internal/rotation"), Entry(nil, "internal/evidence"), Entry(nil, "internal/setting"),
	)

	It("never lead from the product to the simulator or to suites", func() {
		product := 0
		for pkg := range known {
			if !ours(pkg) || below(pkg, simulator) || below(pkg, suites) || pkg == module+"cmd/opsman-sim" {
				continue
			}
			product++
			for _, needed := range known.all(pkg) {
				Expect(below(needed, simulator) || below(needed, suites)).To(BeFalse(), "%s needs %s", pkg, needed)
			}
		}
		Expect(product).To(BeNumerically(">", 10))
	})
})
