package fleet_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/sim/fleet"
	"github.com/opsman-ca/opsman-ca/internal/sim/roster"
)

func TestFleet(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Fleet")
}

// check is a check of the foundation with that version known.
func check(m roster.Member, known roster.Version) []roster.Version {
	GinkgoHelper()
	request, err := json.Marshal(map[string]any{
		"source":  map[string]any{"target": m.Target, "username": m.Username, "password": m.Password, "ca_cert": m.CACert},
		"version": known,
	})
	Expect(err).NotTo(HaveOccurred())
	var stdout, stderr bytes.Buffer
	code := resource.Run(resource.Check(), resource.Environment{Stdin: bytes.NewReader(request), Stdout: &stdout, Stderr: &stderr})
	Expect(code).To(Equal(0), stderr.String())
	var versions []roster.Version
	Expect(json.Unmarshal(stdout.Bytes(), &versions)).To(Succeed())
	return versions
}

// requests of one check once Concourse knows the version, the token included.
var requests = map[string]int{
	"settled": 2, "generated": 4, "trusted": 5, "activated": 5, "regenerated": 4, "replaced": 5, "retired": 4, "blocked": 2,
}

var _ = Describe("A fleet", func() {
	var f *fleet.Fleet

	BeforeEach(func(ctx SpecContext) {
		var err error
		f, err = fleet.Serve(ctx, 20)
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(f.Close)
	})

	It("has foundations in every state, each of its own, and says what a check of them answers", func() {
		states, active := map[string]int{}, map[string]bool{}
		for i, m := range f.Members {
			Expect(check(m, m.Known)).To(Equal(m.Answer), m.State)
			before := f.Requests(i)
			Expect(check(m, m.Version)).To(Equal([]roster.Version{m.Version}), m.State)
			Expect(f.Requests(i)-before).To(Equal(requests[m.State]), m.State)
			Expect(m.Version["state"]).To(Equal(m.State))
			states[m.State]++
			active[m.Active] = true
		}
		Expect(active).To(HaveLen(len(f.Members)), "each has CAs of its own")
		for state := range requests {
			Expect(states[state]).To(BeNumerically(">", 0), state)
		}
		Expect(states["settled"]).To(Equal(13))
	})

	It("costs Ops Manager what docs/resource.md says", func() {
		page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "resource.md"))
		Expect(err).NotTo(HaveOccurred())
		_, table, found := strings.Cut(string(page), "| requests an hour, of one foundation |")
		Expect(found).To(BeTrue())
		table, _, _ = strings.Cut(table, "\n\n")
		for state, n := range requests {
			Expect(table).To(MatchRegexp("(?m)^\\|[^|]*`%s`[^|]*\\| %d \\| %d \\| %d \\|$", state, 60*n, 6*n, n))
		}
	})

	It("leaves its list for a client to read", func() {
		path := filepath.Join(GinkgoT().TempDir(), "fleet.json")
		Expect(roster.Write(path, f.Members)).To(Succeed())
		Expect(roster.Read(path)).To(Equal(f.Members))
	})
})
