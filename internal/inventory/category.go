package inventory

import (
	"cmp"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// Category is a procedure, by this project's own name.
type Category string

// The categories. Only the first two are replaced by a rotation of this product.
const (
	CategoryRotation     Category = "rotation"
	CategoryAutomatic    Category = "automatic"
	CategoryServices     Category = "services-tls-ca"
	CategoryInstance     Category = "service-instance"
	CategoryTKGI         Category = "tkgi"
	CategorySAML         Category = "saml"
	CategoryCustomerCA   Category = "customer-ca"
	CategorySettings     Category = "ops-manager-settings"
	CategoryConfigurable Category = "configurable"
	CategoryTelemetry    Category = "telemetry"
	CategoryIPsec        Category = "ipsec"
	CategoryExcluded     Category = "excluded"
)

// Categories are all of them.
func Categories() []Category {
	return []Category{
		CategoryRotation, CategoryAutomatic, CategoryServices, CategoryInstance, CategoryTKGI, CategorySAML, CategoryCustomerCA,
		CategorySettings, CategoryConfigurable, CategoryTelemetry, CategoryIPsec, CategoryExcluded,
	}
}

// key is what makes a group.
type key struct {
	category  Category
	procedure string
}

// keyOf is the group with the name that Ops Manager has for the procedure. Those
// names are nowhere listed, so nothing depends on them but the heading.
func keyOf(category Category, procedure string) key {
	return key{category, cmp.Or(procedure, tasks[category].procedure)}
}

// opsManager is the product of the certificates in Ops Manager's own settings.
const opsManager = "ops_manager"

// categoryOf is the procedure that replaces the certificate, as far as it tells.
func categoryOf(c evidence.Certificate, tkgi bool) Category {
	switch {
	case rotation.OfServices(c):
		return CategoryServices
	case rotation.OfInstance(c.Name):
		return CategoryInstance
	case rotation.OfSAML(c):
		return CategorySAML
	case rotation.OfTelemetry(c.Name):
		return CategoryTelemetry
	case c.Configurable && c.IsCA && c.Location == rotation.CredHub:
		return CategoryCustomerCA
	case c.Configurable && c.ProductGUID == opsManager:
		return CategorySettings
	case c.Configurable:
		return CategoryConfigurable
	case c.Excluded && strings.Contains(strings.ToLower(c.Name), "ipsec"):
		return CategoryIPsec
	case !rotation.Rotates(c):
		return CategoryExcluded
	case tkgi && c.Location == rotation.CredHub:
		return CategoryTKGI
	case c.AutoRotated:
		return CategoryAutomatic
	}
	return CategoryRotation
}
