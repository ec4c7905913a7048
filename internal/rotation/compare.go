package rotation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// verdict of a guard: nil lets the phase pass.
type refusal struct {
	reason  Reason
	message string
	next    string
}

// Resume says whether a whole rotation may go on from the version in the state
// found: a refusal when apply changes would be refused (see ApplyRefusal), or when
// the version is of another rotation.
func Resume(s Observation, from Version, accept ...Reason) (Decision, bool) {
	if d, refused := ApplyRefusal(s, accept...); refused {
		return d, false
	}
	if r := relate(s, from, Delete); r != nil {
		return r.decision(), false
	}
	return Decision{Verdict: Go, Reason: ReasonReady, Message: "the rotation is at " + s.where(), Next: next(s)}, true
}

const nothingRuns = "nothing runs until that is cleared up"

// relate compares the version that a phase was handed with the state that it
// found: the swap is only allowed on the rotation that was compared.
func relate(s Observation, from Version, phase Phase) *refusal {
	plain, known := from.unblocked()
	if !known {
		return relateBlocked(s, from)
	}
	from = plain
	active, other := s.Version.Active, s.Version.other()
	switch {
	case from.other() != "":
		return relatePair(s, from, phase)
	case from.Active == active, from.Active == other:
		if from.State == Retired && other != "" {
			return &refusal{ReasonFinishedRotation, fmt.Sprintf(
				"the version handed over is of the rotation that removed %s, and Ops Manager is already in the next one (%s)",
				from.Removed, s.where()), nextCheck}
		}
		return nil
	case from.Active == s.Version.Removed:
		return &refusal{ReasonFinishedRotation, fmt.Sprintf(
			"the version handed over is of a finished rotation: its CA %s is gone, and Ops Manager is at %s", from.Active, s.where()), nextCheck}
	}
	return &refusal{ReasonForeignVersion, fmt.Sprintf(
		"the version handed over speaks of CA %s, which Ops Manager does not list (it is at %s)", from.Active, s.where()), nextCheck}
}

func relatePair(s Observation, from Version, phase Phase) *refusal {
	active, other := s.Version.Active, s.Version.other()
	listed := func(guid string) bool { return guid == active || guid == other }
	switch {
	case listed(from.Active) && listed(from.other()):
		return nil
	case from.Candidate != "" && from.Active == active && other == "":
		return &refusal{ReasonCandidateGone, fmt.Sprintf(
			"the candidate %s of the version handed over is gone: another operator ended that rotation by deleting it", from.Candidate),
			"apply changes, let the resource check, verify from its newest version (on a command line without a version), and generate again; where Ops Manager refuses that, because CredHub kept transitional versions of the deleted one, ask its support"}
	case from.Retiring != "" && from.Active == active && other == "" && phase == Delete && s.deployedSince:
		// Its retired would be a version that no look has shown, and the foundation may
		// have settled long ago.
		return &refusal{ReasonFinishedRotation, fmt.Sprintf(
			"the version handed over is of state %s, CA %s is deleted since, and every product was deployed since installation %d, or may have been: "+
				"whether before the deletion or after it is unknown", from.State, from.Retiring, from.anchor()), nextCheck}
	case from.Retiring != "" && from.Active == active && other == "" && phase == Delete:
		// Deleted already. For every other phase such a version says nothing of
		// when: each look would begin the proof anew, and no apply changes end it.
		return nil
	}
	return &refusal{ReasonFinishedRotation, fmt.Sprintf(
		"the version handed over is of a rotation from %s to %s that is over or not this foundation's (Ops Manager is at %s)",
		from.origin(), from.successor(), s.where()), nextCheck}
}

const nextCheck = "let the resource check for new versions, and start from the newest one"

// origin and successor are the old and the new CA of a version of two.
func (v Version) origin() string {
	if v.Candidate != "" {
		return v.Active
	}
	return v.Retiring
}

func (v Version) successor() string {
	if v.Candidate != "" {
		return v.Candidate
	}
	return v.Active
}

// where says in a few words what Ops Manager shows.
func (s Observation) where() string {
	back := ""
	if s.SetBack != "" {
		back = ", " + s.SetBack
	}
	if s.Restarted != "" {
		back += "; " + s.Restarted
	}
	switch {
	case s.Candidate != nil:
		return fmt.Sprintf("state %s, active %s, candidate %s%s", s.State, s.Active.GUID, s.Candidate.GUID, back)
	case s.LeftBehind:
		return fmt.Sprintf("active %s, and beside it %s%s", s.Active.GUID, s.left(), back)
	case s.Retiring != nil:
		return fmt.Sprintf("state %s, active %s, retiring %s%s", s.State, s.Active.GUID, s.Retiring.GUID, back)
	case s.Active != nil:
		return fmt.Sprintf("state %s, active %s%s", s.State, s.Active.GUID, back)
	}
	return "state blocked, CAs " + s.Version.CAs
}

// relateBlocked compares a version of a blockage before which nothing was
// known: all that it has are the GUIDs that were listed.
func relateBlocked(s Observation, from Version) *refusal {
	if slices.Contains(strings.Split(from.CAs, ","), s.Version.Active) {
		return nil
	}
	return &refusal{ReasonForeignVersion, fmt.Sprintf(
		"the version handed over speaks of the CAs %s, and Ops Manager is at %s", from.CAs, s.where()), nextCheck}
}

// setback is one way in which a rotation goes back, or ends before its time. Each
// has a cause that Ops Manager shows; a state never goes back without one.
type setback struct {
	from []State
	to   State
	why  string
	seen func(Observation, Version) bool
}

// setbacks are all of them; a blockage, which leads to Blocked and back, is none.
var setbacks = []setback{
	{[]State{Activated, Regenerated, Replaced}, Generated, "the activation was undone", undone},
	{[]State{Trusted}, Generated, "a product has no known deployment any more since the candidate appeared", ofSameCAs},
	{[]State{Replaced}, Regenerated, "a product has no known deployment any more since the active CA appeared", ofSameCAs},
	{[]State{Regenerated, Replaced}, Activated, "leaf certificates are deployed that the active CA did not sign", ofSameCAs},
	{[]State{Generated, Trusted}, Retired, "the candidate was deleted", candidateDeleted},
}

func undone(s Observation, from Version) bool {
	return s.Candidate != nil && from.Retiring == s.Version.Active && from.Active == s.Version.Candidate
}

func ofSameCAs(s Observation, from Version) bool {
	return from.Active == s.Version.Active && from.other() == s.Version.other()
}

func candidateDeleted(s Observation, from Version) bool {
	return s.Version.other() == "" && from.Active == s.Version.Active && from.Candidate == s.Version.Removed
}

// setbackOf is what set the rotation back since the version, "" for nothing.
func setbackOf(s Observation, from Version) string {
	i := slices.IndexFunc(setbacks, func(b setback) bool {
		return b.to == s.State && slices.Contains(b.from, from.State) && b.seen(s, from)
	})
	if i < 0 {
		return ""
	}
	return fmt.Sprintf("set back from %s: %s", from.State, setbacks[i].why)
}

// setBack refuses a version from behind an activation that was undone since.
// What was deployed of that to and fro is unknown, so proof begins anew with
// the version that the next look makes; from the one handed over it would begin
// anew with every look, and each apply changes for it would be in vain.
func setBack(s Observation, from Version) *refusal {
	from, _ = from.unblocked()
	if !undone(s, from) {
		return nil
	}
	return &refusal{ReasonSetBack, fmt.Sprintf(
		"the version handed over is of state %s, and the activation of %s was undone since (Ops Manager is at %s)",
		from.State, from.Active, s.where()), nextCheck}
}

// partials are the reasons of a call that Ops Manager carried out, and not for every
// certificate. It names those in its answer and nowhere else, so the version has to
// keep that they are: a phase that is run again finds nothing left to do. Regenerate
// is none of them; run again it renews them all.
var partials = map[Phase]Reason{
	Generate: ReasonPartialGeneration,
	Activate: ReasonPartialActivation,
	Delete:   ReasonPartialDeletion,
}

// partial tells whether the version is of such a call.
func (v *Version) partial() bool {
	return v != nil && v.State == Blocked && v.Was != "" && phaseOfPartial(v.Reason) != ""
}

func phaseOfPartial(r Reason) Phase {
	for phase, reason := range partials {
		if reason == r {
			return phase
		}
	}
	return ""
}

const mendPartial = "mend them (with maestro, or the vendor's support) before anything else is changed or deployed"

// Partly is what a phase has left that was carried out, and failed for some
// certificates: blocked, until that is accepted. False where the phase knows no such
// state, and is run again.
func Partly(phase Phase, reached Observation, e evidence.Evidence, failed []string) (Observation, bool) {
	reason, known := partials[phase]
	if !known || reached.State == Blocked {
		return reached, false
	}
	v := reached.Version
	v.Was, v.State, v.Reason, v.CAs = v.State, Blocked, reason, guids(e.CAs)
	return Observation{State: Blocked, Version: v, Reason: reason, Message: fmt.Sprintf(
		"%s was carried out only in part, it failed for %s; %s", phase, some(failed, ", "), mendPartial)}, true
}

// stillPartial keeps a version of such a call as long as the CAs are those of the
// version, or cannot be told: what other CAs there are then, another operator has made since.
func stillPartial(e evidence.Evidence, cursor *Version) (Observation, bool) {
	if !cursor.partial() {
		return Observation{}, false
	}
	besides := ""
	if o := findBlockage(e, cursor); o != nil {
		besides = "; besides, " + o.message
	} else if active, _ := split(e); guids(e.CAs) != cursor.CAs || active != cursor.Active {
		return Observation{}, false
	}
	return Observation{State: Blocked, Version: *cursor, Reason: cursor.Reason, Message: fmt.Sprintf(
		"%s was carried out only in part, and its own output names the certificates for which it failed; %s%s", phaseOfPartial(cursor.Reason), mendPartial, besides)}, true
}

// Accepting is the version to go on with, and what to say about that: the one from
// before the blockage, where the operator overrides that a call was carried
// out in part.
func Accepting(from *Version, accept []Reason) (version *Version, note string) {
	if !from.partial() || !slices.Contains(accept, from.Reason) {
		return from, ""
	}
	v, _ := from.unblocked()
	// Concourse may have seen it before.
	v.Turn = strconv.Itoa(InstallationID(v.Turn) + 1)
	return &v, fmt.Sprintf("accepted %s: %s was carried out only in part", from.Reason, phaseOfPartial(from.Reason))
}

// PartialReasons are their reasons, for a sentence.
func PartialReasons() string {
	var codes []string
	for _, phase := range []Phase{Generate, Activate, Delete} {
		codes = append(codes, string(partials[phase]))
	}
	return strings.Join(codes, ", ")
}
