package rotation

import "slices"

// State is where a foundation's root CA rotation stands. The states follow in the order
// of a rotation, each with what is true on the foundation, what leads on, what has to be
// shown for that, and what can be done again; moves below has the same as a table, and
// docs/safety.md is written from it. In every state these hold as well:
//
//   - A phase looks first. What it is for may be done already: then it succeeds and
//     changes nothing (already-done), so each can be run again, also where it was killed
//     or its answer was lost.
//   - Any apply changes counts, no matter who started it, and several add up: a product is
//     proven by its first success in an installation that started after the change.
//   - Before each changing phase the guards are asked (guards.go): no installation runs,
//     the last one did not fail, no operator's changes are staged, the certificates are
//     listed.
//   - What others do is seen by the next look, and may set the rotation back to the state
//     that is true now (setbacks in compare.go).
//
// # Settled
//
// One CA, and it is active. Nothing of a rotation is outstanding, as far as the version
// and Ops Manager tell.
//
//   - On: generate → generated.
//   - Asked: what the vendor requires before a rotation (prerequisites.go), for behind
//     generate there may be no way back.
//   - Again: a CA that a lost call has made is found, and no second one is made.
//   - Beside it: regenerate with leaf_only → renewed.
//
// # Generated
//
// The active CA, and one newer inactive CA: the candidate. It signs nothing. VMs come to
// trust it with the next apply changes.
//
//   - On: apply changes, verify → trusted.
//   - Asked: every product was deployed since the candidate appeared, service instances
//     included, no deployment is outdated in a CA, and VMs that need it were recreated
//     (proof.go, instances.go, stemcells.go).
//   - Again: apply changes and verify as often as it takes.
//
// # Trusted
//
// As generated, and everything trusts the candidate as well as the active CA, so it does
// not matter which of the two signs.
//
//   - On: activate → activated.
//   - Asked: the proof still holds, and the candidate lasts 30 days at least.
//   - Again: activate names the candidate by its GUID.
//
// # Activated
//
// The newer CA is active and signs from now on; the former one is retiring, and inactive.
// Every leaf certificate that is deployed is still of the retiring CA.
//
//   - On: regenerate → regenerated.
//   - Asked: everything trusts the active CA. Where an operator has activated it without,
//     nothing goes on and nothing is applied (activated-untrusted, trust-unknown): the next
//     apply changes would cut off what does not trust it.
//   - Again: the CAs do not show that regenerate was called. The version does; without one
//     this is the state, and to regenerate twice does no harm.
//
// # Regenerated
//
// As activated, and Ops Manager has new leaf certificates in store, signed by the active
// CA. VMs get them with the next apply changes.
//
//   - On: apply changes, verify → replaced.
//   - Asked: every product was deployed since the regenerate, as for trusted; no deployment is
//     outdated in any certificate, and no leaf is older than the active CA or of the retiring
//     one (else the state is activated again).
//   - Again: apply changes and verify as often as it takes.
//
// # Replaced
//
// As regenerated, and everything shows a certificate of the active CA. The retiring CA is
// trusted, and nothing needs that.
//
//   - On: delete → retired.
//   - Asked: the retiring CA signs nothing that is deployed, certificates included that
//     operators have supplied.
//   - Again: delete names the retiring CA by its GUID, and no other.
//
// # Retired
//
// The retiring CA is deleted. VMs trust it until the next apply changes.
//
//   - On: apply changes, verify → settled.
//   - Asked: every product was deployed since the deletion. No list of certificates speaks of
//     a CA that is gone, so the history and the logs of errands are all there is.
//   - Again: apply changes and verify as often as it takes. Without a version this state
//     cannot be told from settled, so an apply changes without one is made, not skipped.
//
// # Renewed
//
// As settled, and the leaf certificates were regenerated under the CA that stays. Each
// leaf, old or new, is good with every peer.
//
//   - On: apply changes, verify → settled.
//   - Asked: every product was deployed since, and no leaf is left that is older
//     (leafonly.go).
//   - Again: regenerate with leaf_only → renewed, as after an apply changes that failed.
//
// # Blocked
//
// Anything else: more than two CAs, none or two active, one that has expired, two of which
// it is unknown which is new, or a call that was carried out in part (blocked.go).
//
//   - On: no phase. An operator clears it up, and the next look finds the state from before;
//     a call that was carried out in part has to be accepted.
type State string

// The states, in the order a rotation goes through them.
const (
	Settled     State = "settled"
	Generated   State = "generated"
	Trusted     State = "trusted"
	Activated   State = "activated"
	Regenerated State = "regenerated"
	Replaced    State = "replaced"
	Retired     State = "retired"
	// Renewed is beside the way of a rotation.
	Renewed State = "renewed"
	// Blocked is in no move; Observation.Reason says what is in the way.
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
