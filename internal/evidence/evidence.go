// Package evidence is what Ops Manager was seen to say, as plain data: no
// I/O, no clock, no judgement. internal/opsman fills it in, internal/rotation
// decides by it.
package evidence

import "time"

// Evidence is one look at a foundation. A field that was not asked for is
// empty and, where empty is also an answer, says so (History.Asked,
// Pending.Asked, Certificates.Source).
type Evidence struct {
	// At is Ops Manager's own clock (the Date header of its answers): dates in
	// evidence are compared with it and never with the worker's clock.
	At time.Time
	// OpsManager is the version of Ops Manager as GET /info spells it,
	// "3.0.25-build.1261"; empty when not asked.
	OpsManager   string
	CAs          []CA
	History      History
	Products     Products
	Pending      Pending
	Certificates Certificates
}

// Products are the deployed products, the director among them
// (GET /deployed/products).
type Products struct {
	Asked bool
	List  []Product
}

// Product is one deployed product.
type Product struct {
	GUID string
	// Type is the product's identifier: "p-bosh", "cf", "p.mysql".
	Type    string
	Label   string
	Version string
	// StaleParents are products deployed more recently that this one depends
	// on (stale.parent_products_deployed_more_recently).
	StaleParents []string
}

// Director is the identifier of the BOSH director's own tile.
const Director = "p-bosh"

// Name is what a person calls the product: label, else identifier, else GUID.
func (p Product) Name() string {
	switch {
	case p.Label != "":
		return p.Label
	case p.Type != "":
		return p.Type
	}
	return p.GUID
}

// Pending are the staged changes that the next apply changes would deploy
// (GET /staged/pending_changes). Ops Manager lists every staged product.
type Pending struct {
	Asked bool
	List  []PendingChange
}

// PendingChange is one staged product and what would happen to it.
type PendingChange struct {
	GUID       string
	Identifier string
	Label      string
	// Action is install, update, delete or unchanged.
	Action  string
	Errands []Errand
}

// Unchanged tells whether the product has nothing staged.
func (p PendingChange) Unchanged() bool { return p.Action == "unchanged" }

// Errand is an errand of a staged product. PostDeploy and PreDelete are
// "true", "false", "default" or, where the errand is not of that kind, empty.
type Errand struct {
	Name       string
	Label      string
	PostDeploy string
	PreDelete  string
}
