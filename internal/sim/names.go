package sim

import (
	"github.com/opsman-ca/opsman-ca/internal/sim/identifiers"
	"github.com/opsman-ca/opsman-ca/internal/sim/known"
	"github.com/opsman-ca/opsman-ca/internal/sim/outcome"
)

// NewGUID is 20 random hexadecimal digits, as Ops Manager names CAs and products.
func NewGUID() string { return identifiers.GUID() }

// KnownAuthority is what is known of a real foundation's root CA.
type KnownAuthority = known.Authority

// KnownCertificate is what is known of one of its certificates.
type KnownCertificate = known.Certificate

// Violation is one of Maestro's, as the API writes it.
type Violation = outcome.Violation

// The literal violations of Maestro's safety checks.
const (
	ManySigning           = outcome.ManySigning
	HasTransitional       = outcome.HasTransitional
	ChildNotLatest        = outcome.ChildNotLatest
	LatestNotTransitional = outcome.LatestNotTransitional
	ChildDoesNotTrust     = outcome.ChildDoesNotTrust
	SigningTransitional   = outcome.SigningTransitional
	ChildSignedByOld      = outcome.ChildSignedByOld
	ChildSignedByOther    = outcome.ChildSignedByOther
	NoSigning             = outcome.NoSigning
	VersionNotLatest      = outcome.VersionNotLatest
	LatestTransitional    = outcome.LatestTransitional
	LatestNotSigning      = outcome.LatestNotSigning
)
