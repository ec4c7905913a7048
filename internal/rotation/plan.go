package rotation

// Leg is one stretch of the way of a rotation: a step, or an apply changes with
// the proof after it.
type Leg struct {
	// Name is a step, or "apply" for an apply changes of all products.
	Name string `json:"name"`
	// To is the phase that the leg ends in.
	To   Phase  `json:"to"`
	Does string `json:"does"`
	// Status is done, next or later.
	Status string `json:"status"`
}

// Apply is the name of a leg that is an apply changes.
const Apply = "apply"

// Ahead is the way of the rotation, with what is done, what is next and what
// comes later.
func Ahead(s State) []Leg {
	legs := make([]Leg, len(moves))
	position := s.Phase.rank()
	for i, m := range moves {
		legs[i] = Leg{Name: string(m.step), To: m.to, Does: m.does, Status: "later"}
		if m.step == Verify {
			legs[i].Name = Apply
		}
		switch {
		case m.from.rank() < position:
			legs[i].Status = "done"
		case m.from == s.Phase:
			legs[i].Status = "next"
		}
	}
	if s.Untrusted() {
		// The way leads back to before the activation.
		legs[1].Status, legs[2].Status, legs[position].Status = "later", "later", "later"
	}
	return legs
}

// NextStep is the changing step that comes next, whatever apply changes has to
// come before it; false where none can.
func NextStep(s State) (Step, bool) {
	m, known := moveFrom(s.Phase)
	for known && m.step == Verify {
		m, known = moveFrom(m.to)
	}
	return m.step, known
}
