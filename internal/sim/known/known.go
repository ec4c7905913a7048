// Package known is what is known of the certificates of a real foundation that a simulated
// one is to resemble.
package known

import (
	"crypto/x509/pkix"
	"time"
)

// Authority is the active root CA.
type Authority struct {
	GUID, Issuer string
	Subject      pkix.Name
	// Custom: the operator supplied it.
	Custom bool
	// CreatedOn and ExpiresOn are what the list of CAs says, From and Until what
	// the certificate does.
	CreatedOn, ExpiresOn, From, Until time.Time
	// Listed is how the certificates list it; an empty name stands for the
	// simulator's own way.
	Listed Certificate
	// NATS is the CA that it is paired with; an empty name stands for the
	// simulator's own.
	NATS Certificate
}

// Certificate is a certificate as Ops Manager lists it, but without its
// PEM, which Ops Manager does not list.
type Certificate struct {
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
