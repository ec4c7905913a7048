package sim

import "github.com/opsman-ca/opsman-ca/internal/sim/known"

// Known is what is known of a real foundation that the simulated one is to
// resemble: its root CA and its certificates. Keys are never known: the
// simulator makes its own.
type Known struct {
	Root known.Authority
	// Certificates besides those of the root CA and its NATS CA. Nil: the
	// simulator lays out its own.
	Certificates []known.Certificate
	// Director is the director's own tile; its version is Ops Manager's.
	Director Tile
}

// kind of a known certificate: what becomes of it.
type kind int

const (
	// listed alone: no rotation changes it.
	kindListed kind = iota
	kindCredHubCA
	kindCredHubLeaf
	// one that Ops Manager holds, and regenerates unless it is configurable.
	kindRecord
)

// kindOf is what becomes of it.
func kindOf(k *known.Certificate) kind {
	switch {
	case k.Location == "credhub" && k.IsCA:
		return kindCredHubCA
	case k.Location == "credhub":
		return kindCredHubLeaf
	case !k.IsCA && (k.Job != "" || !k.Configurable && !k.Excluded):
		return kindRecord
	}
	return kindListed
}

// listedAs is the certificate as it stays.
func listedAs(k *known.Certificate) certificate {
	deployments := k.Deployments
	if deployments == nil {
		deployments = []string{}
	}
	return certificate{
		name: k.Name, location: k.Location, propertyType: k.PropertyType, productGUID: k.ProductGUID,
		issuer: k.Issuer, from: k.From, until: k.Until, isCA: k.IsCA, configurable: k.Configurable, auto: k.AutoRotated,
		excluded: k.Excluded, deployments: deployments, outdated: []string{}, procedure: k.Procedure, procedureURL: k.ProcedureURL, rows: k.Rows,
	}
}

// like gives a certificate of the simulator what stays of a known one.
func (c certificate) like(k *known.Certificate) certificate {
	if k == nil {
		return c
	}
	c.issuer, c.propertyType, c.productGUID, c.rows = k.Issuer, k.PropertyType, k.ProductGUID, k.Rows
	if len(k.Deployments) > 0 {
		c.deployments = k.Deployments
	}
	c.configurable, c.auto, c.procedure, c.procedureURL = k.Configurable, k.AutoRotated, k.Procedure, k.ProcedureURL
	return c
}
