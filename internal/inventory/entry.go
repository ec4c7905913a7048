package inventory

import (
	"math"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// Entry is one CA or certificate.
type Entry struct {
	Name string `json:"name"`
	// Label is what no other row of the report is called: the name, and where others
	// have it as well, the product, the date or a number.
	Label string        `json:"label"`
	Kind  rotation.Kind `json:"kind"`
	// Product is the GUID of the product, ProductName what people call it where
	// Ops Manager tells.
	Product     string `json:"product,omitempty"`
	ProductName string `json:"product_name,omitempty"`
	// ProductUnknown tells that no deployed product has the GUID.
	ProductUnknown bool `json:"product_unknown,omitempty"`
	// Deployment is the one that a path in CredHub is of: by the GUID of a product, or
	// of a service instance.
	Deployment string `json:"deployment,omitempty"`
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
