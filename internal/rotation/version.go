package rotation

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// Version is what Concourse remembers of a state: a function of Ops Manager's
// state, made of strings only, and never the same map for two states of a
// foundation (a version seen before does not trigger). GUIDs are never used
// twice, installation ids only grow, and setbacks are counted, which is what
// makes that true. It holds no clock, no days left and no host name.
type Version struct {
	State  State  `json:"state"`
	Active string `json:"active,omitempty"`
	// Candidate is set in generated and trusted, Retiring in activated,
	// regenerated and replaced.
	Candidate string `json:"candidate,omitempty"`
	Retiring  string `json:"retiring,omitempty"`
	// Installation is the highest installation id when a changing state was
	// entered, or the id that completed the proof for trusted, replaced and
	// settled. A settled state whose rotation was not watched has none.
	Installation string `json:"installation,omitempty"`
	// Trusted is the installation that completed the proof of trust, carried on
	// after the activation: created_on may be a bare date, and then nothing
	// else could tell later that trust came first.
	Trusted string `json:"trusted,omitempty"`
	// Since is the installation behind which deployments prove the trust in the active
	// CA, carried on from generated while that proof is not there.
	Since string `json:"since,omitempty"`
	// Removed is the GUID that left, in retired, settled and renewed.
	Removed string `json:"removed,omitempty"`
	// Renewed is Ops Manager's time of the call that regenerated the leaf
	// certificates, in renewed only, and absent where it tells no time.
	Renewed string `json:"renewed,omitempty"`
	// Recreate is "true" where every apply changes of the rotation has to recreate VMs.
	Recreate string `json:"recreate,omitempty"`
	// Turn counts the setbacks of the rotation: an activation undone, an
	// obstacle that came and went. Without it the version after a setback would
	// be one that was seen before.
	Turn string `json:"turn,omitempty"`
	// Reason, CAs and Was are set in blocked only: why, the GUIDs listed, and
	// the state before it, whose other fields are kept so that nothing is
	// forgotten when the obstacle is gone.
	Reason Reason `json:"reason,omitempty"`
	CAs    string `json:"cas,omitempty"`
	Was    State  `json:"was,omitempty"`
}

// anchor is Installation as a number; 0 when there is none.
func (v Version) anchor() int { return InstallationID(v.Installation) }

// other is the inactive CA of a version of two CAs.
func (v Version) other() string {
	if v.Candidate != "" {
		return v.Candidate
	}
	return v.Retiring
}

// unblocked is the version as it was before the obstacle, false when there was
// none known.
func (v Version) unblocked() (Version, bool) {
	if v.State != Blocked {
		return v, true
	}
	if v.Was == "" {
		return Version{}, false
	}
	v.State, v.Was, v.Reason, v.CAs = v.Was, "", "", ""
	return v, true
}

// lists tells whether the CA was there when the version was made.
func (v Version) lists(guid string) bool { return guid == v.Active || guid == v.other() }

// samePair tells whether the version speaks of these two CAs, whichever of them
// was active.
func (v Version) samePair(one, two string) bool {
	return v.other() != "" &&
		(v.Active == one && v.other() == two || v.Active == two && v.other() == one)
}

// InstallationID reads the id of an installation out of a version; what is no number is 0, "nothing known".
func InstallationID(id string) int {
	n, err := strconv.Atoi(id)
	if err != nil {
		return 0
	}
	return n
}

// following is the version as it comes after the cursor. Along a rotation the
// installation, the state or the trust grows, which makes every version a new
// one. Where a rotation is set back (an activation undone, an obstacle that came
// and went) they do not, and the version would be one that Concourse has seen
// and never looks at again: it gets a turn of its own.
func (v Version) following(cursor *Version) Version {
	if cursor == nil {
		return v
	}
	v.Turn = cursor.Turn
	switch {
	case v == *cursor:
	case v.learned() == cursor.learned():
		// That VMs have to be recreated makes it new.
	case cursor.State == Blocked, v.State != Blocked && !v.names(*cursor) && !v.beyond(*cursor):
		v.Turn = strconv.Itoa(InstallationID(cursor.Turn) + 1)
	case v.names(*cursor):
		v.Turn = ""
	}
	return v
}

// learned is the version without what later looks may add to it.
func (v Version) learned() Version {
	v.Recreate = ""
	return v
}

// names tells whether the version names a CA that the earlier one did not: that
// alone makes it new, for GUIDs are never used twice.
func (v Version) names(earlier Version) bool {
	known := func(guid string) bool {
		return guid == "" || guid == earlier.Active || guid == earlier.other() || guid == earlier.Removed
	}
	return !known(v.Active) || !known(v.other())
}

// beyond tells whether the version of the same CAs is further on.
func (v Version) beyond(earlier Version) bool {
	return cmp.Or(
		cmp.Compare(v.anchor(), earlier.anchor()),
		cmp.Compare(v.Renewed, earlier.Renewed),
		cmp.Compare(v.State.rank(), earlier.State.rank()),
		cmp.Compare(InstallationID(v.Trusted), InstallationID(earlier.Trusted)),
	) > 0
}

// What a version is made of besides GUIDs: installation ids, names, and the GUIDs
// of as many CAs as there may be.
var (
	moment  = evidence.NewForm(20, `^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$`)
	id      = evidence.NewForm(18, `^[0-9]+$`)
	flag    = evidence.NewForm(4, `^true$`)
	word    = evidence.NewForm(100, `^[a-z0-9-]+$`)
	several = evidence.NewForm(math.MaxInt, `^[A-Za-z0-9_-]+(,[A-Za-z0-9_-]+)*$`)
)

// keys are the keys of a version, with the setter of each.
var keys = map[string]func(*Version, string){
	"state":        func(v *Version, s string) { v.State = State(s) },
	"active":       func(v *Version, s string) { v.Active = s },
	"candidate":    func(v *Version, s string) { v.Candidate = s },
	"retiring":     func(v *Version, s string) { v.Retiring = s },
	"installation": func(v *Version, s string) { v.Installation = s },
	"trusted":      func(v *Version, s string) { v.Trusted = s },
	"since":        func(v *Version, s string) { v.Since = s },
	"removed":      func(v *Version, s string) { v.Removed = s },
	"renewed":      func(v *Version, s string) { v.Renewed = s },
	"recreate":     func(v *Version, s string) { v.Recreate = s },
	"turn":         func(v *Version, s string) { v.Turn = s },
	"reason":       func(v *Version, s string) { v.Reason = Reason(s) },
	"cas":          func(v *Version, s string) { v.CAs = s },
	"was":          func(v *Version, s string) { v.Was = State(s) },
}

// Keys are the keys that a version may have, sorted.
func Keys() []string { return slices.Sorted(maps.Keys(keys)) }

// formerKey is what the key state was called at first. Versions live as long as
// the resource in Concourse does, so it is still read; it is written no more.
const formerKey = "phase"

// OfNewerBuild ends what is said of a part of a version that only a newer build of
// the image can have written.
const OfNewerBuild = "if a newer build of the image made it, go back to that build"

// ParseVersion reads a version that this resource made. A foreign or damaged
// one is refused, every problem named.
func ParseVersion(m map[string]string) (Version, error) {
	var v Version
	var problems []error
	if former, found := m[formerKey]; found && m["state"] == "" {
		m = maps.Clone(m)
		delete(m, formerKey)
		m["state"] = former
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		set, known := keys[key]
		if !known {
			problems = append(problems, fmt.Errorf("unknown key %q: a version of this resource has %s; %s",
				key, strings.Join(Keys(), ", "), OfNewerBuild))
			continue
		}
		set(&v, m[key])
	}
	problems = append(problems, v.problems()...)
	if len(problems) > 0 {
		return Version{}, errors.Join(problems...)
	}
	return v, nil
}

// problems lists what a version of its state lacks or has wrong.
func (v Version) problems() []error {
	if v.State == "" {
		return []error{errors.New(`state is missing: expected one of the states of a rotation, for example "state": "settled"`)}
	}
	if !slices.Contains(States(), v.State) {
		return []error{fmt.Errorf("state %q is not a state: expected one of %s; %s", v.State, list(States()), OfNewerBuild)}
	}
	var problems []error
	for _, f := range v.fields() {
		switch {
		case f.needed && f.value == "":
			problems = append(problems, fmt.Errorf("%s is missing: a version of state %s has it, for example %q", f.key, v.State, f.example))
		case !f.allowed && f.value != "":
			problems = append(problems, fmt.Errorf("%s does not belong to a version of state %s", f.key, v.State))
		case f.value != "" && !f.form.Matches(f.value):
			problems = append(problems, fmt.Errorf("%s %q is malformed: expected something like %q", f.key, f.value, f.example))
		}
	}
	for _, f := range []field{{key: "candidate", value: v.Candidate}, {key: "retiring", value: v.Retiring}} {
		if f.value != "" && f.value == v.Active {
			problems = append(problems, fmt.Errorf("%s %s is the active CA as well: a rotation is between two", f.key, f.value))
		}
	}
	if v.Was != "" && v.Was.rank() < 0 && v.Was != Renewed {
		problems = append(problems, fmt.Errorf("was %q is not a state of a rotation: expected one of %s; %s", v.Was, list(append(slices.Clone(order), Renewed)), OfNewerBuild))
	}
	return problems
}

type field struct {
	key, value      string
	needed, allowed bool
	form            evidence.Form
	example         string
}

// fields says which field belongs to the version's state.
func (v Version) fields() []field {
	const aGUID, anID = "f7bc18f34f2a7a9403c3", "184"
	blocked := v.State == Blocked
	state := v.State
	if blocked {
		state = v.Was
	}
	candidate, retiring := state.hasCandidate(), state.hasRetiring()
	started := state != Settled && state != ""
	return []field{
		{"active", v.Active, !blocked || state != "", true, evidence.GUID, aGUID},
		{"candidate", v.Candidate, candidate, candidate, evidence.GUID, aGUID},
		{"retiring", v.Retiring, retiring, retiring, evidence.GUID, aGUID},
		{"installation", v.Installation, started, true, id, anID},
		{"trusted", v.Trusted, false, retiring, id, anID},
		{"since", v.Since, false, state == Activated, id, anID},
		{"removed", v.Removed, state == Retired, state == Retired || state.atRest(), evidence.GUID, aGUID},
		{"renewed", v.Renewed, false, state == Renewed, moment, "2026-03-02T10:00:00Z"},
		{"recreate", v.Recreate, false, started && !state.atRest(), flag, MustRecreate},
		{"turn", v.Turn, false, true, id, "1"},
		{"reason", string(v.Reason), blocked, blocked, word, string(ReasonTooManyCAs)},
		{"cas", v.CAs, false, blocked, several, aGUID + "," + aGUID},
		{"was", string(v.Was), false, blocked, word, string(Generated)},
	}
}

// Map is the version as Concourse keeps it: only the fields that are set.
func (v Version) Map() map[string]string {
	m := map[string]string{"state": string(v.State)}
	for _, f := range v.fields() {
		if f.value != "" {
			m[f.key] = f.value
		}
	}
	return m
}

// list writes names for a person.
func list[S ~string](names []S) string {
	words := make([]string, len(names))
	for i, n := range names {
		words[i] = string(n)
	}
	return strings.Join(words, ", ")
}
