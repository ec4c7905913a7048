package rotation_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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

// outside tells what is no part of the product.
func outside(pkg string) bool {
	return below(pkg, simulator) || below(pkg, suites) || pkg == module+"cmd/opsman-sim"
}

// floors are the packages of each floor of docs/dev/architecture.md, the highest first.
func floors() (all [][]string) {
	GinkgoHelper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "dev", "architecture.md"))
	Expect(err).NotTo(HaveOccurred())
	_, table, found := strings.Cut(string(page), "\n| floor |")
	Expect(found).To(BeTrue(), "docs/dev/architecture.md has no table of floors")
	table, _, _ = strings.Cut(table, "\n\n")
	for _, row := range strings.Split(table, "\n")[2:] {
		var packages []string
		for _, name := range regexp.MustCompile("`([a-z/-]+)`").FindAllStringSubmatch(strings.Split(row, "|")[2], -1) {
			packages = append(packages, module+name[1])
		}
		all = append(all, packages)
	}
	return all
}

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
			core := []string{module + "internal/rotation", module + "internal/evidence", module + "internal/setting", module + "internal/shorten"}
			Expect(known).To(HaveKey(module + pkg))
			for _, needed := range known.all(module + pkg) {
				if ours(needed) {
					Expect(core).To(ContainElement(needed))
				}
			}
			Expect(known[module+pkg]).NotTo(ContainElement(BeElementOf("os", "net", "net/http")))
		},
		Entry(nil, "internal/rotation"), Entry(nil, "internal/evidence"), Entry(nil, "internal/setting"), Entry(nil, "internal/shorten"),
	)

	It("never lead from the product to the simulator or to suites", func() {
		product := 0
		for pkg := range known {
			if !ours(pkg) || outside(pkg) {
				continue
			}
			product++
			for _, needed := range known.all(pkg) {
				Expect(below(needed, simulator) || below(needed, suites)).To(BeFalse(), "%s needs %s", pkg, needed)
			}
		}
		Expect(product).To(BeNumerically(">", 10))
	})
	It("lead down the floors of docs/dev/architecture.md, or stay on one", func() {
		all := floors()
		ground := len(all) - 1
		floor := func(pkg string) int {
			at := slices.IndexFunc(all, func(packages []string) bool { return slices.Contains(packages, pkg) })
			if at < 0 {
				return ground
			}
			return at
		}
		for n, packages := range all {
			Expect(packages).NotTo(BeEmpty(), "row %d of the table names no package", n+1)
			for _, pkg := range packages {
				Expect(known[pkg]).NotTo(BeNil(), "the table names %s, which is not there", pkg)
			}
		}
		for pkg, needed := range known {
			if !ours(pkg) || outside(pkg) {
				continue
			}
			for _, one := range needed {
				if !ours(one) {
					continue
				}
				Expect(floor(pkg) < ground || slices.Contains(all[ground], pkg)).To(BeTrue(), "%s imports %s, and is in no row of the table", pkg, one)
				Expect(floor(one)).To(BeNumerically(">=", floor(pkg)), "%s imports %s, which is on a floor above it", pkg, one)
			}
		}
	})

	It("never lead from the simulated Ops Manager to the product", func() {
		for _, needed := range known.all(simulator) {
			Expect(!ours(needed) || below(needed, simulator)).To(BeTrue(), "%s needs %s", simulator, needed)
		}
	})
})
