package due

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/inventory"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// Expiring says which CAs and certificates of any kind expire within the span by
// Ops Manager's clock, or have expired; nil for none. It asks for the CAs and the
// certificates.
func Expiring(ctx context.Context, api foundation.Reader, within rotation.Within) (*Alert, error) {
	var (
		e   evidence.Evidence
		err error
	)
	if e.CAs, err = api.CertificateAuthorities(ctx); err != nil {
		return nil, fmt.Errorf("cannot ask Ops Manager for its certificate authorities: %w", err)
	}
	if e.Certificates.List, err = certificates(ctx, api, within); err != nil {
		// Once the CA has expired Ops Manager may list no certificates any more.
		if gone := expired(e.CAs, api.ServerTime()); gone != nil {
			return nil, gone
		}
		return nil, err
	}
	if e.At = api.ServerTime(); e.At.IsZero() {
		return nil, fmt.Errorf("Ops Manager did not tell what day it is, so nobody can tell what expires within %s: mend that; the next check looks again", within) //nolint:staticcheck // a name begins it
	}
	limit := within.After(e.At)
	return alertOf(entries(inventory.Of(e), func(until time.Time) bool { return until.Before(limit) })), nil
}

// Member is a certificate of an alert, and who has to act.
type Member struct {
	inventory.Entry
	Procedure string             `json:"procedure"`
	Category  inventory.Category `json:"category"`
	URL       string             `json:"url,omitempty"`
	// Rotated tells that a rotation by this product renews it.
	Rotated bool   `json:"rotated"`
	Who     string `json:"who"`
	How     string `json:"how"`
}

// Members lists the certificates of an alert, what expires first first. same is
// false where the set is not the one of the alert any more: then they are those
// that Ops Manager lists now up to the last day of the alert.
func Members(ctx context.Context, api foundation.Reader, within rotation.Within, a Alert) (members []Member, same bool, err error) {
	e, err := foundation.Listing(ctx, api)
	if err != nil {
		return nil, false, err //nolint:wrapcheck // the sentence is complete
	}
	if e.Certificates.Source == evidence.SourceUnknown {
		return nil, false, unlisted(e.Certificates, within)
	}
	last, err := time.Parse(time.RFC3339, a.Last)
	if err != nil {
		return nil, false, fmt.Errorf("the version's last, %q, is no date: %w", a.Last, err)
	}
	members = entries(inventory.Of(e), func(until time.Time) bool { return !until.After(last) })
	now := alertOf(members)
	return members, now != nil && now.Set == a.Set, nil
}

// entries are those of the inventory that expire when they have to.
func entries(all inventory.Inventory, soon func(time.Time) bool) []Member {
	members := []Member{}
	for _, g := range all.Groups {
		for _, c := range g.Certificates {
			// Whole seconds are what versions tell.
			if until := c.Until(); !until.IsZero() && soon(until.Truncate(time.Second)) {
				c.DaysLeft = nil // a version has no clock
				members = append(members, Member{c, g.Procedure, g.Category, g.URL, g.Rotated, g.Who, g.How})
			}
		}
	}
	slices.SortStableFunc(members, func(a, b Member) int { return a.Compare(b.Entry) })
	return members
}

// alertOf is the version of a set in its order, nil of none. A part of what Members
// knows is looked up later and must not matter: who has to act.
func alertOf(members []Member) *Alert {
	if len(members) == 0 {
		return nil
	}
	sum := sha256.New()
	for _, m := range members {
		fmt.Fprintf(sum, "%q %q %t %d\n", m.Name, m.Product, m.IsCA(), m.Until().Unix())
	}
	first, last := members[0], members[len(members)-1]
	return &Alert{
		Expiring: fmt.Sprint(len(members)), First: told(cmp.Or(first.Name, unnamed)),
		ExpiresOn: first.Until().UTC().Format(time.RFC3339), Last: last.Until().UTC().Format(time.RFC3339),
		Set: fmt.Sprintf("%x", sum.Sum(nil)[:8]),
	}
}
