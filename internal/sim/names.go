package sim

import (
	"github.com/opsman-ca/opsman-ca/internal/sim/identifiers"
	"github.com/opsman-ca/opsman-ca/internal/sim/known"
)

// NewGUID is 20 random hexadecimal digits, as Ops Manager names CAs and products.
func NewGUID() string { return identifiers.GUID() }

// KnownAuthority is what is known of a real foundation's root CA.
type KnownAuthority = known.Authority

// KnownCertificate is what is known of one of its certificates.
type KnownCertificate = known.Certificate
