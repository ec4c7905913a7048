package evidence

// What a rotation asks of a foundation before it begins, beside what every decision
// asks: see foundation/prerequisites.go for who asks, and rotation/prerequisites.go
// for what it means. Each part says why it tells nothing where it does not: unknown
// is never taken for fine.

// Stemcell is what VMs are made of, as Ops Manager spells it: "ubuntu-jammy" and
// "1.390", "windows2019" and "2019.71". Version is never a float: 1.10 is newer
// than 1.8.
type Stemcell struct {
	OS      string
	Version string
}

// ProductStemcells are the stemcells of one deployed product.
type ProductStemcells struct {
	GUID       string
	Identifier string
	// Listed tells that Ops Manager said which they are, also where there is none: a
	// tile without VMs has no stemcell.
	Listed bool
	List   []Stemcell
	// Wanted tells that those of its staged form are among them.
	Wanted bool
}

// DiagnosticReport is what is read of GET /diagnostic_report: the stemcells of the
// deployed products. It is asked only where pending_changes does not list them.
type DiagnosticReport struct {
	Asked    bool
	Unknown  string
	Products []ProductStemcells
}

// DirectorProperties are the director's staged properties that a rotation depends on
// (GET /staged/director/properties). A property that Ops Manager does not list is nil.
type DirectorProperties struct {
	Asked   bool
	Unknown string
	// AutomaticRotation is automatic_certificate_rotation_enabled: BOSH DNS
	// certificates rotate by themselves (3.0.17 and newer).
	AutomaticRotation *bool
	// RecreateVMs is bosh_recreate_on_next_deploy, RecreateDirector
	// bosh_director_recreate_on_next_deploy (2.9 and newer).
	RecreateVMs      *bool
	RecreateDirector *bool
}

// PreDeployCheck is Ops Manager's own check of a staged product before a deployment
// (GET /staged/products/GUID/pre_deploy_check, /staged/director/pre_deploy_check).
type PreDeployCheck struct {
	GUID       string
	Identifier string
	// Unknown says why it tells nothing, "" where it does.
	Unknown string
	// Complete is false where something is missing that an apply changes needs.
	Complete bool
	// Problems stop an apply changes; Ignorable are those of verifiers that it may
	// pass over with ignore_warnings. A sentence each.
	Problems  []string
	Ignorable []string
}

// PreDeployChecks are those of every staged product.
type PreDeployChecks struct {
	Asked bool
	List  []PreDeployCheck
}

// Scopes are what the token of our login may do: "opsman.admin",
// "opsman.full_view".
type Scopes struct {
	Asked   bool
	Unknown string
	List    []string
}
