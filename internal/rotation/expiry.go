package rotation

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
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
