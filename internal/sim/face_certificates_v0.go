package sim

import (
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/web"
)

// certificatesV0 is GET /api/v0/deployed/certificates: flat, one row for each
// deployment that uses a certificate.
func (f *face) certificatesV0(c *web.Call) web.Response {
	query := c.URL.Query()
	now := f.clock.now()
	until, valid := deadline(query.Get("expires_within"), now)
	if !valid {
		return web.BadRequest("expires_within must be a number followed by d, w, m or y")
	}
	rows := []map[string]any{}
	if a := f.authorities.Active(); a != nil && a.Expired(now) {
		// Once the root CA has expired the list is empty (KB 298006).
		return web.OK(map[string]any{"certificates": rows})
	}
	onlyExcluded := query.Get("show_excluded_from_rotation_only") == "true"
	for _, cert := range flatten(f.certificates()) {
		if !cert.expiresBy(until) || onlyExcluded && !cert.excluded {
			continue
		}
		for range copies(cert) {
			rows = append(rows, f.rowV0(cert))
		}
	}
	return web.OK(map[string]any{"certificates": rows})
}

// copies: CAs appear once, leaves once per deployment.
func copies(c certificate) int {
	if c.rows > 0 {
		return c.rows
	}
	if c.isCA {
		return 1
	}
	return max(len(c.deployments), 1)
}

func flatten(tree []certificate) []certificate {
	var all []certificate
	for _, c := range tree {
		all = append(all, c)
		all = append(all, flatten(c.signs)...)
	}
	return all
}

func (f *face) rowV0(c certificate) map[string]any {
	row := map[string]any{
		"issuer": c.issuer, "valid_from": c.from.Format(time.RFC3339), "valid_until": c.until.Format(time.RFC3339),
		"configurable": c.configurable, "is_ca": c.isCA, "location": c.location,
		"property_reference": nil, "property_type": nil, "product_guid": nil, "variable_path": nil,
	}
	if c.location == "credhub" {
		row["variable_path"] = c.name
	} else {
		row["property_reference"], row["property_type"], row["product_guid"] = c.name, c.propertyType, c.productGUID
	}
	if f.v.rotationProcedures() {
		row["rotation_procedure_name"] = c.procedure
		row["rotation_procedure_url"] = c.describedAt()
	}
	return row
}
