package integration_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
)

var _ = Describe("A whole rotation", func() {
	DescribeTable("ends settled with one new CA, every phase run twice",
		func(ctx SpecContext, o sim.Options, rotations int) {
			p := newPipeline(o)
			for range rotations {
				old := p.active()
				p.rotate(ctx, old, p.putTwice)
				p.expectKept(old)
			}
			Expect(p.Ledger().Overlaps).To(BeZero(), "two requests at the same time")
			Expect(p.Given).To(HaveLen(rotations*(len(order)-1)+1), "one version a state: %v", p.Given)
		},
		Entry("2.10", sim.Options{Version: "2.10.63-build.1260"}, 1),
		Entry("2.10 without pages, bare dates", sim.Options{Version: "2.10.40-build.420", DateOnly: true}, 1),
		Entry("3.0 with certificates v1, bare dates, ids as strings", sim.Options{Version: "3.0.25+LTS-T", DateOnly: true, IDsAsStrings: true}, 1),
		Entry("3.0 with certificates v0", sim.Options{Version: "3.0.9-build.215"}, 1),
		Entry("3.1, and the next one behind it", sim.Options{Version: "3.1.2-build.5"}, 2),
		Entry("3.1, bare dates, ids as strings, and the next one behind it", sim.Options{DateOnly: true, IDsAsStrings: true}, 2),
		Entry("3.3", sim.Options{Version: "3.3.0-build.41"}, 1),
		Entry("with TKGI: no safety checks, and warnings", sim.Options{Tiles: withTKGI()}, 1),
		Entry("with TKGI on 2.10", sim.Options{Version: "2.10.63-build.1260", Tiles: withTKGI()}, 1),
		Entry("where CA calls make products look changed", sim.Options{CAChangesPending: true}, 1),
	)

	It("is done by a UAA client, too", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.Source = concourse.Login{Target: p.server.URL, ClientID: "rotator", ClientSecret: clientSecret, CACert: p.server.CAPEM}.Source()
		p.finish(ctx, p.first)
		p.expectKept(p.first)
	})

	DescribeTable("applies changes with opsman-ca and the real om",
		func(ctx SpecContext, o sim.Options) {
			p := newPipeline(o)
			p.byOm()
			p.rotate(ctx, p.first, func(ctx context.Context, phase string) { GinkgoHelper(); p.put(ctx, phase) })
			p.expectKept(p.first)

			again := p.applyChanges("--from", "ca").run(ctx)
			Expect(again.code).To(Equal(0), again.stderr)
			Expect(again.stderr).To(ContainSubstring("nothing to do"))
			Expect(p.Dump().Installations).To(HaveLen(2+3), "the seed's installations and three of ours")
		},
		Entry("2.10", sim.Options{Version: "2.10.63-build.1260", DateOnly: true}),
		Entry("3.1", sim.Options{}),
		Entry("3.3", sim.Options{Version: "3.3.0-build.41"}),
	)

	DescribeTable("to a CA of the operator's own", func(ctx SpecContext, o sim.Options) {
		p := newPipeline(o)
		files, certificate := customCA(p.Build, "Example Platform CA")
		p.rotate(ctx, p.first, func(ctx context.Context, phase string) {
			GinkgoHelper()
			if phase != "generate" {
				p.put(ctx, phase)
				return
			}
			p.putWith(ctx, phase, files)
			before := len(p.writes())
			Expect(p.putWith(ctx, phase, files).Datum("outcome")).To(ContainSubstring("is done already"))
			Expect(p.writes()).To(HaveLen(before))
		})
		p.expectKept(p.first)
		Expect(p.Dump().CAs[0].CertPEM).To(Equal(certificate))
		p.look(ctx)
		Expect(os.ReadFile(filepath.Join(p.ca(), "active.pem"))).To(Equal([]byte(certificate)))
	},
		Entry("2.10", sim.Options{Version: "2.10.63-build.1260"}),
		Entry("3.1", sim.Options{}),
	)

	It("is written by in as files, one set for each state", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		seen := map[string][]string{}
		p.rotate(ctx, p.first, func(ctx context.Context, phase string) {
			GinkgoHelper()
			seen[p.Version["state"]] = p.expectFiles()
			p.put(ctx, phase)
		})
		always := []string{"active", "active.pem", "metadata.json", "state", "summary.md", "version.json"}
		Expect(seen).To(Equal(map[string][]string{
			"settled":     with(always),
			"generated":   with(always, "candidate", "candidate.pem", "installation"),
			"trusted":     with(always, "candidate", "candidate.pem", "installation"),
			"activated":   with(always, "installation", "retiring", "retiring.pem", "trusted"),
			"regenerated": with(always, "installation", "retiring", "retiring.pem", "trusted"),
			"replaced":    with(always, "installation", "retiring", "retiring.pem", "trusted"),
			"retired":     with(always, "installation", "removed"),
		}))
		Expect(p.expectFiles()).To(Equal(with(always, "installation", "removed")))
	})

	It("can be got from versions of its past as long as their CAs are there", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.finish(ctx, p.first)
		var gone []string
		for _, v := range p.Given {
			if o := p.tryGet(ctx, v); o.code != 0 {
				Expect(o.stderr).To(ContainSubstring("this version is of a finished rotation"))
				Expect(o.stdout).To(BeEmpty())
				gone = append(gone, v["state"])
			}
		}
		Expect(gone).To(Equal([]string{"settled", "generated", "trusted"}), "those that name the old CA as active")
	})
})

// putTwice runs a phase twice from the same ca/. The second run finds it done
// and changes nothing; only of regenerate there is no trace in Ops Manager, so it
// is run again from the version behind it.
func (p *pipeline) putTwice(ctx context.Context, phase string) {
	GinkgoHelper()
	first := p.put(ctx, phase)
	if phase == "regenerate" {
		p.get(ctx)
	}
	before := len(p.writes())
	second := p.put(ctx, phase)
	Expect(second.Version).To(Equal(first.Version))
	Expect(second.Datum("outcome")).To(MatchRegexp("is done already|^done: proven"))
	Expect(p.writes()).To(HaveLen(before), "the second %s changed something", phase)
}

// expectFiles holds what in left against its version, and lists the files.
func (p *pipeline) expectFiles() []string {
	GinkgoHelper()
	entries, err := os.ReadDir(p.ca())
	Expect(err).NotTo(HaveOccurred())
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	read := func(name string) string {
		content, err := os.ReadFile(filepath.Join(p.ca(), name))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(content)).NotTo(ContainSubstring("PRIVATE KEY"))
		return string(content)
	}
	Expect(read("version.json")).To(MatchJSON(encode(p.Version)))
	for key, value := range p.Version {
		Expect(read(key)).To(Equal(value))
	}
	for _, ca := range p.Dump().CAs {
		for _, role := range []string{"active", "candidate", "retiring"} {
			if p.Version[role] == ca.GUID {
				Expect(read(role + ".pem")).To(Equal(ca.CertPEM))
				Expect(read("summary.md")).To(ContainSubstring(ca.GUID))
			}
		}
	}
	Expect(read("metadata.json")).To(ContainSubstring(p.Version["state"]))
	return names
}

// with is a sorted list of both.
func with(always []string, more ...string) []string {
	return slices.Sorted(slices.Values(slices.Concat(always, more)))
}

// withTKGI is a foundation where Ops Manager leaves CredHub's certificates alone,
// and out its own safety checks.
func withTKGI() []sim.Tile {
	return append(smallTiles(), sim.Tile{
		Identifier: sim.TKGI, Label: "TKGI", Version: "1.19.0", Jobs: []sim.Job{{Name: sim.TKGI, Instances: 1}},
	})
}
