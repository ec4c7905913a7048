package rotation

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
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

// Covers is the one rule for what expires within a span: its date is known, and is
// before the end of the span that begins now, by Ops Manager's clock. What has
// expired is within every span; of a bare date the day's beginning counts.
func (w Within) Covers(at, until time.Time) bool {
	return !at.IsZero() && !until.IsZero() && until.Before(w.After(at))
}

// Renews tells which certificates a rotation of this product renews on a foundation
// with these products.
func Renews(products evidence.Products) func(evidence.Certificate) bool {
	notCredHub := LeavesCredHub(products)
	return func(c evidence.Certificate) bool {
		return Rotates(c) && !OfSAML(c) && (!notCredHub || c.Location != CredHub)
	}
}

// ActiveDue tells whether the active CA expires within the span.
func ActiveDue(e evidence.Evidence, active evidence.CA, within Within) bool {
	return within.Covers(e.At, active.ExpiresOn.Time)
}

// CertificatesDue are the certificates for whose sake a rotation begins: those that it
// renews and that expire within the span, what expires first first. Root CAs are none
// of them: of those only the active one counts.
func CertificatesDue(e evidence.Evidence, within Within) []evidence.Certificate {
	renews := Renews(e.Products)
	var expiring []evidence.Certificate
	for _, c := range e.Certificates.List {
		if within.Covers(e.At, c.ValidUntil) && renews(c) && !IsRoot(c, e.CAs) {
			expiring = append(expiring, c)
		}
	}
	slices.SortStableFunc(expiring, func(a, b evidence.Certificate) int {
		return cmp.Or(a.ValidUntil.Compare(b.ValidUntil), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ProductGUID, b.ProductGUID))
	})
	return expiring
}

// due lets a rotation begin (nil) when the active CA or a certificate that the
// rotation replaces expires within the span.
func due(q Question) *Decision {
	active, within := *q.Observed.Active, *q.Options.Within
	if q.Evidence.At.IsZero() || active.ExpiresOn.IsZero() {
		return &Decision{Verdict: Refuse, Reason: ReasonCertificatesUnknown, Message: fmt.Sprintf(
			"Ops Manager did not tell what day it is or when the active CA %s expires, so it is unknown whether that is within %s",
			active.GUID, within), Next: "fix that, then rerun this step, or leave out expires_within"}
	}
	if ActiveDue(q.Evidence, active, within) {
		return nil
	}
	if q.Evidence.Certificates.Source == evidence.SourceUnknown {
		return &Decision{Verdict: Refuse, Reason: ReasonCertificatesUnknown, Message: fmt.Sprintf(
			"Ops Manager did not list the deployed certificates (%s), so it is unknown whether one expires within %s",
			q.Evidence.Certificates.Unknown, within), Next: "fix that, then rerun this step, or leave out expires_within"}
	}
	if len(CertificatesDue(q.Evidence, within)) > 0 {
		return nil
	}
	first, when := firstToExpire(q.Evidence, active)
	return &Decision{Verdict: NotDue, Reason: ReasonNotDue, Message: fmt.Sprintf(
		"not due: nothing that a rotation replaces expires within %s; the first is %s on %s",
		within, first, when.UTC().Format(time.DateOnly)), Next: "nothing to do"}
}

// dueNext refuses to take a rotation that is under way for the one that is due: the CA
// that it leads to expires within the span itself. A CA that is less than a week old
// is of this very demand, however short it lives.
func dueNext(q Question) *refusal {
	s, within := q.Observed, q.Options.Within
	if q.Phase != Generate || within == nil || s.Version.other() == "" {
		return nil
	}
	newer := s.Candidate
	if newer == nil {
		newer = s.Active
	}
	at := q.Evidence.At
	young := !newer.CreatedOn.IsZero() && at.Sub(newer.CreatedOn.Latest()) < lately
	if !within.Covers(at, newer.ExpiresOn.Time) || young {
		return nil
	}
	return &refusal{ReasonUnderWay, fmt.Sprintf(
		"CA %s expires on %s, within %s, and a rotation that leads to this very CA is under way (%s): no other begins before it has ended",
		newer.GUID, newer.ExpiresOn, within, s.where()), "finish that one first, then rerun this step: " + next(s)}
}

// StillDue tells, at the end of a rotation that another one may have to follow, whether
// it has to: the span was given and generate would begin. A CA that is less than a week
// old is no reason; what it has not renewed, the next one would not renew either.
func StillDue(q Question) (d Decision, due bool) {
	if q.Options.Within == nil || q.Observed.State != Settled {
		return Decision{}, false
	}
	if _, young := EndedLately(q); young {
		return Decision{}, false
	}
	q.Phase = Generate
	d = Decide(q)
	return d, d.Verdict == Go || d.Verdict == Refuse
}

// firstToExpire is what expires first of the active CA and of what a rotation renews.
func firstToExpire(e evidence.Evidence, active evidence.CA) (what string, when time.Time) {
	what, when = "the active CA "+active.GUID, active.ExpiresOn.Time
	renews := Renews(e.Products)
	for _, c := range e.Certificates.List {
		if !c.ValidUntil.IsZero() && c.ValidUntil.Before(when) && renews(c) {
			what, when = c.Name, c.ValidUntil
		}
	}
	return what, when
}

// Kind is what a certificate is.
type Kind string

// Kinds. Authority is a CA that is no root CA of Ops Manager: the NATS CA, those
// of CredHub.
const (
	RootActive   Kind = "root CA, active"
	RootInactive Kind = "root CA, inactive"
	Authority    Kind = "CA"
	Leaf         Kind = "leaf"
)

// IsCA tells a CA from a leaf.
func (k Kind) IsCA() bool { return k != Leaf }

// rank is the order among those that expire together.
func (k Kind) rank() int { return slices.Index([]Kind{RootActive, RootInactive, Authority, Leaf}, k) }

// Expiry is when a CA or a certificate expires.
type Expiry struct {
	Name string
	Kind Kind
	// Product is the GUID of the product whose certificate it is.
	Product string
	// Until is zero where Ops Manager does not tell.
	Until time.Time
}

// Expiries are those of every root CA, and of every certificate that is not one of
// them under another name. What is listed twice is there twice.
func Expiries(e evidence.Evidence) []Expiry {
	all := make([]Expiry, 0, len(e.CAs)+len(e.Certificates.List))
	for _, ca := range e.CAs {
		all = append(all, ExpiryOfCA(ca))
	}
	for _, c := range e.Certificates.List {
		if !IsRoot(c, e.CAs) {
			all = append(all, ExpiryOf(c))
		}
	}
	return all
}

// ExpiryOfCA is a root CA's.
func ExpiryOfCA(ca evidence.CA) Expiry {
	kind := RootInactive
	if ca.Active {
		kind = RootActive
	}
	return Expiry{Name: ca.GUID, Kind: kind, Until: ca.ExpiresOn.Time}
}

// ExpiryOf is a certificate's that is no root CA.
func ExpiryOf(c evidence.Certificate) Expiry {
	kind := Leaf
	if c.IsCA {
		kind = Authority
	}
	return Expiry{Name: c.Name, Kind: kind, Product: c.ProductGUID, Until: c.ValidUntil}
}

// Compare puts first what expires first; what tells no date comes last. Of those that
// expire together the root CA is first, then other CAs: what they sign ends with them.
func (x Expiry) Compare(o Expiry) int {
	if x.Until.IsZero() != o.Until.IsZero() {
		if x.Until.IsZero() {
			return 1
		}
		return -1
	}
	return cmp.Or(x.Until.Compare(o.Until), cmp.Compare(x.Kind.rank(), o.Kind.rank()), cmp.Compare(x.Name, o.Name), cmp.Compare(x.Product, o.Product))
}

// IsRoot tells whether certificates v1 shows a root CA that is listed already. The
// NATS CA that is paired with a root CA is another one.
func IsRoot(c evidence.Certificate, cas []evidence.CA) bool {
	return c.IsCA && !strings.Contains(c.Name, "nats") && slices.ContainsFunc(cas, func(ca evidence.CA) bool {
		return ca.GUID != "" && strings.Contains(c.Name, ca.GUID)
	})
}
