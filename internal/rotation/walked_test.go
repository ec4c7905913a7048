package rotation_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"runtime"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// walkVariable makes the walk a deep one: every kind of Ops Manager, and two
// unplanned things on one path. `make walk`; it takes minutes.
const walkVariable = "WALK"

// plan is one walk.
type plan struct {
	rules
	bounds
	name   string
	starts map[string]func(*world)
}

func (p plan) String() string { return p.name + p.rules.String() }

// kinds are the kinds of Ops Manager, and one whose logs tell nothing: in the quick
// walk, four in which every two differences meet.
func kinds() []rules {
	if os.Getenv(walkVariable) == "" {
		return []rules{{}, {v1: true, lazy: true}, {dateOnly: true, v1: true}, {dateOnly: true, lazy: true}, {mute: true}}
	}
	var all []rules
	for n := range 8 {
		all = append(all, rules{dateOnly: n&1 > 0, v1: n&2 > 0, lazy: n&4 > 0})
	}
	return append(all, rules{mute: true})
}

func plans() []plan {
	whole := bounds{cas: 3, installations: 4, left: 1}
	if os.Getenv(walkVariable) != "" {
		whole = bounds{cas: 3, installations: 4, left: 2}
	}
	var all []plan
	for _, r := range kinds() {
		all = append(all, plan{rules: r, bounds: whole})
	}
	twice := bounds{cas: 2, installations: 4, left: 2, only: []string{"applies: the errand is off"}}
	all = append(all,
		plan{rules: rules{v1: true}, bounds: twice, name: "an errand is off, and an answer fails, "},
		plan{rules: rules{v1: true, mute: true}, bounds: twice, name: "an errand is off, an answer fails, and no log tells, "},
		plan{rules: rules{v1: true}, bounds: bounds{cas: 2, installations: 3}, name: "after an activation by hand, ", starts: activatedByHand},
		plan{rules: rules{v1: true}, bounds: bounds{cas: 2, installations: 4}, name: "after a CA that expires soon was activated by hand, ", starts: shortByHand})
	all = append(all, kindsOfFoundation()...)
	for _, r := range []rules{{}, {v1: true}, {v1: true, lazy: true}} {
		starts := maps.Clone(byHand)
		if !r.v1 {
			delete(starts, withoutErrand) // which certificates v0 does not show
		}
		all = append(all,
			plan{rules: r, bounds: bounds{cas: 2, installations: 4, left: 1, alone: true}, name: "leaves alone, ", starts: starts},
			plan{rules: r, bounds: bounds{cas: 2, installations: 4, left: 1, leaves: true}, name: "leaves and rotations, "})
	}
	return all
}

// kindsOfFoundation are those with TKGI, with root CAs of an operator's own, with
// installations whose ids start again, and with old stemcells.
func kindsOfFoundation() []plan {
	clusters := bounds{cas: 2, installations: 3, left: 1}
	own := bounds{cas: 3, installations: 3, left: 1}
	again := bounds{cas: 2, installations: 4, left: 1, only: []string{"imports", "restores", "applies: the errand is off"}}
	old := bounds{cas: 2, installations: 3, left: 1}
	if os.Getenv(walkVariable) != "" {
		clusters.installations, old.installations = 4, 4
	}
	starts := maps.Clone(byHand)
	delete(starts, withoutErrand) // which certificates v0 does not show
	return []plan{
		{rules: rules{signed: longAgo}, bounds: bounds{cas: 2, installations: 3, alone: true}, name: "leaves alone, ", starts: starts},
		{rules: rules{tkgi: true}, bounds: clusters},
		{rules: rules{tkgi: true, v1: true}, bounds: clusters},
		{rules: rules{signed: longAgo}, bounds: own},
		{rules: rules{signed: lately, v1: true}, bounds: own},
		{rules: rules{restarts: true}, bounds: again},
		{rules: rules{restarts: true, v1: true}, bounds: again},
		{rules: rules{old: true}, bounds: old},
		{rules: rules{old: true, v1: true}, bounds: old},
		{rules: rules{old: true, v1: true, mute: true}, bounds: old},
	}
}

// activatedByHand: another operator activated a CA that not everything trusts.
var activatedByHand = map[string]func(*world){
	"another operator: generates, activates, regenerates, activates the former CA": func(w *world) {
		w.generate()
		w.activate(1)
		w.regenerate()
		w.activate(0)
	},
	"another operator: generates, applies without the errand, activates": func(w *world) {
		w.generate()
		w.apply(errandLeft)
		w.activate(1)
	},
}

// shortByHand: another operator has made a CA the active one that does not last.
var shortByHand = map[string]func(*world){
	"another operator: generates a CA that expires soon, applies, activates": func(w *world) {
		w.generate()
		w.cas[1].short = true
		w.apply(everything)
		w.activate(1)
	},
}

const withoutErrand = "another operator: rotates without the errand"

// byHand are what people have made of a foundation before leaves alone are renewed.
var byHand = map[string]func(*world){
	"": func(*world) {},
	"another operator: rotates, and deletes before anything is applied": func(w *world) {
		w.generate()
		w.activate(1)
		w.remove(0)
	},
	"another operator: rotates, and deletes before the leaves are regenerated": func(w *world) {
		w.generate()
		w.apply(everything)
		w.activate(1)
		w.remove(0)
	},
	"another operator: rotates to a CA that expires soon": func(w *world) {
		w.generate()
		w.cas[1].short = true
		w.apply(everything)
		w.activate(1)
		w.regenerate()
		w.apply(everything)
		w.remove(0)
	},
	"another operator: rotates while an apply runs": func(w *world) {
		w.start()
		w.generate()
		w.regenerate()
		w.finish(everything)
		w.activate(1)
		w.remove(0)
	},
	"a leaf is never regenerated": func(w *world) { w.stubborn, w.tick = true, 20 },
	withoutErrand: func(w *world) {
		w.generate()
		w.apply(errandLeft)
		w.regenerate()
		w.activate(1)
		w.remove(0)
	},
}

// sharedMutants are looked for until one walk has caught them.
var sharedMutants = &mutants{}

// walked keeps each walk for the specs that ask about it. The specs run one by one,
// and the walks, which share nothing but the mutants, side by side.
var walked = sync.OnceValue(func() map[string]func() *walk {
	all := map[string]func() *walk{}
	free := make(chan struct{}, max(2, runtime.NumCPU()))
	for _, p := range plans() {
		all[p.String()] = sync.OnceValue(func() *walk {
			free <- struct{}{}
			defer func() { <-free }()
			k := &walk{rules: p.rules, bounds: p.bounds, starts: p.starts, mutants: sharedMutants}
			k.run()
			return k
		})
	}
	for _, begin := range all {
		go begin()
	}
	return all
})

func (p plan) explored() *walk { return walked()[p.String()]() }

var _ = Describe("every situation of a foundation with other operators, crashes, lost answers and old versions", Label("walk"), func() {
	for _, p := range plans() {
		It("breaks nothing by our hand, says what is true, and ends settled: "+p.String(), func() {
			k := p.explored()
			AddReportEntry("explored", fmt.Sprintf("%s: %d situations, %d transitions; limits met: %v", p, k.situations, k.transitions, k.limits),
				ReportEntryVisibilityFailureOrVerbose)
			Expect(k.failures).To(BeEmpty(), strings.Join(k.failures, "\n"))
			if p.v1 && !p.restarts {
				Expect(k.limits).To(BeEmpty())
			}
		})
	}

	It("meets every reason and every way back but these", func() {
		seen, back := map[rotation.Reason]bool{}, map[[2]rotation.State]bool{}
		for _, p := range plans() {
			k := p.explored()
			for reason := range k.reasons {
				seen[reason] = true
			}
			for way := range k.back {
				back[way] = true
			}
		}
		var unmet []rotation.Reason
		for reason := range truths {
			if !seen[reason] {
				unmet = append(unmet, reason)
			}
		}
		Expect(unmet).To(ConsistOf(
			// Ops Manager never shows these, except when an answer is damaged.
			rotation.ReasonNoCAs, rotation.ReasonNoneActive, rotation.ReasonSeveralActive,
			// Asked with an option alone.
			rotation.ReasonNotDue, rotation.ReasonNoRotation,
			// The reason of an apply changes, not of a phase.
			rotation.ReasonStrayLeaves,
			// Nor has the model what else a rotation asks of a foundation
			// before it begins: see the tables.
			rotation.ReasonStemcellsUnknown, rotation.ReasonCustomerCAs, rotation.ReasonAutomaticDNS, rotation.ReasonAutomaticDNSUnknown,
			rotation.ReasonPreDeployCheck, rotation.ReasonNoWriteScope, rotation.ReasonOpsManagerVersion, rotation.ReasonFullApply, rotation.ReasonHandSet, rotation.ReasonOrphans, rotation.ReasonNewTile,
			rotation.ReasonWeakerChecks, rotation.ReasonOtherDeployments, rotation.ReasonServiceErrands, rotation.ReasonOtherCertificates,
			rotation.ReasonBackup, rotation.ReasonOtherPipelines, rotation.ReasonDuration, rotation.ReasonWayBack,
		))
		for _, way := range rotation.Setbacks() {
			Expect(back).To(HaveKey([2]rotation.State{way.From, way.To}), "nothing leads from %s back to %s", way.From, way.To)
		}
	})
})

// It is no part of the walk itself, and takes no time.
var _ = Describe("the walk", func() {
	It("has a truth for every reason in the code", func() {
		file, err := parser.ParseFile(token.NewFileSet(), "reason.go", nil, 0)
		Expect(err).NotTo(HaveOccurred())
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(spec.Names[0].Name, "Reason") {
				literal, ok := spec.Values[0].(*ast.BasicLit)
				Expect(ok).To(BeTrue())
				Expect(truths).To(HaveKey(rotation.Reason(strings.Trim(literal.Value, `"`))), spec.Names[0].Name)
			}
			return true
		})
	})
})

// redundant are guards of single phases without which nothing breaks, and why they
// stay.
var redundant = map[string]string{
	`rotation: guard "outdated" of generate`:       "Ops Manager refuses the call itself (safety violation: active child certificate version is not the latest); the guard names the deployments",
	`rotation: guard "certificates" of generate`:   "the model has neither expired CAs nor those of customers, which the list would tell of: the tables have",
	`rotation: guard "new tiles" of generate`:      "the tiles of the model bring no CAs of their own into CredHub: a table has them",
	`rotation: guard "ahead" of generate`:          "delete waits for such certificates, and nothing breaks; it is said before there is no way back",
	`rotation: guard "certificates" of regenerate`: "what is activated without a claim is not trusted while Ops Manager lists no certificates; the guard says so where a claim is",
	`rotation: guard "recreate" of generate`:       "that VMs have to be recreated shows at every look, and no phase runs before they are; the guard says it before applies take longer",
	`leaves alone: guard "clusters" of verify`:     "each leaf is good with every peer, whichever has arrived; the guard keeps clusters from being called renewed",
	`leaves alone: guard "instances" of verify`:    "the model has no orphans, and each leaf is good with every peer: a table has them; the guard keeps them from being called renewed",
	`rotation: guard "clusters" of generate`:       "one more CA breaks no cluster; the guard names those of the rotation before, which the proof of this one would wait for",
}

var _ = Describe("without", Label("walk"), func() {
	caught := func(name string) string {
		for _, p := range plans() {
			if how := sharedMutants.harmOf(name); how != "" {
				return how
			}
			p.explored()
		}
		return sharedMutants.harmOf(name)
	}
	one := func(name string) {
		It(name+", the walk finds a broken foundation", func() {
			how := caught(name)
			AddReportEntry("broken", name+": "+how, ReportEntryVisibilityFailureOrVerbose)
			if why, known := redundant[name]; known {
				Expect(how).To(BeEmpty(), "is no longer redundant: %s", why)
				return
			}
			Expect(how).NotTo(BeEmpty(), "nothing ever breaks without it: remove it, or find the situation that the model lacks")
		})
	}
	for _, key := range droppable {
		one(key)
	}
	for _, b := range beliefs {
		one(b.name)
	}
	for _, name := range applyRules {
		one(name)
	}

	// What these save from is no broken handshake, or not that alone: the walk itself
	// fails without them.
	DescribeTable("a rule, the walk finds what is broken or stuck", func(r rules, b bounds) {
		k := &walk{rules: r, bounds: b, mutants: &mutants{}}
		k.run()
		Expect(k.failures).NotTo(BeEmpty())
		AddReportEntry("failed", k.failures[0], ReportEntryVisibilityFailureOrVerbose)
	},
		func(r rules, _ bounds) string { return r.without },
		Entry(nil, rules{signed: longAgo, without: withoutOwnCAs}, bounds{cas: 2, installations: 3}),
		Entry(nil, rules{tkgi: true, without: withoutCredHub}, bounds{cas: 2, installations: 3}),
		Entry(nil, rules{tkgi: true, v1: true, without: withoutClusters}, bounds{cas: 2, installations: 3}),
		Entry(nil, rules{old: true, v1: true, without: withoutRecreation}, bounds{cas: 2, installations: 3}),
		Entry(nil, rules{restarts: true, without: withoutBack}, bounds{cas: 2, installations: 4, left: 1, only: []string{"restores"}}),
		Entry(nil, rules{restarts: true, without: withoutRestart}, bounds{cas: 2, installations: 3, left: 1, only: []string{"imports"}}),
	)

	It("the refusal of a version from behind an undone activation, its proof would never end", func() {
		p := begin(rules{})
		p.step(rotation.Generate)
		p.deployAll(rotation.Trusted)
		p.step(rotation.Activate)
		p.activate(0)
		for range 5 {
			Expect(p.ask(rotation.Verify).Reason).To(Equal(rotation.ReasonSetBack))
			Expect(rotation.Observe(p.evidence(plainly), &p.version).State).To(Equal(rotation.Generated))
			p.apply(everything)
		}
	})

	It("every redundant guard names one of the list", func() {
		for name := range redundant {
			Expect(droppable).To(ContainElement(name))
		}
	})
})
