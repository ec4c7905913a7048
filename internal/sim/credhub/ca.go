package credhub

import (
	"path"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/known"
)

// CA is a certificate authority in CredHub, as Maestro sees it.
type CA struct {
	Path     string
	Customer bool
	Auto     bool
	// Fixed: excluded from every rotation; Unlisted: not shown, its leaves are.
	Fixed, Unlisted bool
	Known           *known.Certificate
	// Left is how long it lasts, negative for one that has expired; 0 is as usual.
	Left     time.Duration
	Versions []*Version
	Leaves   []*Leaf
}

// Version is one version: the newest that is not transitional signs, a
// transitional one is only trusted.
type Version struct {
	Number           int
	Created, Expires time.Time
	Transitional     bool
}

// Leaf is a certificate in CredHub signed by one of its CAs.
type Leaf struct {
	Path        string
	CA          *CA
	Deployments []*Deployment
	versions    []*LeafVersion
	// Fixed: no rotation renews it.
	Fixed bool
	Known *known.Certificate
}

// LeafVersion is one version of it.
type LeafVersion struct {
	number           int
	signer           *Version
	Created, Expires time.Time
}

// Latest is its newest version.
func (c *CA) Latest() *Version { return c.Versions[len(c.Versions)-1] }

// Signing is the newest version that is not transitional, nil when all are.
func (c *CA) Signing() *Version {
	for _, v := range slices.Backward(c.Versions) {
		if !v.Transitional {
			return v
		}
	}
	return nil
}

// hasTransitional tells whether one of its versions is only trusted.
func (c *CA) hasTransitional() bool {
	return slices.ContainsFunc(c.Versions, func(v *Version) bool { return v.Transitional })
}

// Trusted are the versions that a deployment gets: the signing one and the
// transitional ones.
func (c *CA) Trusted() []*Version {
	var all []*Version
	signing := c.Signing()
	for _, v := range c.Versions {
		if v == signing || v.Transitional {
			all = append(all, v)
		}
	}
	return all
}

// Add gives it another version.
func (c *CA) Add(created time.Time, validity time.Duration, transitional bool) {
	c.Versions = append(c.Versions, &Version{
		Number: len(c.Versions) + 1, Created: created, Expires: created.Add(validity), Transitional: transitional,
	})
}

// Dated gives the CA its first version with its own dates.
func (c *CA) Dated(now time.Time, validity time.Duration) {
	until := now.Add(c.Left).Truncate(time.Second)
	c.Add(until.Add(-validity), validity, false)
}

// AddLeaf gives it a leaf that deployments use.
func (c *CA) AddLeaf(name string, deployments ...*Deployment) {
	c.Leaves = append(c.Leaves, &Leaf{Path: name, CA: c, Deployments: deployments})
}

// Deployments are those that use its leaves, each once.
func (c *CA) Deployments() []*Deployment {
	var all []*Deployment
	for _, l := range c.Leaves {
		for _, d := range l.Deployments {
			if !slices.Contains(all, d) {
				all = append(all, d)
			}
		}
	}
	return all
}

// Newest is the version that the next deployment gets.
func (l *Leaf) Newest() *LeafVersion { return l.versions[len(l.versions)-1] }

// Add gives it another version, of the CA that signs.
func (l *Leaf) Add(created time.Time, validity time.Duration) {
	signer := l.CA.Signing()
	if signer == nil {
		signer = l.CA.Latest()
	}
	l.versions = append(l.versions, &LeafVersion{
		number: len(l.versions) + 1, signer: signer, Created: created, Expires: created.Add(validity),
	})
}

// Laggards are the deployments of l that do not run its newest version.
func (l *Leaf) Laggards() []*Deployment {
	var behind []*Deployment
	for _, d := range l.Deployments {
		if d.runs[l] != l.Newest() {
			behind = append(behind, d)
		}
	}
	return behind
}

// ExcludedLeaf matches the service instance certificates that no rotation
// touches.
func ExcludedLeaf(name string) bool {
	for _, pattern := range []string{
		"/p-bosh/service-instance_*/pxc_*",
		"/p-bosh/service-instance_*/tls_certificate",
		"/p-bosh/service-instance_*/redis_certificate",
	} {
		if ok, _ := path.Match(pattern, name); ok {
			return true
		}
	}
	return false
}
