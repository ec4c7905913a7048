package sim

import (
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/credhub"
	"github.com/opsman-ca/opsman-ca/internal/sim/known"
)

// knownCertificates tells whether the certificates are those of a real foundation.
func (f *Foundation) knownCertificates() bool {
	return f.opts.Known != nil && f.opts.Known.Certificates != nil
}

// addKnownRecords gives a product the certificates that Ops Manager holds for
// it, before its VMs look for theirs.
func (f *Foundation) addKnownRecords(p *product) {
	if !f.knownCertificates() {
		return
	}
	for i := range f.opts.Known.Certificates {
		k := &f.opts.Known.Certificates[i]
		if kindOf(k) != kindRecord || f.ownerOf(k) != p.guid {
			continue
		}
		f.records = append(f.records, &leafRecord{name: k.Name, product: p, job: k.Job, instance: k.Instance, configurable: k.Configurable, known: k})
	}
}

// ownerOf is the GUID of a certificate's product; what belongs to none of the
// products is looked after by the director.
func (f *Foundation) ownerOf(k *known.Certificate) string {
	if slices.ContainsFunc(f.opts.Tiles, func(t Tile) bool { return t.GUID == k.ProductGUID }) {
		return k.ProductGUID
	}
	return f.opts.Known.Director.GUID
}

// knownRecord is the certificate that VMs of a job present, nil when none is
// known.
func (f *Foundation) knownRecord(p *product, job string, instance bool) *leafRecord {
	for _, r := range f.records {
		if r.known != nil && r.product == p && r.job == job && r.instance == instance {
			return r
		}
	}
	return nil
}

// placeKnown puts the certificates where they belong, once all deployments are
// there.
func (b builder) placeKnown() {
	for _, r := range b.records {
		if r.known == nil {
			continue
		}
		for _, d := range b.deploymentsOf(r.known) {
			if !slices.Contains(r.deployments, d) {
				r.deployments = append(r.deployments, d)
			}
		}
	}
	all := b.opts.Known.Certificates
	for i := range all {
		if k := &all[i]; kindOf(k) == kindCredHubCA {
			ca := b.credhub.Add(k.Name)
			ca.Known, ca.Customer, ca.Auto, ca.Fixed = k, k.Configurable, k.AutoRotated, k.Excluded
		}
	}
	for i := range all {
		k := &all[i]
		switch kindOf(k) {
		case kindCredHubLeaf:
			ca := b.knownCA(k.SignedBy)
			ca.Leaves = append(ca.Leaves, &credhub.Leaf{Path: k.Name, CA: ca, Deployments: inCredHub(b.deploymentsOf(k)), Known: k, Fixed: k.Configurable || k.Excluded})
		case kindListed:
			b.listed = append(b.listed, listedAs(k))
		}
	}
}

// knownCA is the CA of that name; one that is not listed signs what has no other.
func (b builder) knownCA(name string) *credhub.CA {
	for _, c := range b.credhub.List() {
		if c.Path == name {
			return c
		}
	}
	c := b.credhub.Add(name)
	c.Unlisted = true
	return c
}

// deploymentsOf are the simulator's among the deployments that use a
// certificate; the product's own when none is named.
func (b builder) deploymentsOf(k *known.Certificate) []*deployment {
	var found []*deployment
	for _, d := range b.allDeployments() {
		if slices.Contains(k.Deployments, d.Name) {
			found = append(found, d)
		}
	}
	if p := b.findProduct(k.ProductGUID); len(found) == 0 && p != nil {
		found = append(found, p.main)
	}
	return found
}

// seedKnown is the past of a known foundation: what it has, deployed.
func (b builder) seedKnown() error {
	root, err := b.authorities.Resembling(b.opts.Known.Root)
	if err != nil {
		return err
	}
	b.authorities.Add(root)
	newest := root.Created
	// What is not known is as old as the simulator's own.
	usual := later(root.Created, b.clock.now().Add(-b.opts.LeafAge).Truncate(time.Second))
	for _, r := range b.records {
		from, until := usual, usual.Add(b.opts.LeafValidity)
		if r.known != nil {
			from, until = r.known.From, r.known.Until
		}
		if err := b.issueFor(r, root, from, until.Sub(from)); err != nil {
			return err
		}
		newest = later(newest, from)
	}
	for _, c := range b.credhub.List() {
		from, until := root.Created, root.Expires
		if c.Known != nil {
			from, until = c.Known.From, c.Known.Until
		}
		if c.Left != 0 {
			c.Dated(b.clock.now(), b.opts.CAValidity)
		} else {
			c.Add(from, until.Sub(from), false)
		}
		newest = later(newest, from)
		for _, l := range c.Leaves {
			from, until := usual, usual.Add(b.opts.LeafValidity)
			if l.Known != nil {
				from, until = l.Known.From, l.Known.Until
			}
			l.Add(from, until.Sub(from))
			newest = later(newest, from)
		}
	}
	b.seedHistory(root.Created, newest)
	return nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
