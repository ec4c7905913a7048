package rotation

import "slices"

// Phase is where a foundation's root CA rotation stands.
type Phase string

// The phases, in the order a rotation goes through them.
const (
	// Settled: one CA, active; nothing of a rotation outstanding.
	Settled Phase = "settled"
	// Generated: the active CA and one newer inactive CA, the candidate.
	Generated Phase = "generated"
	// Trusted: as Generated, and every deployed product was deployed
	// successfully since the candidate appeared.
	Trusted Phase = "trusted"
	// Activated: the newer CA is active, the former one (retiring) inactive.
	Activated Phase = "activated"
	// Regenerated: as Activated, and the leaf certificates were regenerated but
	// are not known to be deployed.
	Regenerated Phase = "regenerated"
	// Replaced: as Regenerated, and every deployed product was deployed
	// successfully since.
	Replaced Phase = "replaced"
	// Retired: the retiring CA is deleted; the deployment that removes its
	// trust is outstanding.
	Retired Phase = "retired"
	// Blocked: anything else; State.Reason says what.
	Blocked Phase = "blocked"
)

// order is the way of a rotation; Blocked is nowhere on it.
var order = []Phase{Settled, Generated, Trusted, Activated, Regenerated, Replaced, Retired}

// Phases are all phases, in order, Blocked last.
func Phases() []Phase { return append(slices.Clone(order), Blocked) }

// rank is the phase's place in a rotation, -1 for Blocked and unknown ones.
func (p Phase) rank() int { return slices.Index(order, p) }

// hasCandidate tells whether the phase has an inactive CA newer than the active.
func (p Phase) hasCandidate() bool { return p == Generated || p == Trusted }

// hasRetiring tells whether the phase has an inactive CA older than the active.
func (p Phase) hasRetiring() bool { return p == Activated || p == Regenerated || p == Replaced }

// Step is what an operator or a pipeline asks for.
type Step string

// The steps. Verify changes nothing in Ops Manager.
const (
	Generate   Step = "generate"
	Activate   Step = "activate"
	Regenerate Step = "regenerate"
	Delete     Step = "delete"
	Verify     Step = "verify"
)

// Steps are all steps, in the order a rotation takes them; Verify, which comes
// after every apply changes, last.
func Steps() []Step { return []Step{Generate, Activate, Regenerate, Delete, Verify} }

// move is one legal transition: the step may run in From and leaves To.
type move struct {
	step Step
	from Phase
	to   Phase
	does string
}

// moves is the whole procedure, from one settled state to the next: what is not
// in it is refused. Every phase but Blocked has one move; where it is Verify, an
// apply changes of all products comes first.
var moves = []move{
	{Generate, Settled, Generated, "a new, inactive root CA: the candidate"},
	{Verify, Generated, Trusted, "every product comes to trust the candidate, then verify"},
	{Activate, Trusted, Activated, "the candidate signs from now on; the former CA is retiring"},
	{Regenerate, Activated, Regenerated, "new leaf certificates, signed by the active CA"},
	{Verify, Regenerated, Replaced, "every product gets its new leaf certificates, then verify"},
	{Delete, Replaced, Retired, "the retiring CA is deleted, and no other"},
	{Verify, Retired, Settled, "no product trusts the former CA any more, then verify"},
}

// moveOf finds the one move of a changing step.
func moveOf(step Step) (move, bool) {
	i := slices.IndexFunc(moves, func(m move) bool { return m.step == step && step != Verify })
	if i < 0 {
		return move{}, false
	}
	return moves[i], true
}

// moveFrom finds the one move of a phase; Blocked has none.
func moveFrom(p Phase) (move, bool) {
	i := slices.IndexFunc(moves, func(m move) bool { return m.from == p })
	if i < 0 {
		return move{}, false
	}
	return moves[i], true
}

// Target is the phase that a changing step ends in; empty for Verify, which ends
// in one of several.
func (s Step) Target() Phase {
	m, _ := moveOf(s)
	return m.to
}
