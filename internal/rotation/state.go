package rotation

import "slices"

// State is where a foundation's root CA rotation stands.
type State string

// The states, in the order a rotation goes through them.
const (
	// Settled: one CA, active; nothing of a rotation outstanding.
	Settled State = "settled"
	// Generated: the active CA and one newer inactive CA, the candidate.
	Generated State = "generated"
	// Trusted: as Generated, and every deployed product was deployed
	// successfully since the candidate appeared.
	Trusted State = "trusted"
	// Activated: the newer CA is active, the former one (retiring) inactive.
	Activated State = "activated"
	// Regenerated: as Activated, and the leaf certificates were regenerated but
	// are not known to be deployed.
	Regenerated State = "regenerated"
	// Replaced: as Regenerated, and every deployed product was deployed
	// successfully since.
	Replaced State = "replaced"
	// Retired: the retiring CA is deleted; the deployment that removes its
	// trust is outstanding.
	Retired State = "retired"
	// Renewed: as Settled, and the leaf certificates were regenerated outside a
	// rotation; whether they are deployed everywhere is not proven.
	Renewed State = "renewed"
	// Blocked: anything else; State.Reason says what.
	Blocked State = "blocked"
)

// order is the way of a rotation; Renewed is beside it, and Blocked nowhere.
var order = []State{Settled, Generated, Trusted, Activated, Regenerated, Replaced, Retired}

// States are all states, in order, Blocked last.
func States() []State { return append(slices.Clone(order), Renewed, Blocked) }

// rank is the state's place in a rotation, -1 for those that have none.
func (p State) rank() int { return slices.Index(order, p) }

// hasCandidate tells whether the state has an inactive CA newer than the active.
func (p State) hasCandidate() bool { return p == Generated || p == Trusted }

// hasRetiring tells whether the state has an inactive CA older than the active.
func (p State) hasRetiring() bool { return p == Activated || p == Regenerated || p == Replaced }

// atRest tells that no rotation is under way.
func (p State) atRest() bool { return p == Settled || p == Renewed }

// Phase is what an operator or a pipeline asks for.
type Phase string

// The phases. Verify changes nothing in Ops Manager.
const (
	Generate   Phase = "generate"
	Activate   Phase = "activate"
	Regenerate Phase = "regenerate"
	Delete     Phase = "delete"
	Verify     Phase = "verify"
)

// Phases are all phases, in the order a rotation takes them; Verify, which comes
// after every apply changes, last.
func Phases() []Phase { return []Phase{Generate, Activate, Regenerate, Delete, Verify} }

// move is one legal transition: the phase may run in From and leaves To.
type move struct {
	phase Phase
	from  State
	to    State
	does  string
}

// moves is the whole procedure, from one settled state to the next: what is not
// in it is refused. Every state but Blocked has one move; where it is Verify, an
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

// leafMoves are those of the leaf certificates alone, outside a rotation.
var leafMoves = []move{
	{Regenerate, Settled, Renewed, "new leaf certificates, signed by the CA that stays active (leaf-only)"},
	{Regenerate, Renewed, Renewed, "once more, as after an apply changes that failed (leaf-only)"},
	{Verify, Renewed, Settled, "every product gets its new leaf certificates, then verify"},
}

// moveOf finds the one move of a changing phase.
func moveOf(phase Phase) (move, bool) {
	i := slices.IndexFunc(moves, func(m move) bool { return m.phase == phase && phase != Verify })
	if i < 0 {
		return move{}, false
	}
	return moves[i], true
}

// moveFrom finds the one move of a state of a rotation.
func moveFrom(p State) (move, bool) {
	i := slices.IndexFunc(moves, func(m move) bool { return m.from == p })
	if i < 0 {
		return move{}, false
	}
	return moves[i], true
}

// Target is the state that a changing phase ends in; empty for Verify, which ends
// in one of several.
func (s Phase) Target() State {
	m, _ := moveOf(s)
	return m.to
}
