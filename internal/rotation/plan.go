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

// way is the whole procedure from one settled state to the next.
var way = []Leg{
	{Name: string(Generate), To: Generated, Does: "a new, inactive root CA: the candidate"},
	{Name: Apply, To: Trusted, Does: "every product comes to trust the candidate, then verify"},
	{Name: string(Activate), To: Activated, Does: "the candidate signs from now on; the former CA is retiring"},
	{Name: string(Regenerate), To: Regenerated, Does: "new leaf certificates, signed by the active CA"},
	{Name: Apply, To: Replaced, Does: "every product gets its new leaf certificates, then verify"},
	{Name: string(Delete), To: Retired, Does: "the retiring CA is deleted, and no other"},
	{Name: Apply, To: Settled, Does: "no product trusts the former CA any more, then verify"},
}

// Ahead is the way of the rotation, with what is done, what is next and what
// comes later.
func Ahead(s State) []Leg {
	legs := make([]Leg, len(way))
	copy(legs, way)
	position := s.Phase.rank()
	for i := range legs {
		switch {
		case i < position:
			legs[i].Status = "done"
		case i == position && s.Phase != Blocked:
			legs[i].Status = "next"
		default:
			legs[i].Status = "later"
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
	switch s.Phase {
	case Settled:
		return Generate, true
	case Generated, Trusted:
		return Activate, true
	case Activated:
		return Regenerate, true
	case Regenerated, Replaced:
		return Delete, true
	case Retired:
		return Generate, true
	}
	return "", false
}
