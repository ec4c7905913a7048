package inventory

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/shorten"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// Due is what expires within a span from now, by Ops Manager's clock, or has
// expired: CAs and certificates of every kind, as om expiring-certificates has
// them, no matter who has to act.
type Due struct {
	Within       string     `json:"within"`
	Certificates []DueEntry `json:"certificates"`
	// Undated are those for which Ops Manager gives no date: unknown, and never taken
	// for fine.
	Undated []DueEntry `json:"undated,omitempty"`
}

// DueEntry is one of them; what expires first comes first.
type DueEntry struct {
	Entry
	Procedure string   `json:"procedure"`
	Category  Category `json:"category"`
	Who       string   `json:"who"`
}

// DueWithin picks them from the inventory. It fails where Ops Manager did not say
// what day it is, or which certificates it has: then what is due is unknown. Once the root CA
// has expired Ops Manager may list none any more, and that CA is what counts.
func DueWithin(i Inventory, within rotation.Within) (*Due, error) {
	if i.at.IsZero() || i.Unknown != "" && !i.expired {
		why := i.Unknown
		if why == "" {
			why = "it did not say what day it is"
		}
		err := fmt.Errorf("it is unknown what expires within %s, as Ops Manager did not list its certificates with their dates (%s): fix that, then rerun the report", within, why)
		return nil, troubleshooting.WithCodes(err, troubleshooting.OfReason(rotation.ReasonCertificatesUnknown))
	}
	due := &Due{Within: within.String(), Certificates: []DueEntry{}}
	for _, g := range i.Groups {
		for _, c := range g.Certificates {
			entry := DueEntry{c, g.Procedure, g.Category, g.Who}
			switch {
			case c.until.IsZero():
				due.Undated = append(due.Undated, entry)
			case within.Covers(i.at, c.until):
				due.Certificates = append(due.Certificates, entry)
			}
		}
	}
	for _, list := range [][]DueEntry{due.Certificates, due.Undated} {
		slices.SortStableFunc(list, func(a, b DueEntry) int { return a.Compare(b.Entry) })
	}
	return due, nil
}

// firstDue is how many the sentence names.
const firstDue = 3

// Err is nil when nothing expires, else a sentence with how many do, and the
// first ones.
func (d *Due) Err() error {
	if d == nil || len(d.Certificates) == 0 {
		return nil
	}
	first := firstFew(d.Certificates, func(c DueEntry) string { return c.Full() + " on " + c.Expires })
	what := "1 certificate expires"
	if n := len(d.Certificates); n > 1 {
		what = fmt.Sprintf("%d certificates expire", n)
	}
	err := fmt.Errorf("%s within %s: %s; the report says who has to act for each", what, d.Within, first)
	if slices.ContainsFunc(d.Certificates, DueEntry.endsRotations) {
		return troubleshooting.WithCodes(err, troubleshooting.OfReason(rotation.ReasonExpiredCA))
	}
	return err
}

// firstFew names the first few of many.
func firstFew(list []DueEntry, name func(DueEntry) string) string {
	var names []string
	for _, c := range list {
		names = append(names, name(c))
	}
	return strings.Join(shorten.List(names, firstDue), ", ")
}

// Unknown is nil where every certificate has a date, else a sentence with those that
// have none.
func (d *Due) Unknown() error {
	if d == nil || len(d.Undated) == 0 {
		return nil
	}
	err := errors.New(d.unknown() + "; look at them where they are used")
	return troubleshooting.WithCodes(err, troubleshooting.OfReason(rotation.ReasonCertificatesUnknown))
}

func (d *Due) unknown() string {
	what := "1 certificate has"
	if n := len(d.Undated); n > 1 {
		what = fmt.Sprintf("%d certificates have", n)
	}
	return fmt.Sprintf("%s no date from Ops Manager, so it is unknown what expires within %s: %s", what, d.Within, firstFew(d.Undated, func(c DueEntry) string { return c.Full() }))
}

// Note is that sentence for a report, empty for none.
func (d *Due) Note() string {
	if len(d.Undated) == 0 {
		return ""
	}
	return d.unknown()
}

// endsRotations tells that it is a root CA that has expired: the normal procedure
// does not work with one.
func (e DueEntry) endsRotations() bool {
	return (e.Kind == rotation.RootActive || e.Kind == rotation.RootInactive) && e.DaysLeft != nil && *e.DaysLeft < 0
}

// Heading says whether anything does.
func (d *Due) Heading() string {
	if len(d.Certificates) == 0 && len(d.Undated) > 0 {
		return "Nothing is known to expire within " + d.Within
	}
	if len(d.Certificates) == 0 {
		return "Nothing expires within " + d.Within
	}
	return "Expires within " + d.Within
}
