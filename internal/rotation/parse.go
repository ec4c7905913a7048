package rotation

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/form"
)

// What a version is made of besides GUIDs: installation ids, names, and the GUIDs
// of as many CAs as there may be.
var (
	id      = form.New(18, `^[0-9]+$`)
	word    = form.New(100, `^[a-z0-9-]+$`)
	several = form.New(math.MaxInt, `^[A-Za-z0-9_-]+(,[A-Za-z0-9_-]+)*$`)
)

// keys are the keys of a version, with the setter of each.
var keys = map[string]func(*Version, string){
	"phase":        func(v *Version, s string) { v.Phase = Phase(s) },
	"active":       func(v *Version, s string) { v.Active = s },
	"candidate":    func(v *Version, s string) { v.Candidate = s },
	"retiring":     func(v *Version, s string) { v.Retiring = s },
	"installation": func(v *Version, s string) { v.Installation = s },
	"trusted":      func(v *Version, s string) { v.Trusted = s },
	"removed":      func(v *Version, s string) { v.Removed = s },
	"turn":         func(v *Version, s string) { v.Turn = s },
	"reason":       func(v *Version, s string) { v.Reason = Reason(s) },
	"cas":          func(v *Version, s string) { v.CAs = s },
	"was":          func(v *Version, s string) { v.Was = Phase(s) },
}

// Keys are the keys that a version may have, sorted.
func Keys() []string { return slices.Sorted(maps.Keys(keys)) }

// ParseVersion reads a version that this resource made. A foreign or damaged
// one is refused, every problem named.
func ParseVersion(m map[string]string) (Version, error) {
	var v Version
	var problems []error
	for _, key := range slices.Sorted(maps.Keys(m)) {
		set, known := keys[key]
		if !known {
			problems = append(problems, fmt.Errorf("unknown key %q: a version of this resource has %s",
				key, strings.Join(slices.Sorted(maps.Keys(keys)), ", ")))
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

// problems lists what a version of its phase lacks or has wrong.
func (v Version) problems() []error {
	if v.Phase == "" {
		return []error{errors.New(`phase is missing: expected one of the phases of a rotation, for example "phase": "settled"`)}
	}
	if !slices.Contains(Phases(), v.Phase) {
		return []error{fmt.Errorf("phase %q is not a phase: expected one of %s", v.Phase, list(Phases()))}
	}
	var problems []error
	for _, f := range v.fields() {
		switch {
		case f.needed && f.value == "":
			problems = append(problems, fmt.Errorf("%s is missing: a version of phase %s has it, for example %q", f.key, v.Phase, f.example))
		case !f.allowed && f.value != "":
			problems = append(problems, fmt.Errorf("%s does not belong to a version of phase %s", f.key, v.Phase))
		case f.value != "" && !f.form.Matches(f.value):
			problems = append(problems, fmt.Errorf("%s %q is malformed: expected something like %q", f.key, f.value, f.example))
		}
	}
	for _, f := range []field{{key: "candidate", value: v.Candidate}, {key: "retiring", value: v.Retiring}} {
		if f.value != "" && f.value == v.Active {
			problems = append(problems, fmt.Errorf("%s %s is the active CA as well: a rotation is between two", f.key, f.value))
		}
	}
	if v.Was != "" && v.Was.rank() < 0 {
		problems = append(problems, fmt.Errorf("was %q is not a phase of a rotation: expected one of %s", v.Was, list(order)))
	}
	return problems
}

type field struct {
	key, value      string
	needed, allowed bool
	form            form.Form
	example         string
}

// fields says which field belongs to the version's phase.
func (v Version) fields() []field {
	const aGUID, anID = "f7bc18f34f2a7a9403c3", "184"
	blocked := v.Phase == Blocked
	phase := v.Phase
	if blocked {
		phase = v.Was
	}
	candidate, retiring := phase.hasCandidate(), phase.hasRetiring()
	started := phase != Settled && phase != ""
	return []field{
		{"active", v.Active, !blocked || phase != "", true, form.GUID, aGUID},
		{"candidate", v.Candidate, candidate, candidate, form.GUID, aGUID},
		{"retiring", v.Retiring, retiring, retiring, form.GUID, aGUID},
		{"installation", v.Installation, started, true, id, anID},
		{"trusted", v.Trusted, false, retiring, id, anID},
		{"removed", v.Removed, phase == Retired, phase == Retired || phase == Settled, form.GUID, aGUID},
		{"turn", v.Turn, false, true, id, "1"},
		{"reason", string(v.Reason), blocked, blocked, word, string(ReasonTooManyCAs)},
		{"cas", v.CAs, false, blocked, several, aGUID + "," + aGUID},
		{"was", string(v.Was), false, blocked, word, string(Generated)},
	}
}

// Map is the version as Concourse keeps it: only the fields that are set.
func (v Version) Map() map[string]string {
	m := map[string]string{"phase": string(v.Phase)}
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
