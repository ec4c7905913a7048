package rotation

import (
	"fmt"
	"strconv"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// Within is a span as Ops Manager's expires_within spells it: 30d, 6w, 3m, 1y.
type Within struct {
	n    int
	unit byte
}

var withinForm = evidence.Expression(`^([1-9][0-9]{0,4})([dwmy])$`)

// ParseWithin reads a span.
func ParseWithin(s string) (Within, error) {
	m := withinForm().FindStringSubmatch(s)
	if m == nil {
		return Within{}, fmt.Errorf("%q is not a span: expected a number and one of d, w, m, y, for example 30d, 6w, 3m or 1y", s)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return Within{}, fmt.Errorf("%q is not a span: %w", s, err)
	}
	return Within{n, m[2][0]}, nil
}

// String is the span as it was written.
func (w Within) String() string { return fmt.Sprintf("%d%c", w.n, w.unit) }

// After is the end of the span that begins at t, by the calendar.
func (w Within) After(t time.Time) time.Time {
	switch w.unit {
	case 'd':
		return t.AddDate(0, 0, w.n)
	case 'w':
		return t.AddDate(0, 0, 7*w.n)
	case 'm':
		return t.AddDate(0, w.n, 0)
	}
	return t.AddDate(w.n, 0, 0)
}

// due lets a rotation begin (nil) when the active CA or a certificate that the
// rotation replaces expires within the span.
func due(q Question) *Decision {
	limit := q.Options.Within.After(q.Evidence.At)
	active := q.Observed.Active
	if q.Evidence.At.IsZero() || active.ExpiresOn.IsZero() {
		return &Decision{Verdict: Refuse, Reason: ReasonCertificatesUnknown, Message: fmt.Sprintf(
			"Ops Manager did not tell what day it is or when the active CA %s expires, so it is unknown whether that is within %s",
			active.GUID, q.Options.Within), Next: "fix that, then rerun this step, or leave out expires_within"}
	}
	if active.ExpiresOn.Time.Before(limit) {
		return nil
	}
	if q.Evidence.Certificates.Source == evidence.SourceUnknown {
		return &Decision{Verdict: Refuse, Reason: ReasonCertificatesUnknown, Message: fmt.Sprintf(
			"Ops Manager did not list the deployed certificates (%s), so it is unknown whether one expires within %s",
			q.Evidence.Certificates.Unknown, q.Options.Within), Next: "fix that, then rerun this step, or leave out expires_within"}
	}
	earliest, when := "the active CA "+active.GUID, active.ExpiresOn.Time
	for _, c := range q.Evidence.Certificates.List {
		if !Rotates(c) || c.ValidUntil.IsZero() {
			continue
		}
		if c.ValidUntil.Before(limit) {
			return nil
		}
		if c.ValidUntil.Before(when) {
			earliest, when = c.Name, c.ValidUntil
		}
	}
	return &Decision{Verdict: NotDue, Reason: ReasonNotDue, Message: fmt.Sprintf(
		"not due: nothing that a rotation replaces expires within %s; the first is %s on %s",
		q.Options.Within, earliest, when.UTC().Format(time.DateOnly)), Next: "nothing to do"}
}
