package report

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// Inventory is every CA and certificate that Ops Manager knows of, by the
// procedure that replaces it.
type Inventory struct {
	OpsManager string `json:"ops_manager"`
	// At is Ops Manager's clock, by which days are counted.
	At string `json:"at"`
	// Unknown says why Ops Manager did not list its certificates.
	Unknown string `json:"unknown,omitempty"`
	// Due is absent unless a span was given.
	Due    *Due    `json:"due,omitempty"`
	Groups []Group `json:"procedures"`

	at time.Time
}

// Group are the certificates that one procedure replaces.
type Group struct {
	Procedure string `json:"procedure"`
	URL       string `json:"url,omitempty"`
	// Rotated tells that a rotation by this product replaces them.
	Rotated bool `json:"rotated"`
	// Who has to act.
	Who          string  `json:"who"`
	Certificates []Entry `json:"certificates"`
}

// Entry is one CA or certificate.
type Entry struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Product string `json:"product,omitempty"`
	// Expires is a date; DaysLeft are whole days, negative once it has expired.
	// Both are absent where Ops Manager does not tell.
	Expires  string `json:"expires,omitempty"`
	DaysLeft *int   `json:"days_left,omitempty"`

	until time.Time
}

// InventoryOf sorts the certificates; the group that expires first comes first,
// and within it the certificate that does.
func InventoryOf(e evidence.Evidence) Inventory {
	inventory := Inventory{OpsManager: e.OpsManager, Unknown: e.Certificates.Unknown, Groups: []Group{}, at: e.At}
	if !e.At.IsZero() {
		inventory.At = e.At.UTC().Format(time.RFC3339)
	}
	groups := map[key]*Group{}
	add := func(k key, entry Entry) {
		if groups[k] == nil {
			groups[k] = &Group{Procedure: k.procedure, URL: k.url, Rotated: k.rotated, Who: k.who}
		}
		g := groups[k]
		if !slices.ContainsFunc(g.Certificates, entry.same) {
			g.Certificates = append(g.Certificates, entry)
		}
	}
	for _, ca := range e.CAs {
		kind := "root CA, inactive"
		if ca.Active {
			kind = "root CA, active"
		}
		add(ourRotation, entry(ca.GUID, kind, "", ca.ExpiresOn.Time, e.At))
	}
	for _, c := range e.Certificates.List {
		if !isRoot(c, e.CAs) {
			kind := "leaf"
			if c.IsCA {
				kind = "CA"
			}
			add(procedureOf(c), entry(c.Name, kind, c.ProductGUID, c.ValidUntil, e.At))
		}
	}
	for _, g := range groups {
		slices.SortFunc(g.Certificates, Entry.compare)
		inventory.Groups = append(inventory.Groups, *g)
	}
	slices.SortFunc(inventory.Groups, func(a, b Group) int {
		return cmp.Or(a.Certificates[0].compare(b.Certificates[0]), cmp.Compare(a.Procedure, b.Procedure), cmp.Compare(a.Who, b.Who))
	})
	return inventory
}

// isRoot tells whether certificates v1 shows a root CA that is listed already.
func isRoot(c evidence.Certificate, cas []evidence.CA) bool {
	return c.IsCA && slices.ContainsFunc(cas, func(ca evidence.CA) bool { return strings.Contains(c.Name, ca.GUID) })
}

// key is what makes a group.
type key struct {
	procedure, url, who string
	rotated             bool
}

const byUs = "opsman-ca rotates it"

var ourRotation = key{procedure: "Root CA rotation", who: byUs, rotated: true}

// procedureOf is the procedure as Ops Manager names it, else as far as the
// certificate tells.
func procedureOf(c evidence.Certificate) key {
	g := key{procedure: c.RotationProcedure, url: c.RotationProcedureURL}
	switch {
	case c.Configurable:
		g.who = "its operator: replace it in the tile's settings, then apply changes"
		g.procedure = cmp.Or(g.procedure, "Configurable certificates")
	case !rotation.Rotates(c):
		g.who = "an operator, by the procedure of its own that it has"
		g.procedure = cmp.Or(g.procedure, "Excluded from root CA rotation")
	case c.AutoRotated:
		g.rotated, g.who = true, "BOSH DNS renews it; apply changes with force latest variables deploys it"
		g.procedure = cmp.Or(g.procedure, "Automatic rotation")
	default:
		g.rotated, g.who = true, byUs
		g.procedure = cmp.Or(g.procedure, ourRotation.procedure)
	}
	return g
}

func entry(name, kind, product string, until, now time.Time) Entry {
	e := Entry{Name: name, Kind: kind, Product: product, until: until}
	if until.IsZero() {
		return e
	}
	e.Expires = until.UTC().Format(time.DateOnly)
	if !now.IsZero() {
		days := int(math.Floor(until.Sub(now).Hours() / 24))
		e.DaysLeft = &days
	}
	return e
}

// same tells that certificates v0 lists a certificate once more, for another
// deployment.
func (e Entry) same(o Entry) bool {
	return e.Name == o.Name && e.Product == o.Product && e.Kind == o.Kind && e.until.Equal(o.until)
}

// compare puts first what expires first; what tells no date comes last.
func (e Entry) compare(o Entry) int {
	if e.until.IsZero() != o.until.IsZero() {
		if e.until.IsZero() {
			return 1
		}
		return -1
	}
	return cmp.Or(e.until.Compare(o.until), cmp.Compare(e.Name, o.Name), cmp.Compare(e.Product, o.Product))
}
