package rotation_test

import (
	"slices"
	"time"

	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// The certificate authorities of the tables, in the order they appear.
const (
	guidA = "aaaa18f34f2a7a9403c3"
	guidB = "bbbb01e33e3e3e3303e3"
	guidC = "cccc5d1f0a6b7c8d9e0f"
	guidX = "ffff00000000000000ff"
)

// When A was made, when B is, and a moment of every day around it.
const (
	madeA = "2023-01-09T08:00:00Z"
	madeB = "2026-03-02T10:00:00Z"
	madeC = "2026-03-09T10:00:00Z"
	now   = "2026-03-20T12:00:00Z"
)

var (
	director = evidence.Product{GUID: "p-bosh-d1rec70r", Type: "p-bosh", Label: "BOSH Director", Version: "3.0.25-build.1261"}
	tas      = evidence.Product{GUID: "cf-0a1b2c3d", Type: "cf", Label: "Tanzu Application Service", Version: "4.0.20"}
	mysql    = evidence.Product{GUID: "pivotal-mysql-9f8e", Type: "pivotal-mysql", Label: "MySQL", Version: "3.2.1"}
)

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	Expect(err).NotTo(HaveOccurred())
	return t
}

// stamp is a date as Ops Manager writes it, date-only or RFC 3339.
func stamp(s string) evidence.Stamp {
	if s == "" {
		return evidence.Stamp{}
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return evidence.Stamp{Time: t, DateOnly: true}
	}
	return evidence.Stamp{Time: at(s)}
}

func inactive(guid, created string) evidence.CA {
	made := stamp(created)
	expires := made
	expires.Time = made.Time.AddDate(4, 0, 0)
	if created == "" {
		expires = stamp("2030-01-01")
	}
	return evidence.CA{GUID: guid, Issuer: "Pivotal", CreatedOn: made, ExpiresOn: expires}
}

func active(guid, created string) evidence.CA {
	ca := inactive(guid, created)
	ca.Active = true
	return ca
}

func expires(ca evidence.CA, on string) evidence.CA {
	ca.ExpiresOn = stamp(on)
	return ca
}

// part is a product's part in an installation.
func part(p evidence.Product, status string) evidence.Change {
	return evidence.Change{GUID: p.GUID, Identifier: p.Type, Label: p.Label, ProductVersion: p.Version,
		Type: evidence.ChangeUnchanged, Status: status}
}

func ok(p evidence.Product) evidence.Change      { return part(p, evidence.DeploymentSuccessful) }
func failed(p evidence.Product) evidence.Change  { return part(p, evidence.DeploymentFailed) }
func skipped(p evidence.Product) evidence.Change { return part(p, evidence.DeploymentSkipped) }
func waiting(p evidence.Product) evidence.Change { return part(p, evidence.DeploymentPending) }
func rolling(p evidence.Product) evidence.Change { return part(p, evidence.DeploymentRunning) }

// installation has the status that its parts amount to; without parts, all
// three products were deployed.
func installation(id int, started string, parts ...evidence.Change) evidence.Installation {
	if len(parts) == 0 {
		parts = []evidence.Change{ok(director), ok(tas), ok(mysql)}
	}
	i := evidence.Installation{ID: id, User: "admin", Status: evidence.InstallationSucceeded, Changes: parts}
	if started != "" {
		i.StartedAt = at(started)
		i.FinishedAt = i.StartedAt.Add(90 * time.Minute)
	}
	for _, p := range parts {
		if p.Status == evidence.DeploymentFailed {
			i.Status = evidence.InstallationFailed
		}
	}
	return i
}

func withStatus(i evidence.Installation, status string) evidence.Installation {
	i.Status = status
	if status == evidence.InstallationRunning {
		i.FinishedAt = time.Time{}
	}
	return i
}

// foundation builds evidence. Certificates v1 lists the root CAs, every deployed product
// is staged without an errand for service instances and has VMs of a stemcell that takes
// new certificates, and what is asked before a rotation shows nothing against one, unless
// it is said otherwise.
type foundation struct {
	e evidence.Evidence
	// rowless: certificates v1 does not list the root CAs.
	rowless bool
}

func shows(cas ...evidence.CA) foundation {
	return foundation{e: evidence.Evidence{
		At: at(now), OpsManager: "3.0.25-build.1261", CAs: cas,
		Products:     evidence.Products{Asked: true, List: []evidence.Product{director, tas, mysql}},
		Pending:      evidence.Pending{Asked: true},
		History:      evidence.History{Asked: true, Complete: true},
		Certificates: evidence.Certificates{Source: evidence.SourceV1},
		Director:     evidence.DirectorProperties{Asked: true},
		Checks:       evidence.PreDeployChecks{Asked: true},
		Scopes:       evidence.Scopes{Asked: true, List: []string{"opsman.admin"}},
	}}
}

// newStemcells are of a product whose VMs take new certificates.
func newStemcells(p evidence.Product) evidence.ProductStemcells {
	return evidence.ProductStemcells{GUID: p.GUID, Identifier: p.Type, Listed: true, List: []evidence.Stemcell{{OS: "ubuntu-jammy", Version: "1.390"}}}
}

// after is the history, given oldest first as it happened.
func (f foundation) after(installations ...evidence.Installation) foundation {
	f.e.History.List = nil
	for _, i := range installations {
		f.e.History.List = append([]evidence.Installation{i}, f.e.History.List...)
	}
	return f
}

func (f foundation) products(list ...evidence.Product) foundation {
	f.e.Products.List = list
	return f
}

func (f foundation) v1(list ...evidence.Certificate) foundation {
	f.e.Certificates = evidence.Certificates{Source: evidence.SourceV1, List: list}
	return f
}

func (f foundation) v0(list ...evidence.Certificate) foundation {
	f.e.Certificates = evidence.Certificates{Source: evidence.SourceV0, List: list}
	return f
}

func (f foundation) certificatesUnknown(why string) foundation {
	f.e.Certificates = evidence.Certificates{Unknown: why}
	return f
}

func (f foundation) staged(list ...evidence.PendingChange) foundation {
	f.e.Pending.List = list
	return f
}

func (f foundation) opsManager(version string) foundation {
	f.e.OpsManager = version
	return f
}

// withoutRows leaves the root CAs out of certificates v1.
func (f foundation) withoutRows() foundation {
	f.rowless = true
	return f
}

// tells is the evidence as it is.
func (f foundation) tells() evidence.Evidence {
	e := f.e
	if e.Certificates.Source == evidence.SourceV1 && !f.rowless {
		e.Certificates.List = slices.Clone(e.Certificates.List)
		for _, ca := range e.CAs {
			e.Certificates.List = append(e.Certificates.List, rootRow(ca.GUID))
		}
	}
	if e.Pending.Asked {
		e.Pending.List = slices.Clone(e.Pending.List)
		for _, p := range e.Products.List {
			if !slices.ContainsFunc(e.Pending.List, func(c evidence.PendingChange) bool { return c.GUID == p.GUID }) {
				e.Pending.List = append(e.Pending.List, evidence.PendingChange{GUID: p.GUID, Identifier: p.Type, Action: "unchanged"})
			}
			for n, c := range e.Pending.List {
				if c.GUID == p.GUID && c.Stemcells.GUID == "" {
					e.Pending.List[n].Stemcells = newStemcells(p)
				}
			}
		}
	}
	return e
}

// rootRow is a root CA among the certificates.
func rootRow(guid string, outdated ...string) evidence.Certificate {
	return evidence.Certificate{Name: ".properties.root_ca." + guid, Location: "ops_manager", ProductGUID: "ops_manager", IsCA: true, OutdatedDeployments: outdated}
}

func (f foundation) observe(cursor *rotation.Version) rotation.Observation {
	return rotation.Observe(f.tells(), cursor)
}

// leaf is a rotatable leaf certificate below the CA.
func leaf(name, from string, signedBy ...string) evidence.Certificate {
	c := evidence.Certificate{Name: name, Location: "credhub", ValidFrom: at(from), ValidUntil: at(from).AddDate(2, 0, 0)}
	for _, guid := range signedBy {
		c.SignedBy = append(c.SignedBy, ".properties.root_ca."+guid)
	}
	return c
}

// The versions of the tables.
func settled(a string) *rotation.Version {
	return &rotation.Version{State: rotation.Settled, Active: a}
}

func ended(a, removed, id string) *rotation.Version {
	return &rotation.Version{State: rotation.Settled, Active: a, Removed: removed, Installation: id}
}

func generated(a, candidate, id string) *rotation.Version {
	return &rotation.Version{State: rotation.Generated, Active: a, Candidate: candidate, Installation: id}
}

func trusted(a, candidate, id string) *rotation.Version {
	return &rotation.Version{State: rotation.Trusted, Active: a, Candidate: candidate, Installation: id}
}

func retiringVersion(p rotation.State, a, retiring, id, trust string) *rotation.Version {
	return &rotation.Version{State: p, Active: a, Retiring: retiring, Installation: id, Trusted: trust}
}

func activated(a, retiring, id, trust string) *rotation.Version {
	return retiringVersion(rotation.Activated, a, retiring, id, trust)
}

func regenerated(a, retiring, id, trust string) *rotation.Version {
	return retiringVersion(rotation.Regenerated, a, retiring, id, trust)
}

func replaced(a, retiring, id, trust string) *rotation.Version {
	return retiringVersion(rotation.Replaced, a, retiring, id, trust)
}

func retired(a, removed, id string) *rotation.Version {
	return &rotation.Version{State: rotation.Retired, Active: a, Removed: removed, Installation: id}
}

// stuck is the version after a blockage appeared on top of v.
func renewed(a, id, at string) *rotation.Version {
	return &rotation.Version{State: rotation.Renewed, Active: a, Installation: id, Renewed: at}
}

func stuck(reason rotation.Reason, cas string, v *rotation.Version) *rotation.Version {
	b := rotation.Version{}
	if v != nil {
		b = *v
		b.Was = v.State
	}
	b.State, b.Reason, b.CAs = rotation.Blocked, reason, cas
	return &b
}
