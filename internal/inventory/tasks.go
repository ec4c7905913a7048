package inventory

// task is what a category asks of whom.
type task struct {
	// procedure is its name where Ops Manager gives none.
	procedure string
	rotated   bool
	who, how  string
}

// tasks are what the vendor's procedures say (Ops Manager 2.10 to 3.1, "rotating
// CAs and leaf certificates", "check expiration", "what is not rotated").
var tasks = map[Category]task{
	CategoryRotation: {
		"Root CA rotation", true, "opsman-ca rotates it",
		"The pipeline, or opsman-ca rotate, replaces the CAs and the leaf certificates below them; opsman-ca regenerate --leaf-only with an apply changes behind it replaces the leaf certificates alone.",
	},
	CategoryAutomatic: {
		"Automatic rotation", true, "Ops Manager renews it, opsman-ca deploys it",
		"Every apply changes takes the rotation of BOSH DNS one step further; it reaches the VMs with force latest variables (FORCE_LATEST_VARIABLES: true), or with a new stemcell.",
	},
	CategoryServices: {
		"Services TLS CA", false, "you, with Maestro or CredHub",
		"Follow the procedure for the services TLS CA: it takes three apply changes on all products. Apps that use MySQL and are not written in Java have to be bound again afterwards.",
	},
	CategoryInstance: {
		"Certificates of service instances", false, "the operator of the service tile",
		"Ops Manager cannot rotate it: follow the documentation of the tile that made the service instance, for the tile's version.",
	},
	CategoryTKGI: {
		"TKGI", false, "you, with Maestro",
		"With TKGI on the foundation Ops Manager rotates only what it holds itself. Follow TKGI's own procedure for what CredHub holds, and never run maestro with --all there.",
	},
	CategorySAML: {
		"Identity provider (SAML)", false, "you, together with the administrator of the identity provider",
		"Make a new certificate in the tile's settings, apply changes, and hand the new service provider metadata to the identity provider, or logins fail.",
	},
	CategoryCustomerCA: {
		"Customer-provided CA", false, "the customer who provided it",
		"Put a new version into CredHub by the procedure for customer-provided CAs. A root CA rotation leaves it out, or Ops Manager refuses the rotation with a safety violation.",
	},
	CategorySettings: {
		"Ops Manager's settings", false, "the administrator of Ops Manager",
		"Replace it in the settings of Ops Manager or of the BOSH Director (web certificate, IaaS, syslog, trusted certificates), then apply changes.",
	},
	CategoryConfigurable: {
		"Configurable certificates", false, "you",
		"Replace it in the tile's settings, then apply changes: in a rotation between activate and delete, where the retiring CA signed it.",
	},
	CategoryTelemetry: {
		"Telemetry", false, "you",
		"Telemetry 1.2.1 and older keep it out of rotations: upgrade the tile.",
	},
	CategoryIPsec: {
		"IPsec", false, "the operator of the IPsec add-on",
		"Replace it by the add-on's own procedure, in its runtime config, then apply changes.",
	},
	CategoryExcluded: {
		"Excluded from root CA rotation", false, "you",
		"Ops Manager, or unrotated_certificates here, keeps it out of rotations: replace it by the procedure of its own that it has.",
	},
}

// recovery is what is left to do for whatever a rotation would replace, once the root
// CA has expired.
var recovery = task{
	who: "the vendor's support, before anything is deployed",
	how: "The root CA has expired, and no rotation works any more: turn the resurrector off, do not apply changes, and ask the vendor's support for the recovery from an expired root CA.",
}

// taskOf is the task of a category on a foundation whose root CA has expired, or has
// not.
func taskOf(c Category, expired bool) task {
	if t := tasks[c]; !t.rotated || !expired {
		return t
	}
	return recovery
}

// Unlisted is something that expires and that no list of Ops Manager has.
type Unlisted struct {
	What string `json:"what"`
	Who  string `json:"who"`
	How  string `json:"how"`
}

func unlisted() []Unlisted {
	return []Unlisted{
		{"Ops Manager's own web certificate", "the administrator of Ops Manager", "A self-signed one lives for 365 days and is renewed by an upgrade of Ops Manager; one of your own is replaced in its settings. Older versions do not list it."},
		{"Deployments made outside of tiles", "their own operators", "Deploy them again after every apply changes of a rotation: they trust the same CAs."},
		{"Certificates inside of tiles that Ops Manager does not see", "the operator of the tile", "See the tile's documentation."},
		{"NATS client certificates and Diego identity certificates", "the platform itself", "They live briefly, and are renewed by themselves."},
	}
}
