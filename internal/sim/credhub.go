package sim

import (
	"path"
	"slices"
	"time"
)

// servicesTLSCA is left out of every rotation unless the caller's own exclusion
// list replaces the default one.
const servicesTLSCA = "/services/tls_ca"

// boshDNSCA is what the director's automatic rotation is about.
const boshDNSCA = "/opsmgr/bosh_dns/tls_ca"

// credhubCA is a certificate authority in CredHub, as Maestro sees it.
type credhubCA struct {
	path     string
	customer bool
	auto     bool
	// fixed: excluded from every rotation; unlisted: not shown, its leaves are.
	fixed, unlisted bool
	known           *KnownCertificate
	own             *SubCA
	versions        []*caVersion
	leaves          []*credhubLeaf
}

// caVersion is one version: the newest that is not transitional signs, a
// transitional one is only trusted.
type caVersion struct {
	number           int
	created, expires time.Time
	transitional     bool
}

// credhubLeaf is a certificate in CredHub signed by one of its CAs.
type credhubLeaf struct {
	path        string
	ca          *credhubCA
	deployments []*deployment
	versions    []*leafVersion
	// fixed: no rotation renews it.
	fixed bool
	known *KnownCertificate
}

// leafVersion is one version of it.
type leafVersion struct {
	number           int
	signer           *caVersion
	created, expires time.Time
}

func (c *credhubCA) latest() *caVersion { return c.versions[len(c.versions)-1] }

// signing is the newest version that is not transitional, nil when all are.
func (c *credhubCA) signing() *caVersion {
	for _, v := range slices.Backward(c.versions) {
		if !v.transitional {
			return v
		}
	}
	return nil
}

func (c *credhubCA) hasTransitional() bool {
	return slices.ContainsFunc(c.versions, func(v *caVersion) bool { return v.transitional })
}

// trusted are the versions that a deployment gets: the signing one and the
// transitional ones.
func (c *credhubCA) trusted() []*caVersion {
	var all []*caVersion
	signing := c.signing()
	for _, v := range c.versions {
		if v == signing || v.transitional {
			all = append(all, v)
		}
	}
	return all
}

func (c *credhubCA) add(created time.Time, validity time.Duration, transitional bool) {
	c.versions = append(c.versions, &caVersion{
		number: len(c.versions) + 1, created: created, expires: created.Add(validity), transitional: transitional,
	})
}

func (c *credhubCA) deployments() []*deployment {
	var all []*deployment
	for _, l := range c.leaves {
		for _, d := range l.deployments {
			if !slices.Contains(all, d) {
				all = append(all, d)
			}
		}
	}
	return all
}

func (l *credhubLeaf) newest() *leafVersion { return l.versions[len(l.versions)-1] }

func (l *credhubLeaf) add(created time.Time, validity time.Duration) {
	signer := l.ca.signing()
	if signer == nil {
		signer = l.ca.latest()
	}
	l.versions = append(l.versions, &leafVersion{
		number: len(l.versions) + 1, signer: signer, created: created, expires: created.Add(validity),
	})
}

// excludedLeaf matches the service instance certificates that no rotation
// touches.
func excludedLeaf(name string) bool {
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

// buildCredHub lays out the CAs: BOSH DNS over every deployment, one per tile,
// one for its service instances, the services' own.
func (f *Foundation) buildCredHub() {
	f.addCredHubCA(boshDNSCA).auto = f.opts.AutoRotateDNS
	f.addCredHubCA(servicesTLSCA)
	for _, p := range f.products {
		if p.placed {
			f.addCredHubOf(p)
		}
	}
	if f.opts.CustomerCA {
		ca := f.addCredHubCA("/customer/tls_ca")
		ca.customer = true
		ca.addLeaf("/customer/tls_leaf", f.lastPlaced().main)
	}
}

func (f *Foundation) lastPlaced() *product {
	for _, p := range slices.Backward(f.products) {
		if p.placed {
			return p
		}
	}
	return f.products[0]
}

// addCredHubOf lays out what CredHub has for one product.
func (f *Foundation) addCredHubOf(p *product) {
	if !p.isDirector() && len(p.tile.Jobs) > 0 {
		ca := f.addCredHubCA("/p-bosh/" + p.guid + "/" + p.identifier + "_ca")
		for _, job := range p.tile.Jobs {
			ca.addLeaf("/p-bosh/"+p.guid+"/"+job.Name+"_tls", p.main)
		}
	}
	dns := f.credhubCA(boshDNSCA)
	dns.addLeaf("/p-bosh/"+p.guid+"/dns_api_client_tls", p.main)
	if len(p.instances) == 0 {
		return
	}
	ca := f.addCredHubCA("/p-bosh/" + p.guid + "/service_instance_ca")
	for _, d := range p.instances {
		dns.addLeaf("/p-bosh/"+d.name+"/dns_api_client_tls", d)
		ca.addLeaf("/p-bosh/"+d.name+"/agent_tls", d)
		f.credhubCA(servicesTLSCA).addLeaf("/p-bosh/"+d.name+"/tls_certificate", d)
	}
}

// firstVersions are the versions of what has none yet.
func (f *Foundation) firstVersions(cas, leaves time.Time) {
	for _, c := range f.credhub {
		if len(c.versions) == 0 && c.own != nil && c.own.Left != 0 {
			c.dated(f.clock.now(), f.opts.CAValidity)
		}
		if len(c.versions) == 0 {
			c.add(cas, f.opts.CAValidity, false)
		}
		for _, l := range c.leaves {
			if len(l.versions) == 0 {
				l.add(leaves, f.opts.LeafValidity)
			}
		}
	}
}

// credhubCA is the CA of that path, nil where there is none.
func (f *Foundation) credhubCA(name string) *credhubCA {
	i := slices.IndexFunc(f.credhub, func(c *credhubCA) bool { return c.path == name })
	if i < 0 {
		return nil
	}
	return f.credhub[i]
}

func (f *Foundation) addCredHubCA(name string) *credhubCA {
	c := &credhubCA{path: name}
	f.credhub = append(f.credhub, c)
	return c
}

func (c *credhubCA) addLeaf(name string, deployments ...*deployment) {
	c.leaves = append(c.leaves, &credhubLeaf{path: name, ca: c, deployments: deployments})
}

// laggards are the deployments of l that do not run its newest version.
func (l *credhubLeaf) laggards() []*deployment {
	var behind []*deployment
	for _, d := range l.deployments {
		if d.runs[l] != l.newest() {
			behind = append(behind, d)
		}
	}
	return behind
}
