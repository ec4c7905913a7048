package inventory

import (
	"cmp"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// products are the deployed products: what people call them, by their GUIDs.
type products struct {
	names map[string]string
	// asked tells that Ops Manager listed them: else none is known to be unknown.
	asked bool
}

func productsOf(e evidence.Products) products {
	p := products{names: make(map[string]string, len(e.List)+1), asked: e.Asked}
	for _, product := range e.List {
		p.names[product.GUID] = product.Name()
	}
	p.names[opsManager] = "Ops Manager"
	return p
}

// name says which product the certificate is of: the one that Ops Manager gives, else
// the one whose deployment its path in CredHub is below.
func (p products) name(e *Entry) {
	e.Deployment = p.deployment(e.Name)
	guid := e.guid()
	if guid == "" {
		return
	}
	name, known := p.names[guid]
	e.ProductName = name
	e.ProductUnknown = !known && p.asked && !e.ofInstance()
}

// director is what paths in CredHub begin with: BOSH's own name for the director.
const director = "/p-bosh/"

// ofProduct tells a GUID of a product as Ops Manager makes them: cf-5595742a085318aef886.
func ofProduct(text string) bool {
	const digits = 20
	dash := strings.LastIndexByte(text, '-')
	return dash > 0 && len(text)-dash-1 == digits && strings.Trim(text[dash+1:], "0123456789abcdef") == ""
}

// instance begins the name of a service instance's deployment.
const instance = "service-instance_"

// deployment is the deployment that a path in CredHub is of, as far as it is a
// product's or a service instance's: /p-bosh/DEPLOYMENT/NAME, or /DEPLOYMENT/NAME.
func (p products) deployment(name string) string {
	path, isPath := strings.CutPrefix(name, director)
	if !isPath {
		path, isPath = strings.CutPrefix(name, "/")
	}
	deployment, _, isBelow := strings.Cut(path, "/")
	if !isPath || !isBelow {
		return ""
	}
	if _, known := p.names[deployment]; known || ofProduct(deployment) || strings.HasPrefix(deployment, instance) {
		return deployment
	}
	return ""
}

// guid is that of the product, as Ops Manager gives it, else from the path.
func (e Entry) guid() string { return cmp.Or(e.Product, e.Deployment) }

// ofInstance tells that all that is known is the service instance: Ops Manager does
// not say of which product it is.
func (e Entry) ofInstance() bool { return e.Product == "" && strings.HasPrefix(e.Deployment, instance) }

// Of is the product as people call it. A GUID that no deployed product has is shown as
// it is, and said to be unknown.
func (e Entry) Of() string {
	switch {
	case e.ProductName != "":
		return e.ProductName
	case e.ProductUnknown:
		return e.guid() + " (unknown product)"
	case e.ofInstance():
		return "a service instance"
	}
	return e.guid()
}

// Full is the label with the product, for a sentence. Where others have the name as
// well, the label may have the product already.
func (e Entry) Full() string {
	if of := e.Of(); of != "" && !strings.Contains(e.Label, " of "+of) {
		return e.Label + " of " + of
	}
	return e.Label
}
