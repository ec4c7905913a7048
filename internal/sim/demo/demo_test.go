package demo_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/charmbracelet/x/ansi"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/demo"
	"github.com/opsman-ca/opsman-ca/internal/sim/outcome"
	"github.com/opsman-ca/opsman-ca/test/integration/programs"
)

// bin is the folder with the programs.
var bin string

var (
	_ = BeforeSuite(func() { bin = programs.Folder() })
	_ = AfterSuite(gexec.CleanupBuildArtifacts)
)

// show is what the demo shows. The programs have no word from the environment on
// colours: they have it from the demo.
func show(ctx context.Context, o demo.Options, color console.Color) (string, error) {
	GinkgoHelper()
	var out bytes.Buffer
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); name != "NO_COLOR" && name != "OPSMAN_CA_COLOR" {
			o.Environ = append(o.Environ, variable)
		}
	}
	o.Console = console.New(&out, console.Options{Color: color})
	err := demo.Run(ctx, o)
	GinkgoWriter.Println(out.String())
	return out.String(), err
}

// rowsOf are how many rows the text takes on a terminal of so many columns.
func rowsOf(text string, columns int) int {
	rows := 0
	for line := range strings.Lines(text) {
		rows += max((ansi.StringWidth(strings.TrimRight(line, "\n"))+columns-1)/columns, 1)
	}
	return rows
}

// failing has the programs, but for out, in whose place is a script.
func failing(script string) string {
	GinkgoHelper()
	folder := GinkgoT().TempDir()
	for name, as := range map[string]string{"check": "check", "in": "in", "opsman-ca": "opsman-ca", "om-quick": "om-quick", "out": "real-out"} {
		Expect(os.Symlink(filepath.Join(bin, name), filepath.Join(folder, as))).To(Succeed())
	}
	Expect(os.WriteFile(filepath.Join(folder, "out"), []byte("#!/bin/sh\n"+script), 0o755)).To(Succeed())
	return folder
}

var _ = Describe("the demo", func() {
	It("tells on a screen and a half that a foundation is rotated, and of the mistake on another", func(ctx SpecContext) {
		out, err := show(ctx, demo.Options{Bin: bin}, console.ColorNever)
		Expect(err).NotTo(HaveOccurred())
		for _, row := range []string{
			`look +settled +39/39 +- +0 of 0 `,
			`apply changes before the rotation +settled `,
			`generate +generated +39/39 +0/0 `,
			`apply changes 1: trust the new CA +trusted +39/39 +39/0 +0 of \d+ `,
			`activate +activated `,
			`regenerate +regenerated `,
			`apply changes 2: new certificates +replaced +39/0 +39/39 +0 of \d+ `,
			`delete the old CA +retired `,
			`apply changes 3: drop the old CA +settled +0/0 +39/39 +0 of \d+ `,
			`settled: the root CA \w+ was replaced by \w+, \d\d\d handshakes, none broken$`,
			`activate, by the resource +refused +40/40 +0/0 `,
			`error: activate refused \(not-reached\): .* then verify$`,
			`the same by curl +outage +\d+/\d+ +\d+/\d+ +(\d\d) of \d+ `,
			`broken: .* does not accept the certificate of .*: tls: `,
			`and \d+ more$`, `installation 3 failed `, `demo complete in `,
		} {
			Expect(out).To(MatchRegexp(`(?m)^` + row))
		}
		Expect(out).To(ContainSubstring("The mistake needs TKGI"))
		Expect(out).NotTo(ContainSubstring("[redacted]"), "nothing had to be taken out")
		Expect(out).NotTo(ContainSubstring("Updating instance"))
		Expect(out).NotTo(MatchRegexp("[\x1b\r]"), "it is redirected")
		Expect(rowsOf(out, 80)).To(BeNumerically("<=", 60))
		Expect(rowsOf(out, 120)).To(BeNumerically("<=", 50))
	})

	It("shows everything where it is asked to, without colours all the same where it is redirected", func(ctx SpecContext) {
		out, err := show(ctx, demo.Options{Bin: bin, Verbose: true}, console.ColorNever)
		Expect(err).NotTo(HaveOccurred())
		for _, text := range []string{
			"▼ apply changes 2: new certificates\n", "$ check\n", "$ out  params: {phase: verify, from: ca}\n", "$ opsman-ca apply-changes --from ca\n",
			"go: generate may run", "Updating instance router/0", "upgrade-all-service-instances", "installation 5 reached 4 of 4 products",
			"$ curl -X POST …/installations\n", "refused, and nothing was changed.\n", "demo complete in ",
		} {
			Expect(out).To(ContainSubstring(text))
		}
		broken := regexp.MustCompile(`outage +\d+/\d+ +\d+/\d+ +(\d+) of `).FindStringSubmatch(out)
		Expect(broken).NotTo(BeNil(), "the tally is shown at the end")
		Expect(strings.Count(out, "\nbroken: ")).To(BeNumerically(">", 3), "each of "+broken[1])
		Expect(strings.Count(out, "error: activate refused (not-reached)")).To(Equal(1))
		Expect(out).NotTo(MatchRegexp("[\x1b\r]"))
	})

	DescribeTable("shows all that was said in a leg that fails, once, and nothing of the others",
		func(ctx SpecContext, verbose bool) {
			out, err := show(ctx, demo.Options{Bin: failing("for n in 1 2 3 4 5 6 7 8 9; do echo line $n of generate >&2; done; exit 3\n"), Verbose: verbose}, console.ColorNever)
			Expect(err).To(MatchError("the rotation did not go as it should: generate: out: exit status 3"))
			for _, n := range "123456789" {
				Expect(strings.Count(out, "line "+string(n)+" of generate\n")).To(Equal(1))
			}
			Expect(strings.Contains(out, "nothing to do: ")).To(Equal(verbose), "what apply changes said before")
			Expect(strings.Contains(out, "\ngenerate                           failed\n")).To(Equal(!verbose))
			Expect(out).NotTo(ContainSubstring("demo complete"))
		},
		Entry("a line for each leg", false), Entry("everything", true),
	)

	It("has the programs colour what it colours itself", func(ctx SpecContext) {
		out, err := show(ctx, demo.Options{Bin: failing("exit 3\n"), Verbose: true}, console.ColorAlways)
		Expect(err).To(HaveOccurred())
		Expect(out).To(And(ContainSubstring("\x1b[1;36m▼ look\x1b[m"), ContainSubstring("\x1b[1;36msettled\x1b[m active CA"), ContainSubstring("\x1b[32mnothing to do:\x1b[m")))
	})

	It("takes no other failure of activate for the refusal", func(ctx SpecContext) {
		out, err := show(ctx, demo.Options{Bin: failing(`request=$(cat)
here=$(dirname "$0")
case $request in
*'"phase":"activate"'*) test -e "$here/once" && { echo out of memory >&2; exit 1; }; touch "$here/once" ;;
esac
printf %s "$request" | "$here/real-out" "$@"
`)}, console.ColorNever)
		Expect(err).To(MatchError("the mistake did not go as it should: activate, by the resource: activate failed, and not because the candidate has not reached the products: out: exit status 1"))
		Expect(out).To(And(MatchRegexp(`(?m)^activate, by the resource +failed$`), ContainSubstring("\nout of memory\n"), Not(ContainSubstring("nothing was changed"))))
	})

	It("fails when a binary is missing, and names it", func(ctx SpecContext) {
		_, err := show(ctx, demo.Options{Bin: GinkgoT().TempDir()}, console.ColorNever)
		Expect(err).To(MatchError(And(HavePrefix("the rotation did not go as it should: look: check: "), ContainSubstring("no such file"))))
	})

	DescribeTable("tells the truth about TKGI: without it Ops Manager refuses the mistake by itself",
		func(ctx SpecContext, tiles []sim.Tile, refused bool) {
			foundation, err := sim.New(sim.Options{FreshKeys: true, Tiles: tiles})
			Expect(err).NotTo(HaveOccurred())
			server, err := sim.ServeOn(ctx, foundation, "127.0.0.1:0")
			Expect(err).NotTo(HaveOccurred())
			DeferCleanup(server.Close)
			client, err := opsman.New(opsman.Config{Target: server.URL, Username: "admin", Password: "admin", CACert: server.CAPEM})
			Expect(err).NotTo(HaveOccurred())
			DeferCleanup(client.Close)
			_, err = client.Generate(ctx, nil)
			Expect(err).NotTo(HaveOccurred())
			cas := foundation.Dump().CAs
			_, err = client.Activate(ctx, cas[len(cas)-1].GUID)
			if !refused {
				Expect(err).NotTo(HaveOccurred())
				return
			}
			var answer *opsman.APIError
			Expect(errors.As(err, &answer)).To(BeTrue(), "%v", err)
			Expect(err).To(MatchError(ContainSubstring(outcome.ChildNotLatest)))
		},
		Entry("without", sim.DefaultTiles(), true),
		Entry("beside TKGI", append(sim.DefaultTiles(), sim.Tile{Identifier: sim.TKGI, Label: "TKGI", Version: "1.19.0", Jobs: []sim.Job{{Name: sim.TKGI, Instances: 1}}}), false),
	)
})
