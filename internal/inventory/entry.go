package inventory

import (
	"cmp"
	"math"
	"slices"
	"time"
)

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

// rank is the order among those that expire together.
func (k Kind) rank() int { return slices.Index([]Kind{RootActive, RootInactive, Authority, Leaf}, k) }

// Entry is one CA or certificate.
type Entry struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
	// Product is the GUID of the product, ProductName what people call it where
	// Ops Manager tells.
	Product     string `json:"product,omitempty"`
	ProductName string `json:"product_name,omitempty"`
	// Expires is a date (UTC); DaysLeft are whole days, negative once it has
	// expired. Both are absent where Ops Manager does not tell.
	Expires  string `json:"expires,omitempty"`
	DaysLeft *int   `json:"days_left,omitempty"`

	until time.Time
	// gone are whole days since it expired.
	gone int
}

func entryOf(name string, kind Kind, product string, until, now time.Time) Entry {
	e := Entry{Name: name, Kind: kind, Product: product, until: until}
	if until.IsZero() {
		return e
	}
	e.Expires = until.UTC().Format(time.DateOnly)
	if !now.IsZero() {
		days := int(math.Floor(until.Sub(now).Hours() / 24))
		e.DaysLeft = &days
		e.gone = int(now.Sub(until).Hours() / 24)
	}
	return e
}

// Until is when it expires, zero where Ops Manager does not tell.
func (e Entry) Until() time.Time { return e.until }

// IsCA tells a CA from a leaf.
func (e Entry) IsCA() bool { return e.Kind != Leaf }

// Of is the product as people call it.
func (e Entry) Of() string { return cmp.Or(e.ProductName, e.Product) }

// identity is what two rows of one certificate have in common: certificates v0
// lists it once more for another deployment.
type identity struct {
	name, product string
	kind          Kind
	until         int64
}

func (e Entry) identity() identity {
	return identity{e.Name, e.Product, e.Kind, e.until.UnixNano()}
}

// Compare puts first what expires first; what tells no date comes last. Of those that
// expire together the root CA is first, then other CAs: what they sign ends with them.
func (e Entry) Compare(o Entry) int {
	if e.until.IsZero() != o.until.IsZero() {
		if e.until.IsZero() {
			return 1
		}
		return -1
	}
	return cmp.Or(e.until.Compare(o.until), cmp.Compare(e.Kind.rank(), o.Kind.rank()), cmp.Compare(e.Name, o.Name), cmp.Compare(e.Product, o.Product))
}
