package concourse_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
	"github.com/opsman-ca/opsman-ca/internal/sim/process"
)

func TestConcourse(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "What Concourse does")
}

var _ = Describe("A pipeline", func() {
	var (
		p    *concourse.Pipeline
		ran  []process.Program
		said process.Ended
	)
	BeforeEach(func() {
		ran, said = nil, process.Ended{}
		login := concourse.Login{Target: "https://opsman", Username: "admin", Password: "secret"}
		p = &concourse.Pipeline{
			Source: login.Source(), Environ: login.Environ(), Om: []string{"--om", "/om"}, Build: GinkgoT().TempDir(),
			Run: func(_ context.Context, program process.Program) (process.Ended, error) {
				ran = append(ran, program)
				return said, nil
			},
		}
	})
	source := `{"target":"https://opsman","username":"admin","password":"secret"}`

	It("checks from the newest version that it knows, and keeps what it is answered", func(ctx SpecContext) {
		said.Stdout = `[{"state":"settled"},{"state":"generated"}]`
		Expect(p.Check(ctx)).To(HaveLen(2))
		Expect(p.Version).To(Equal(concourse.Version{"state": "generated"}))
		said.Stdout = `[{"state":"generated"}]`
		Expect(p.Check(ctx)).To(HaveLen(1))
		Expect(p.Given).To(HaveLen(1), "it is the same one")
		Expect(ran[0].Stdin).To(MatchJSON(`{"source":` + source + `}`))
		Expect(ran[1].Stdin).To(MatchJSON(`{"source":` + source + `,"version":{"state":"generated"}}`))
	})

	It("gets into an empty folder and puts from there", func(ctx SpecContext) {
		ca := filepath.Join(p.Build, "ca")
		Expect(os.Mkdir(ca, 0o700)).To(Succeed())
		Expect(os.WriteFile(filepath.Join(ca, "version.json"), nil, 0o600)).To(Succeed())
		Expect(p.Kept()).To(BeTrue())
		p.Learn(concourse.Version{"state": "settled"})
		said.Stdout = `{"version":{"state":"settled"}}`
		_, err := p.Get(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(p.Kept()).To(BeFalse())
		Expect(ran[0]).To(And(HaveField("Path", "in"), HaveField("Args", []string{ca}), HaveField("Dir", p.Build)))

		said.Stdout = `{"version":{"state":"generated"},"metadata":[{"name":"outcome","value":"done"}]}`
		a, err := p.Put(ctx, "generate", map[string]any{"recreate": true})
		Expect(err).NotTo(HaveOccurred())
		Expect(a.Datum("outcome") + a.Datum("more")).To(Equal("done"))
		Expect(p.Version).To(Equal(a.Version))
		Expect(ran[1].Args).To(Equal([]string{p.Build}))
		Expect(ran[1].Stdin).To(MatchJSON(`{"source":` + source + `,"params":{"phase":"generate","from":"ca","recreate":true}}`))
	})

	It("applies changes as a task does", func(ctx SpecContext) {
		Expect(p.Apply(ctx, "--from", "ca")).To(Succeed())
		Expect(ran[0]).To(And(HaveField("Path", "opsman-ca"), HaveField("Args", []string{"apply-changes", "--om", "/om", "--from", "ca"})))
		Expect(ran[0].Environ).To(Equal([]string{"OM_TARGET=https://opsman", "OM_USERNAME=admin", "OM_PASSWORD=secret"}))
	})

	It("counts the versions that it is given a second time", func() {
		for _, state := range []string{"settled", "generated", "generated", "settled"} {
			p.Learn(concourse.Version{"state": state})
		}
		Expect(p.Given).To(HaveLen(3))
		Expect(p.Repeated()).To(Equal(1))
	})

	DescribeTable("says what a step came to that failed", func(ctx SpecContext, e process.Ended, want string) {
		said = e
		_, err := p.Check(ctx)
		Expect(err).To(MatchError(HavePrefix(want)))
	},
		Entry("by its code", process.Ended{Code: 3, Status: "exit status 3"}, "check: exit status 3"),
		Entry("by no answer", process.Ended{}, `check answered "": expected a list of versions: `),
		Entry("by no version", process.Ended{Stdout: "[]"}, "check answered no version"),
	)
})
