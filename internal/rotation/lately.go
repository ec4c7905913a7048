package rotation

import (
	"fmt"
	"time"
)

// lately is for how long a rotation is taken for the one that was asked for. It
// is longer than the longest apply changes and a weekend behind it, and shorter
// than any pause between two rotations.
const lately = 7 * 24 * time.Hour

// EndedLately tells whether the active CA is less than a week old by Ops Manager's
// clock and no rotation is under way, and says so in half a sentence. Whoever asks
// for a whole rotation then asks most likely for the one that has ended: a run
// that was interrupted in the last apply changes is told from none by nothing
// else. A bare date counts from the end of its day. What expires soon makes no
// difference: what the rotation of this week has not replaced, another one would
// not replace either, and a CA that lives less than that has a week to wait at
// most.
func EndedLately(q Question) (message string, young bool) {
	active, at := q.State.Active, q.Evidence.At
	if q.State.Phase != Settled || at.IsZero() || active.CreatedOn.IsZero() || at.Sub(active.CreatedOn.Latest()) >= lately {
		return "", false
	}
	message = fmt.Sprintf("the active CA %s was created less than a week ago (%s, %s): an earlier rotation has ended, or the foundation is that new",
		active.GUID, active.CreatedOn, ago(at.Sub(active.CreatedOn.Time), active.CreatedOn.DateOnly))
	if within := q.Options.Within; within != nil {
		message += fmt.Sprintf("; something that a rotation replaces expires within %s all the same", within)
	}
	return message, true
}

// ago is an age in words, in days where a bare date does not tell more.
func ago(age time.Duration, days bool) string {
	const day = 24 * time.Hour
	switch {
	case days && age < day:
		return "today"
	case days || age >= 2*day:
		return fmt.Sprintf("%d days ago", age/day)
	case age >= 2*time.Hour:
		return fmt.Sprintf("%d hours ago", age/time.Hour)
	}
	return fmt.Sprintf("%d minutes ago", max(age, 0)/time.Minute)
}
