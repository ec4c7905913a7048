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
