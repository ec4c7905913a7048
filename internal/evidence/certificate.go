package evidence

import "time"

// Source says where certificates were read from.
type Source string

// Sources of certificates. SourceUnknown is also what a failed or empty answer
// becomes: unknown is never taken for fine.
const (
	SourceUnknown Source = ""
	SourceV0      Source = "v0"
	SourceV1      Source = "v1"
)

// Certificates are the deployed certificates
// (GET /api/v1/deployed/certificates, else /api/v0/deployed/certificates).
type Certificates struct {
	Source Source
	// Unknown says why Source is SourceUnknown although they were asked for.
	Unknown string
	// Fallback says why Source is SourceV0 although v1 was asked for: v0 proves
	// less. Whatever rests on it names it.
	Fallback string
	// OutdatedUntold says why an answer of v1 does not tell which deployments are
	// outdated, empty where it does. Dates and issuers are known all the same.
	OutdatedUntold string
	List           []Certificate
}

// Certificate is one deployed certificate. v0 has one row per deployment and
// neither deployments nor nesting; v1 is flattened here, nesting kept in
// SignedBy.
type Certificate struct {
	// Name is v1's name, else v0's variable_path or property_reference.
	Name         string
	Location     string
	ProductGUID  string
	PropertyType string
	Issuer       string
	IsCA         bool
	// Configurable is true for what the operator supplied; the rotation does
	// not replace it.
	Configurable bool
	// Excluded is true for what Ops Manager lists as excluded from rotation
	// (show_excluded_from_rotation_only), where that was asked.
	Excluded bool
	// AutoRotated is BOSH DNS automatic rotation (v1).
	AutoRotated bool
	ValidFrom   time.Time
	ValidUntil  time.Time
	// SignedBy names the CAs above this certificate in v1's tree, outermost
	// first; empty for v0 and for the tree's roots.
	SignedBy []string
	// Deployments and OutdatedDeployments are v1 only; the outdated ones still
	// run an older version.
	Deployments         []string
	OutdatedDeployments []string
	// RotationStatus is opaque: its values are not documented.
	RotationStatus       string
	RotationProcedure    string
	RotationProcedureURL string
}
