package sim

import (
	"cmp"
	"slices"
	"time"
)

// Options shape a foundation. The zero value is a healthy Ops Manager 3.1.2
// whose root CA has 60 days left.
type Options struct {
	// Version of Ops Manager, "3.0.25-build.1261". It decides which endpoints
	// and fields exist.
	Version string
	// DateOnly writes created_on and expires_on as bare dates.
	DateOnly bool
	// IDsAsStrings writes installation ids as strings, as the 3.0 and 3.1
	// references say.
	IDsAsStrings bool
	// IaaS is the infrastructure_type of the diagnostic report; default vsphere.
	IaaS string
	// Tiles besides the director; default DefaultTiles().
	Tiles []Tile
	// NonTiles are BOSH deployments that no tile made.
	NonTiles []NonTile
	// BornLater is a tile of which a user creates a service instance behind the first
	// apply changes after generate, with a CA of its own in CredHub (facts §4.9 #4).
	BornLater string
	// HandsOn: behind each apply that succeeds, an operator redeploys those and, where it
	// recreated VMs, recreates the service instances of tiles that have no errand for
	// it, as the vendor asks (facts §4.3, §4.5).
	HandsOn bool
	// History is how many installations there have been; by default, and at least,
	// two.
	History int
	// SelectiveHistory is how many daily installations of the director and one tile
	// there have been, up to now (facts §5.4).
	SelectiveHistory int
	// DaysToKeep is the pruning setting: older installations are forgotten (facts
	// §3.13).
	DaysToKeep int
	// DeadRecord leaves the newest installation but one running for ever (facts
	// §5.16, §8); the operator's orphan makes more of them.
	DeadRecord bool
	// MoreCertificates are listed besides the foundation's own, so many CAs and
	// leaves together; no rotation changes them.
	MoreCertificates int
	// Known is a real foundation to resemble; CAAge, LeafAge, ConfigurableLeaf,
	// CustomerCA and AutoRotateDNS then say nothing.
	Known *Known
	// SafetyChecks are CredHub Maestro's. Default: on from 2.10 unless a TKGI tile or
	// an old TAS is present (facts §1.7).
	SafetyChecks *bool
	// DocumentedErrors answers violations in the shape of the API reference
	// instead of the one observed.
	DocumentedErrors bool
	// VMDelay is how long the roll of one VM takes; default 2ms, negative for
	// none.
	VMDelay time.Duration
	// Now is the foundation's clock. By default it is the machine's, moved on by
	// a second with every event: created_on has whole seconds, and on a real
	// foundation no two events share one.
	Now func() time.Time

	Username, Password     string
	ClientID, ClientSecret string
	Passphrase             string
	// Scope of the tokens, default opsman.admin, several with spaces between; with
	// view scopes alone no user may write (facts §2.2). NoTokenScope: the token's
	// answer does not tell it, the token itself does.
	Scope        string
	NoTokenScope bool
	// TokenTTL is the lifetime of an access token; default 1h.
	TokenTTL time.Duration
	// OpaqueLogout: a login with opaque tokens invalidates the earlier token of
	// the same client.
	OpaqueLogout bool

	// CAValidity and LeafValidity default to 4 and 2 years of 365 days.
	CAValidity, LeafValidity time.Duration
	// CAAge and LeafAge are the ages of the first root CA and leaves; default: 60
	// days left for the CA, half their life for the leaves.
	CAAge, LeafAge time.Duration
	// KeyBits of the CAs' RSA keys, default 2048; LeafKeyBits of the leaves' keys,
	// default 1024: no user ever sees them, and hundreds of handshakes an apply
	// are four times as fast.
	KeyBits, LeafKeyBits int
	// FreshKeys makes CA keys for this foundation alone. By default the
	// foundations of one process take theirs from one list, without a key twice
	// in a foundation, because making them is slow.
	FreshKeys bool
	// LateLeaves signs a leaf certificate when a VM first shows it, instead of at
	// once: for many foundations of which few are ever deployed.
	LateLeaves bool
	// KeepRequests is how many requests the ledger lists, the newest ones; all are
	// counted. 0 is all, negative none.
	KeepRequests int

	// OldStemcells: tiles that have no stemcell of their own are below the minimum,
	// so that their VMs take new NATS trust and credentials only when recreated
	// (facts §4.4).
	OldStemcells bool
	// NoPendingStemcells: pending_changes lists no stemcells; ReportAsArray has the
	// diagnostic report's added_products as the reference has them, in an array;
	// ReportStemcellNames has the one name of a stemcell there instead of a list, as
	// before 2.6 (facts §3.19).
	NoPendingStemcells, ReportAsArray, ReportStemcellNames bool
	// V1NATSByDeployment: v1 says of a NATS CA which deployments were deployed since,
	// not which of their VMs took it (no public source says which of the two).
	V1NATSByDeployment bool
	// ConfigurableLeaf: the router's certificate was made by the operator and
	// signed by the root CA; regenerate leaves it alone.
	ConfigurableLeaf bool
	// DirectorVerifiers are those of the director that fail.
	DirectorVerifiers []Verifier
	// SubCAs are CAs below the root CA with dates of their own.
	SubCAs []SubCA
	// CustomerCA: CredHub holds a customer-provided CA.
	CustomerCA bool
	// HandSet: CredHub holds a leaf certificate that an operator set by hand on Ops Manager
	// 2.6 or older (facts §4.5).
	HandSet bool
	// AutoRotateDNS: BOSH DNS certificates reach VMs only with
	// force_latest_variables.
	AutoRotateDNS bool
	// CAChangesPending: CA calls make products look changed.
	CAChangesPending bool
	// DropOverlappingWrites silently drops the later of two overlapping writes
	// instead of queueing it.
	DropOverlappingWrites bool
	// PlainLogs writes installation logs without the marks of steps and commands,
	// which are documented nowhere (facts §8).
	PlainLogs bool
	// ParallelDeploys deploys the tiles at the same time and runs errands behind
	// all of them, from 3.3 on (facts §3.12, §3.17).
	ParallelDeploys bool
	// InstallationUser is the user_name of the API's installations, where it is not
	// the login.
	InstallationUser string
	// LeftoverCA: the inactive root CA of an earlier rotation was never deleted, and
	// has expired: that was possible until 2.7 (facts §8).
	LeftoverCA bool
	// OwnRootCA: the first root CA is the operator's own.
	OwnRootCA bool
	// CreatedOnNotBefore: created_on of an own CA is its certificate's NotBefore,
	// not the upload (facts §8).
	CreatedOnNotBefore bool
	// V1WithoutGUIDs names root and NATS CAs in v1 without their GUID (facts §3.11).
	V1WithoutGUIDs bool
	// DecoratedPEM writes cert_pem with CR line ends and text around it.
	DecoratedPEM bool
	// NoDirectorErrands answers 404 when asked for the director's errands (facts
	// §8).
	NoDirectorErrands bool
	// NotSetUp starts before the first setup.
	NotSetUp bool
	// UAADowntime is how long UAA needs to restart (wall clock); default 200ms.
	UAADowntime time.Duration
	// CertificateCache is how long /api/v1/deployed/certificates answers from
	// its cache unless no_cache=true; default 5m, negative for none.
	CertificateCache time.Duration
}

const day = 24 * time.Hour

func (o Options) withDefaults() Options {
	o.Version = cmp.Or(o.Version, "3.1.2-build.5")
	if o.Tiles == nil {
		o.Tiles = DefaultTiles()
	}
	if o.SafetyChecks == nil {
		on := parseVersion(o.Version).maestro() && !slices.ContainsFunc(o.Tiles, Tile.withoutMaestro)
		o.SafetyChecks = &on
	}
	o.IaaS = cmp.Or(o.IaaS, "vsphere")
	o.VMDelay = cmp.Or(o.VMDelay, 2*time.Millisecond)
	o.Username = cmp.Or(o.Username, "admin")
	o.Password = cmp.Or(o.Password, "admin")
	o.ClientID = cmp.Or(o.ClientID, "concourse")
	o.ClientSecret = cmp.Or(o.ClientSecret, "concourse-secret")
	o.Passphrase = cmp.Or(o.Passphrase, "passphrase")
	o.Scope = cmp.Or(o.Scope, "opsman.admin")
	o.TokenTTL = cmp.Or(o.TokenTTL, time.Hour)
	o.CAValidity = cmp.Or(o.CAValidity, 4*365*day)
	o.LeafValidity = cmp.Or(o.LeafValidity, 2*365*day)
	o.CAAge = cmp.Or(o.CAAge, max(o.CAValidity-60*day, o.CAValidity/2))
	o.LeafAge = min(cmp.Or(o.LeafAge, o.LeafValidity/2), o.CAAge)
	o.KeyBits, o.LeafKeyBits = cmp.Or(o.KeyBits, 2048), cmp.Or(o.LeafKeyBits, 1024)
	o.UAADowntime = cmp.Or(o.UAADowntime, 200*time.Millisecond)
	o.CertificateCache = cmp.Or(o.CertificateCache, 5*time.Minute)
	return o
}
