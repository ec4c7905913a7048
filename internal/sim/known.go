package sim

import (
	"crypto/x509/pkix"
	"time"
)

// Known is what is known of a real foundation that the simulated one is to
// resemble: its root CA and its certificates. Keys are never known: the
// simulator makes its own.
type Known struct {
	Root KnownAuthority
	// Certificates besides those of the root CA and its NATS CA. Nil: the
	// simulator lays out its own.
	Certificates []KnownCertificate
	// Director is the director's own tile; its version is Ops Manager's.
	Director Tile
}

// KnownAuthority is the active root CA.
type KnownAuthority struct {
	GUID, Issuer string
	Subject      pkix.Name
	// Custom: the operator supplied it.
	Custom bool
	// CreatedOn and ExpiresOn are what the list of CAs says, From and Until what
	// the certificate does.
	CreatedOn, ExpiresOn, From, Until time.Time
	// Listed is how the certificates list it; an empty name stands for the
	// simulator's own way.
	Listed KnownCertificate
	// NATS is the CA that it is paired with; an empty name stands for the
	// simulator's own.
	NATS KnownCertificate
}

// KnownCertificate is a certificate as Ops Manager lists it, but without its
// PEM, which Ops Manager does not list.
type KnownCertificate struct {
	Name, Location, PropertyType, ProductGUID, Issuer string
	From, Until                                       time.Time
	IsCA, Configurable, AutoRotated, Excluded         bool
	Procedure, ProcedureURL                           string
	// Deployments that use it, by name.
	Deployments []string
	// Rows that v0 has for it: one for each deployment, as a rule.
	Rows int
	// SignedBy is the name of the CredHub CA above a CredHub leaf; "" when that is
	// not listed.
	SignedBy string
	// Job whose VMs present it to others, in service instances when Instance; ""
	// for what no VM of the simulator presents.
	Job      string
	Instance bool
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

func (k KnownCertificate) kind() kind {
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

// listed is the certificate as it stays.
func (k KnownCertificate) listed() certificate {
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
func (c certificate) like(k *KnownCertificate) certificate {
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
