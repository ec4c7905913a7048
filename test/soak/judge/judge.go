package judge

import (
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/soak/schedule"
)

// Case is one rotation to be judged.
type Case struct {
	Schedule schedule.Schedule
	// First is the CA that was there in the beginning.
	First string
	Said  Said
	// Forgetful: it was our task rotate, which was given no version.
	Forgetful bool
	// Struck counts the events that struck, by their names.
	Struck map[string]int
}

// Verdict is how it went.
type Verdict struct {
	// Settled: one new CA, which every VM trusts alone and has its certificates of.
	Settled bool
	// Unsettled names what is missing for that.
	Unsettled []string
	CAs       int
	// KeptFirst: the CA of the beginning is still the active one.
	KeptFirst bool
	// Good and Broken count handshakes; Excused those of the broken ones that another
	// operator's click alone has caused, by the way in which it did.
	Good, Broken int
	Excused      map[string]int
	// ByUs are the installations that broke handshakes by the procedure's hand.
	ByUs []string
	// Improper are calls by the procedure's hand that no procedure may make.
	Improper []string
	// Prerequisites are what was said wrong of the vendor's prerequisites, or not said.
	Prerequisites []string
	// Untrue is why the reason for a stop does not hold.
	Untrue string
	// Blind is what the task rotate cannot know when it is given no version, and
	// was wrong about: no fault of the kind that harms, and no success either.
	Blind string
}

// Of judges a foundation at rest.
func Of(c Case, f *sim.Foundation) Verdict {
	s, l := f.Dump(), f.Ledger()
	v := Verdict{Unsettled: Unsettled(s, c.First), CAs: len(s.CAs), Good: s.Good, Broken: len(s.Broken), Improper: improper(l, c.First)}
	v.Settled = len(v.Unsettled) == 0
	v.KeptFirst = s.Active() == c.First
	v.ByUs, v.Excused = breaks(l, s)
	v.Prerequisites = prerequisites(c, l)
	if !c.Said.Success {
		v.Untrue = untrue(c, s, l)
	}
	if c.Forgetful {
		v.Blind = blind(c, v)
	}
	return v
}

// Faults are what is wrong with a rotation of ours, empty when it kept its
// promises.
func (v Verdict) Faults(said Said) []string {
	found := slices.Concat(v.ByUs, v.Improper, v.Prerequisites)
	if v.Blind != "" {
		return found
	}
	if said.Success && !v.Settled {
		found = append(found, "it claims success: "+strings.Join(v.Unsettled, ", "))
	}
	if v.Untrue != "" {
		found = append(found, "it stopped for a reason that is not true ("+said.Reason+"): "+v.Untrue)
	}
	return found
}

// blind names the two things that Ops Manager does not show: when a CA was
// deleted, and with bare dates whether an installation of the same day came
// before a CA or after it.
func blind(c Case, v Verdict) string {
	others := slices.ContainsFunc(v.Unsettled, func(u string) bool { return !strings.HasSuffix(u, trustsOthers) })
	switch {
	case c.Said.Success && !v.Settled && !others && v.CAs == 1 && !v.KeptFirst:
		return "it took the last apply changes for done, which were not"
	case c.Schedule.DateOnly && c.Said.Reason == string(rotation.ReasonUntrusted) && v.Untrue != "":
		return "it could not tell from bare dates that every product trusts the active CA"
	}
	return ""
}
