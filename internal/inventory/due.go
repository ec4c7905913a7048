package inventory

import (
	"fmt"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// Due is what expires within a span from now, by Ops Manager's clock, or has
// expired: CAs and certificates of every kind, as om expiring-certificates has
// them, and whoever has to act.
type Due struct {
	Within       string     `json:"within"`
	Certificates []DueEntry `json:"certificates"`
}

// DueEntry is one of them; what expires first comes first.
type DueEntry struct {
	Entry
	Procedure string   `json:"procedure"`
	Category  Category `json:"category"`
	Who       string   `json:"who"`
}

// DueWithin picks them from the inventory. It fails where Ops Manager did not say
// what day it is, or which certificates it has: then nobody knows. Once the root CA
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
	limit := within.After(i.at)
	due := &Due{Within: within.String(), Certificates: []DueEntry{}}
	for _, g := range i.Groups {
		for _, c := range g.Certificates {
			if !c.until.IsZero() && c.until.Before(limit) {
				due.Certificates = append(due.Certificates, DueEntry{c, g.Procedure, g.Category, g.Who})
			}
		}
	}
	slices.SortStableFunc(due.Certificates, func(a, b DueEntry) int { return a.Compare(b.Entry) })
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
	var first []string
	for _, c := range d.Certificates[:min(firstDue, len(d.Certificates))] {
		name := c.Name
		if c.Of() != "" {
			name += " of " + c.Of()
		}
		first = append(first, name+" on "+c.Expires)
	}
	if more := len(d.Certificates) - firstDue; more > 0 {
		first = append(first, fmt.Sprintf("and %d more", more))
	}
	what := "1 certificate expires"
	if n := len(d.Certificates); n > 1 {
		what = fmt.Sprintf("%d certificates expire", n)
	}
	err := fmt.Errorf("%s within %s: %s; the report says who has to act for each", what, d.Within, strings.Join(first, ", "))
	if slices.ContainsFunc(d.Certificates, DueEntry.endsRotations) {
		return troubleshooting.WithCodes(err, troubleshooting.OfReason(rotation.ReasonExpiredCA))
	}
	return err
}

// endsRotations tells that it is a root CA that has expired: the normal procedure
// does not work with one.
func (e DueEntry) endsRotations() bool {
	return (e.Kind == rotation.RootActive || e.Kind == rotation.RootInactive) && e.DaysLeft != nil && *e.DaysLeft < 0
}

// Heading says whether anything does.
func (d *Due) Heading() string {
	if len(d.Certificates) == 0 {
		return "Nothing expires within " + d.Within
	}
	return "Expires within " + d.Within
}
