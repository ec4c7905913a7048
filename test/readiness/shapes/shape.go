package shapes

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/soak/rig"
)

// Shape is one thing that a foundation may be.
type Shape struct {
	Name string
	// Facts are the sections of the collected facts of the API that tell of it.
	Facts string
	// Change makes a foundation of that shape, Acts are what an operator did in it
	// before the procedure begins.
	Change func(*sim.Options)
	Acts   []sim.Action
	// Since is the first version that can be so, nil for all.
	Since []int
	// Refuses are the codes for which preflight is to refuse, Names those of which it is
	// to say something, on that version.
	Refuses, Names func(Version) []rotation.Reason
	// Advice leads to the end. Support: nothing does, and a rotation stays refused.
	Advice  func(Version) Advice
	Support bool
	// Without are shapes that it does not go with.
	Without []string
}

// Step is something that an operator does.
type Step struct {
	Text string
	Do   func(context.Context, *rig.Rig) error
}

// Advice is what an operator does who follows what a finding says.
type Advice struct {
	// Text says it for the table.
	Text string
	// Beside is what is otherwise about the foundation then: another login, settings of
	// a tile completed, an operator who redeploys by hand.
	Beside func(*sim.Options)
	// Before are done before the rotation.
	Before []Step
	// The options of generate, or of rotate.
	Accept         []rotation.Reason
	Recreate       bool
	Exclude        []string
	IgnoreWarnings bool
	// OnStop are done where the rotation has stopped for that reason, before it is run
	// again.
	OnStop map[string][]Step
	// After are done behind the last apply changes.
	After []Step
}

// Kinds of answers that need no more than the codes.
func always(codes ...rotation.Reason) func(Version) []rotation.Reason {
	return func(Version) []rotation.Reason { return codes }
}

func withV1(codes ...rotation.Reason) func(Version) []rotation.Reason {
	return func(v Version) []rotation.Reason {
		if v.hasV1() {
			return codes
		}
		return nil
	}
}

func advise(a Advice) func(Version) Advice { return func(Version) Advice { return a } }

// All are all shapes.
func All() []Shape { return slices.Concat(plain(), stemcells(), certificates(), tiles(), records()) }

// Named is the shape of a name.
func Named(name string) (Shape, bool) {
	all := All()
	i := slices.IndexFunc(all, func(s Shape) bool { return s.Name == name })
	if i < 0 {
		return Shape{}, false
	}
	return all[i], true
}

// On tells whether Ops Manager can be so at that version.
func (s Shape) On(v Version) bool { return v.atLeast(s.Since...) }

// Goes tells whether two shapes can be together.
func (s Shape) Goes(with Shape) bool {
	return !slices.Contains(s.Without, with.Name) && !slices.Contains(with.Without, s.Name)
}

// Together is what several shapes are together.
type Together struct {
	Shapes  []Shape
	Version Version
}

// Name is the names with plus signs between.
func (t Together) Name() string {
	var names []string
	for _, s := range t.Shapes {
		names = append(names, s.Name)
	}
	return strings.Join(names, " + ")
}

// Support tells that one of them is for the vendor's support.
func (t Together) Support() bool {
	return slices.ContainsFunc(t.Shapes, func(s Shape) bool { return s.Support })
}

// Change makes a foundation of all of the shapes.
func (t Together) Change(o *sim.Options) {
	o.Version = t.Version.Build
	for _, s := range t.Shapes {
		if s.Change != nil {
			s.Change(o)
		}
	}
}

// Acts are what an operator did before the procedure begins.
func (t Together) Acts() []sim.Action {
	var all []sim.Action
	for _, s := range t.Shapes {
		all = append(all, s.Acts...)
	}
	return all
}

// Refuses are the codes for which preflight is to refuse.
func (t Together) Refuses() []rotation.Reason {
	var all []rotation.Reason
	if t.Version.recreatesAny() {
		all = append(all, rotation.ReasonRecreateNeeded)
	}
	return t.codes(all, func(s Shape) func(Version) []rotation.Reason { return s.Refuses })
}

// Names are the codes of which preflight is to say something.
func (t Together) Names() []rotation.Reason {
	return t.codes(nil, func(s Shape) func(Version) []rotation.Reason { return s.Names })
}

func (t Together) codes(all []rotation.Reason, of func(Shape) func(Version) []rotation.Reason) []rotation.Reason {
	for _, s := range t.Shapes {
		if codes := of(s); codes != nil {
			all = append(all, codes(t.Version)...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Advice is that of all of the shapes, and of the version.
func (t Together) Advice() Advice {
	sum := Advice{OnStop: map[string][]Step{}}
	var texts []string
	var beside []func(*sim.Options)
	add := func(a Advice) {
		if a.Text != "" && !slices.Contains(texts, a.Text) {
			texts = append(texts, a.Text)
		}
		if a.Beside != nil {
			beside = append(beside, a.Beside)
		}
		sum.Before, sum.After = append(sum.Before, a.Before...), append(sum.After, a.After...)
		sum.Accept = append(sum.Accept, a.Accept...)
		sum.Exclude = append(sum.Exclude, a.Exclude...)
		sum.Recreate, sum.IgnoreWarnings = sum.Recreate || a.Recreate, sum.IgnoreWarnings || a.IgnoreWarnings
		maps.Copy(sum.OnStop, a.OnStop)
	}
	if t.Version.recreatesAny() {
		add(recreate())
	}
	for _, s := range t.Shapes {
		if s.Advice != nil {
			add(s.Advice(t.Version))
		}
	}
	slices.Sort(sum.Accept)
	sum.Accept = slices.Compact(sum.Accept)
	sum.Text = strings.Join(texts, "; ")
	sum.Beside = func(o *sim.Options) {
		for _, change := range beside {
			change(o)
		}
	}
	return sum
}

// recreate is the advice for VMs that take new certificates only when recreated.
// Instances that no errand recreates are recreated by hand, of which no API tells.
func recreate() Advice {
	return Advice{
		Text: "recreate, by hand where no errand does, and accept that nothing tells of that", Recreate: true, Beside: handsOn,
		Accept: []rotation.Reason{rotation.ReasonInstances, rotation.ReasonClusters},
	}
}

func handsOn(o *sim.Options) { o.HandsOn = true }

// click is what an operator does in the UI, or with bosh.
func click(a sim.Action) Step {
	return Step{a.Do, func(ctx context.Context, r *rig.Rig) error { return r.OperatorContext(ctx, a) }}
}

// applyAll is an operator's apply changes of everything, with errands as the tiles have
// them.
func applyAll() Step { return click(sim.Action{Do: "apply", Wait: true}) }

// tile changes the tile of that type, where there is one.
func tile(o *sim.Options, identifier string, change func(*sim.Tile)) {
	o.Tiles = slices.Clone(o.Tiles)
	for i := range o.Tiles {
		if o.Tiles[i].Identifier == identifier {
			change(&o.Tiles[i])
		}
	}
}

// add adds a tile.
func add(o *sim.Options, t sim.Tile) { o.Tiles = append(slices.Clone(o.Tiles), t) }
