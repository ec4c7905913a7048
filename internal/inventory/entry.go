package inventory

import (
	"cmp"
	"math"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// Entry is one CA or certificate.
type Entry struct {
	Name string        `json:"name"`
	Kind rotation.Kind `json:"kind"`
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

func entryOf(x rotation.Expiry, now time.Time) Entry {
	until := x.Until
	e := Entry{Name: x.Name, Kind: x.Kind, Product: x.Product, until: until}
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
func (e Entry) IsCA() bool { return e.Kind.IsCA() }

// Of is the product as people call it.
func (e Entry) Of() string { return cmp.Or(e.ProductName, e.Product) }

// identity is what two rows of one certificate have in common: certificates v0
// lists it once more for another deployment.
type identity struct {
	name, product string
	kind          rotation.Kind
	until         int64
}

func (e Entry) identity() identity {
	return identity{e.Name, e.Product, e.Kind, e.until.UnixNano()}
}

// Compare puts first what expires first, as rotation.Expiry does.
func (e Entry) Compare(o Entry) int { return e.expiry().Compare(o.expiry()) }

func (e Entry) expiry() rotation.Expiry {
	return rotation.Expiry{Name: e.Name, Kind: e.Kind, Product: e.Product, Until: e.until}
}
