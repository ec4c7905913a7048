package sim

import (
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/web"
)

// certificateCache is the answer of v1 that is given again until it is too old.
type certificateCache struct {
	tree   []certificate
	at     time.Time
	filled bool
}

// certificatesV1 is GET /api/v1/deployed/certificates: nested below the signing
// CA. Without no_cache=true the answer may be of the past.
func (f *face) certificatesV1(c *web.Call) web.Response {
	query := c.URL.Query()
	now := f.clock.now()
	until, valid := deadline(query.Get("expires_within"), now)
	if !valid {
		return web.BadRequest("expires_within must be a number followed by d, w, m or y")
	}
	cache := &f.cache
	fresh := query.Get("no_cache") == "true" || !cache.filled || now.Sub(cache.at) > f.opts.CertificateCache
	if fresh {
		*cache = certificateCache{tree: f.certificates(), at: now, filled: true}
		if a := f.authorities.Active(); a != nil && a.Expired(now) {
			cache.tree = nil
		}
	}
	return web.OK(map[string]any{"certificates": f.rowsV1(cache.tree, until)})
}

// rowsV1 keeps a CA that does not expire when something below it does.
func (f *face) rowsV1(tree []certificate, until time.Time) []map[string]any {
	rows := []map[string]any{}
	for _, c := range tree {
		signs := f.rowsV1(c.signs, until)
		if !c.expiresBy(until) && len(signs) == 0 {
			continue
		}
		rows = append(rows, map[string]any{
			"name": f.nameV1(c), "location": c.location, "is_ca": c.isCA, "configurable": c.configurable,
			"auto_rotated": c.auto, "issuer": c.issuer, "product_guid": c.productGUID, "property_type": c.propertyType,
			"valid_from": c.from.Format(time.RFC3339), "valid_until": c.until.Format(time.RFC3339),
			"deployments": c.deployments, "outdated_deployments": c.outdated, "rotation_status": c.rotationStatus(),
			"rotation_procedure_name": c.procedure,
			"rotation_procedure_url":  c.describedAt(),
			"signs":                   signs,
		})
	}
	return rows
}

// rotationStatus is invented: the values are not documented anywhere, and no
// client may depend on them.
func (c certificate) rotationStatus() string {
	switch {
	case c.excluded:
		return "excluded"
	case len(c.outdated) > 0:
		return "pending deployment"
	}
	return "up to date"
}

// nameV1 is a name as v1 writes it. Whether it has the GUID of the root CA is
// not documented: v1 has names instead of references (facts §3.11).
func (f *face) nameV1(c certificate) string {
	for _, prefix := range []string{".properties.root_ca", ".properties.nats_ca"} {
		if f.opts.V1WithoutGUIDs && strings.HasPrefix(c.name, prefix+".") {
			return prefix
		}
	}
	return c.name
}
