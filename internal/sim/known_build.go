package sim

import (
	"slices"
	"time"
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
		if k.kind() != kindRecord || f.ownerOf(k) != p.guid {
			continue
		}
		f.records = append(f.records, &leafRecord{name: k.Name, product: p, job: k.Job, instance: k.Instance, configurable: k.Configurable, known: k})
	}
}

// ownerOf is the GUID of a certificate's product; what belongs to none of the
// products is looked after by the director.
func (f *Foundation) ownerOf(k *KnownCertificate) string {
	known := f.opts.Known
	if slices.ContainsFunc(f.opts.Tiles, func(t Tile) bool { return t.GUID == k.ProductGUID }) {
		return k.ProductGUID
	}
	return known.Director.GUID
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
func (f *Foundation) placeKnown() {
	for _, r := range f.records {
		if r.known == nil {
			continue
		}
		for _, d := range f.deploymentsOf(r.known) {
			if !slices.Contains(r.deployments, d) {
				r.deployments = append(r.deployments, d)
			}
		}
	}
	all := f.opts.Known.Certificates
	for i := range all {
		if k := &all[i]; k.kind() == kindCredHubCA {
			ca := f.addCredHubCA(k.Name)
			ca.known, ca.customer, ca.auto, ca.fixed = k, k.Configurable, k.AutoRotated, k.Excluded
		}
	}
	for i := range all {
		k := &all[i]
		switch k.kind() {
		case kindCredHubLeaf:
			ca := f.knownCA(k.SignedBy)
			ca.leaves = append(ca.leaves, &credhubLeaf{path: k.Name, ca: ca, deployments: f.deploymentsOf(k), known: k, fixed: k.Configurable || k.Excluded})
		case kindListed:
			f.listed = append(f.listed, k.listed())
		}
	}
}

// knownCA is the CA of that name; one that is not listed signs what has no other.
func (f *Foundation) knownCA(name string) *credhubCA {
	for _, c := range f.credhub {
		if c.path == name {
			return c
		}
	}
	c := f.addCredHubCA(name)
	c.unlisted = true
	return c
}

// deploymentsOf are the simulator's among the deployments that use a
// certificate; the product's own when none is named.
func (f *Foundation) deploymentsOf(k *KnownCertificate) []*deployment {
	var found []*deployment
	for _, d := range f.allDeployments() {
		if slices.Contains(k.Deployments, d.name) {
			found = append(found, d)
		}
	}
	if p := f.findProduct(k.ProductGUID); len(found) == 0 && p != nil {
		found = append(found, p.main)
	}
	return found
}

// seedKnown is the past of a known foundation: what it has, deployed.
func (f *Foundation) seedKnown() error {
	root, err := f.knownAuthority(f.opts.Known.Root)
	if err != nil {
		return err
	}
	f.authorities = []*authority{root}
	newest := root.created
	// What is not known is as old as the simulator's own.
	usual := later(root.created, f.clock.now().Add(-f.opts.LeafAge).Truncate(time.Second))
	for _, r := range f.records {
		from, until := usual, usual.Add(f.opts.LeafValidity)
		if r.known != nil {
			from, until = r.known.From, r.known.Until
		}
		if err := f.issueFor(r, root, from, until.Sub(from)); err != nil {
			return err
		}
		newest = later(newest, from)
	}
	for _, c := range f.credhub {
		from, until := root.created, root.expires
		if c.known != nil {
			from, until = c.known.From, c.known.Until
		}
		if c.own != nil && c.own.Left != 0 {
			c.dated(f.clock.now(), f.opts.CAValidity)
		} else {
			c.add(from, until.Sub(from), false)
		}
		newest = later(newest, from)
		for _, l := range c.leaves {
			from, until := usual, usual.Add(f.opts.LeafValidity)
			if l.known != nil {
				from, until = l.known.From, l.known.Until
			}
			l.add(from, until.Sub(from))
			newest = later(newest, from)
		}
	}
	f.seedHistory(root.created, newest)
	return nil
}

// seedHistory has as many deployments of everything as a rotation makes, since
// the newest certificate: nothing of an earlier rotation is outstanding.
func (f *Foundation) seedHistory(created, newest time.Time) {
	const deployments = 3
	first := created.Add(10 * time.Minute)
	if newest.Before(first) {
		newest = first
	}
	pace := min(f.clock.now().Sub(newest)/(deployments+2), 24*time.Hour)
	took := max(0, min(pace/time.Duration(len(f.products)+1), usualRoll))
	f.seedInstallation(kindAddition, created.Add(took/2), took)
	for i := range deployments {
		f.seedInstallation(kindUnchanged, newest.Add(max(pace, 0)*time.Duration(i+1)), took)
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// knownAuthority is a root CA with the name, subject and dates of a real one,
// and a key of its own.
func (f *Foundation) knownAuthority(k KnownAuthority) (*authority, error) {
	key, err := f.caKey()
	if err != nil {
		return nil, err
	}
	cert, err := selfSigned(k.Subject, key, k.From, k.Until.Sub(k.From))
	if err != nil {
		return nil, err
	}
	a := &authority{guid: k.GUID, issuer: k.Issuer, generated: !k.Custom, active: true, cert: cert, key: key, created: k.CreatedOn, expires: k.ExpiresOn}
	if k.Listed.Name != "" {
		a.known = &k.Listed
	}
	if k.NATS.Name != "" {
		a.nats.known = &k.NATS
	}
	return a, f.pairNATS(a, a.created)
}
