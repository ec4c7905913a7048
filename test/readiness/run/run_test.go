package run_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/test/readiness/play"
	"github.com/opsman-ca/opsman-ca/test/readiness/run"
	"github.com/opsman-ca/opsman-ca/test/readiness/shapes"
)

// cells of some shapes at some versions.
func cells(shaped, versions string, procedures ...play.Procedure) []play.Cell {
	GinkgoHelper()
	together, err := run.ParseShapes(shaped)
	Expect(err).NotTo(HaveOccurred())
	v, err := shapes.ParseVersions(versions)
	Expect(err).NotTo(HaveOccurred())
	return run.Matrix{Shapes: together, Versions: v, Procedures: procedures}.Cells()
}

var _ = Describe("a few cells of the matrix", func() {
	It("keep every promise", func(ctx SpecContext) {
		few := append(cells("nothing wrong,old stemcells,CA of a customer,deployment of no tile", "2.10.60", play.Rotate),
			append(cells("DNS that rotates by itself, accepted,TAS too old for Maestro,configurable certificate below the root + TKGI,leftover CA", "3.1", play.Puts),
				cells("own exclusions of Ops Manager", "2.10.10", play.LeafOnly)...)...)
		var results []play.Result
		Expect(run.Many(ctx, few, binaries, 4, func(r play.Result) { results = append(results, r) })).To(Succeed())
		Expect(results).To(HaveLen(len(few)))
		for _, r := range results {
			Expect(r.Faults).To(BeEmpty(), r.Tell()+r.Journals())
		}
		table := run.Table(results)
		Expect(table).To(And(
			ContainSubstring("9 cells, 0 of which broke a promise"),
			ContainSubstring("| old stemcells | §4.4, §5.1 | 2.10.60 | rotate | recreate-needed | refused before: recreate-needed | 0, 0 | recreate,"),
			MatchRegexp(`\| deployment of no tile \| §4.5, §8 \| 2.10.60 \| rotate \|  \| ends, and leaves behind what was named \| [1-9][0-9]*, 0 \|`)))
	})
})

var _ = Describe("the matrix", func() {
	It("is asked for by names", func() {
		together, err := run.ParseShapes("DNS that rotates by itself, accepted+TKGI,nothing wrong")
		Expect(err).NotTo(HaveOccurred())
		Expect(together).To(HaveLen(2))
		Expect(together[0]).To(HaveExactElements(HaveField("Name", "DNS that rotates by itself, accepted"), HaveField("Name", "TKGI")))
		_, err = run.ParseShapes("something wrong")
		Expect(err).To(MatchError(ContainSubstring(`there is no shape "something wrong"`)))
		_, err = shapes.ParseVersions("2.9")
		Expect(err).To(MatchError(ContainSubstring(`the version "2.9" is not played`)))
	})

	It("has no cell of a shape that a version cannot have", func() {
		Expect(cells("DNS that rotates by itself, accepted", "", play.Rotate)).To(HaveLen(3))
		Expect(cells("nothing wrong", "", play.Procedures()...)).To(HaveLen(18))
	})

	It("is small when it is pairwise, and has every pair of shapes that go together, and of a shape and a version", func() {
		together, err := run.ParseShapes("")
		Expect(err).NotTo(HaveOccurred())
		m := run.Matrix{Shapes: together, Versions: shapes.Versions(), Procedures: play.Procedures()}
		few := m.Pairwise()
		Expect(len(few)).To(And(BeNumerically("<", 120), BeNumerically("<", len(m.Cells())/5)))
		has := map[string]bool{}
		for _, c := range few {
			var parts []string
			for i, s := range c.Shapes {
				Expect(s.On(c.Version)).To(BeTrue(), c.String())
				for _, other := range c.Shapes[:i] {
					Expect(s.Goes(other)).To(BeTrue(), c.String())
				}
				parts = append(parts, s.Name)
			}
			parts = append(parts, c.Version.Name, string(c.Procedure))
			for _, one := range parts {
				for _, other := range parts {
					has[one+"×"+other] = true
				}
			}
		}
		var missing []string
		for i, s := range shapes.All() {
			for _, v := range shapes.Versions() {
				if s.On(v) && !has[s.Name+"×"+v.Name] {
					missing = append(missing, s.Name+" × "+v.Name)
				}
			}
			for _, other := range shapes.All()[:i] {
				if s.Goes(other) && (!s.Support || !other.Support) && !has[s.Name+"×"+other.Name] {
					missing = append(missing, s.Name+" × "+other.Name)
				}
			}
		}
		Expect(missing).To(BeEmpty())
	})

	It("has shapes with names of their own, each with where it comes from, that exclude shapes that there are", func() {
		seen := map[string]bool{}
		for _, s := range shapes.All() {
			Expect(seen).NotTo(HaveKey(s.Name))
			seen[s.Name] = true
			Expect(s.Facts).To(HavePrefix("§"), s.Name)
			Expect(s.Name).NotTo(MatchRegexp("[+']"), "it is joined, and quoted for a shell")
			for _, other := range s.Without {
				_, known := shapes.Named(other)
				Expect(known).To(BeTrue(), "%s excludes %s", s.Name, other)
			}
		}
	})
})

// cell is one with nothing wrong, or of the shapes given.
func cell(shaped string, p play.Procedure) play.Cell {
	GinkgoHelper()
	return cells(shaped, "3.1", p)[0]
}

func finding(code rotation.Reason, s rotation.Status) play.Findings {
	return play.Findings{List: []rotation.Finding{{Code: code, Status: s}}}
}

var _ = Describe("a promise is broken", func() {
	settled := play.Ending{}
	stopped := play.Ending{Reason: "clusters-not-upgraded", Step: "verify", Changed: true, Unsettled: []string{"2 CAs"}}
	passing := finding(rotation.ReasonBackup, rotation.StatusNote)

	DescribeTable("where", func(r play.Result, fault string) {
		if r.Advised == nil {
			r.Advised = &settled
		}
		r.Judge()
		if fault == "" {
			Expect(r.Faults).To(BeEmpty())
			return
		}
		Expect(strings.Join(r.Faults, "\n")).To(ContainSubstring(fault))
		Expect(run.Table([]play.Result{r})).To(ContainSubstring("**broken promise**"))
	},
		Entry("not at all", play.Result{Cell: cell("nothing wrong", play.Rotate), Findings: passing}, ""),
		Entry("handshakes broke", play.Result{Cell: cell("nothing wrong", play.Rotate), Findings: passing, Plain: play.Ending{Broken: 3}}, "3 handshakes broke with no advice"),
		Entry("handshakes broke outside, and preflight had not asked", play.Result{Cell: cell("nothing wrong", play.Rotate), Findings: passing, Plain: play.Ending{Broken: 3, Outside: 3}}, "3 handshakes broke with no advice"),
		Entry("not where preflight asked", play.Result{Cell: cell("nothing wrong", play.Rotate), Findings: finding(rotation.ReasonOtherDeployments, rotation.StatusUnknown), Plain: play.Ending{Broken: 3, Outside: 3}}, ""),
		Entry("handshakes broke with the advice", play.Result{Cell: cell("nothing wrong", play.Rotate), Findings: passing, Advised: &play.Ending{Broken: 1}}, "1 handshakes broke with the advice"),
		Entry("it claims an end", play.Result{Cell: cell("nothing wrong", play.Rotate), Findings: passing, Plain: play.Ending{Unsettled: []string{"2 CAs"}}}, "claims an end that it has not reached: 2 CAs"),
		Entry("it stopped for what was not named", play.Result{Cell: cell("nothing wrong", play.Puts), Findings: passing, Plain: stopped}, "for what preflight did not name (clusters-not-upgraded)"),
		Entry("not where a note named it", play.Result{Cell: cell("nothing wrong", play.Puts), Findings: finding(rotation.ReasonWeakerChecks, rotation.StatusNote), Plain: stopped}, ""),
		Entry("what named it passes", play.Result{Cell: cell("nothing wrong", play.Puts), Findings: finding(rotation.ReasonWeakerChecks, rotation.StatusPasses), Plain: stopped}, "did not name"),
		Entry("it is refused, and preflight lets it begin", play.Result{Cell: cell("nothing wrong", play.Puts), Findings: passing, Plain: play.Ending{Reason: "customer-cas", Step: "generate"}}, "preflight refuses nothing"),
		Entry("preflight overlooks what is to be found", play.Result{Cell: cell("CA of a customer", play.Rotate), Findings: passing}, "does not refuse for customer-cas"),
		Entry("preflight refuses what is not to be", play.Result{Cell: cell("nothing wrong", play.Rotate), Findings: finding(rotation.ReasonCustomerCAs, rotation.StatusRefuses)}, "refuses for customer-cas, and is not to"),
		Entry("the advice does not lead to the end", play.Result{Cell: cell("nothing wrong", play.Rotate), Findings: passing, Advised: &stopped}, "with the advice followed it is not settled"),
		Entry("preflight refuses all the same", play.Result{Cell: cell("nothing wrong", play.Rotate), Findings: passing, StillRefused: []rotation.Reason{rotation.ReasonCustomerCAs}}, "preflight still refuses"),
	)

	It("where what is for the vendor's support is let through", func() {
		r := play.Result{Cell: cell("expired CA below the root", play.Rotate), Findings: finding(rotation.ReasonExpiredCA, rotation.StatusRefuses), Plain: settled}
		r.Judge()
		Expect(r.Faults).To(ConsistOf(ContainSubstring("the way is the vendor's support's")))
	})

	It("is told with how to play the cell again alone", func() {
		Expect(cell("CA of a customer + TKGI", play.Puts).Repeat()).To(Equal(`make readiness READINESS_OUT= READINESS_FLAGS="-shapes 'CA of a customer + TKGI' -versions 3.1 -procedures puts -v"`))
	})
})
