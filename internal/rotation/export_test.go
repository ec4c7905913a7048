package rotation

import "slices"

// GuardName is one guard of the code's own lists.
type GuardName struct {
	// List is "rotation" or "leaves alone".
	List   string
	Name   string
	Phases []Phase
}

// GuardNames are all guards, in the order in which they are asked.
func GuardNames() []GuardName {
	var all []GuardName
	for _, g := range guards {
		all = append(all, GuardName{"rotation", g.name, g.phases})
	}
	for _, g := range leafGuards {
		all = append(all, GuardName{"leaves alone", g.name, g.phases})
	}
	return all
}

// asked is a guard that only shows that guards are asked at all.
var asked = []guard{{"asked", Phases(), func(Question) *refusal { return &refusal{reason: "asked"} }}}

// RefusedBy is the guard that is the first to refuse; false where the question is
// answered before any is asked, or by none.
func RefusedBy(q Question) (GuardName, bool) {
	if decide(q, asked, asked).Reason != "asked" {
		return GuardName{}, false
	}
	list, all := "rotation", guards
	if q.Options.LeafOnly || q.ofLeaves() {
		list, all = "leaves alone", leafGuards
	}
	for _, g := range all {
		if !slices.Contains(g.phases, q.Phase) {
			continue
		}
		if r := g.check(q); r != nil && !r.acceptedBy(q.Options) {
			return GuardName{list, g.name, g.phases}, true
		}
	}
	return GuardName{}, false
}

// DecideWithout decides as if the guard did not exist.
func DecideWithout(q Question, gone GuardName) Decision {
	without := func(list string, all []guard) []guard {
		return slices.DeleteFunc(slices.Clone(all), func(g guard) bool {
			return list == gone.List && g.name == gone.Name && slices.Equal(g.phases, gone.Phases)
		})
	}
	return decide(q, without("rotation", guards), without("leaves alone", leafGuards))
}

// Transition is one row of the transition table.
type Transition struct {
	From, To State
	// By is a phase, or empty for a setback; Why says what it does, or its cause.
	By  Phase
	Why string
}

// Moves is the procedure.
func Moves() []Transition {
	var all []Transition
	for _, m := range moves {
		all = append(all, Transition{m.from, m.to, m.phase, m.does})
	}
	return all
}

// LeafMoves are those of the leaf certificates alone.
func LeafMoves() []Transition {
	var all []Transition
	for _, m := range leafMoves {
		all = append(all, Transition{m.from, m.to, m.phase, m.does})
	}
	return all
}

// Setbacks are the ways back.
func Setbacks() []Transition {
	var all []Transition
	for _, b := range setbacks {
		for _, from := range b.from {
			all = append(all, Transition{From: from, To: b.to, Why: b.why})
		}
	}
	return all
}
