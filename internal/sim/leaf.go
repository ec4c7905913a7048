package sim

import (
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/authorities"
	"github.com/opsman-ca/opsman-ca/internal/sim/known"
)

// leafRecord is a certificate that Ops Manager holds for a job: the newest
// version is what the next apply ships.
type leafRecord struct {
	// name is the property reference.
	name         string
	product      *product
	deployments  []*deployment
	job          string
	configurable bool
	// instance: of the service instances of the product.
	instance bool
	// known is the certificate of a real foundation that this one stands for.
	known *known.Certificate
	// own is what the tile says of it, where no VM presents it.
	own *TileCertificate
	// unlisted: the certificates endpoint leaves it out.
	unlisted bool
	versions []*leaf
}

// leaf is one version of it.
type leaf struct {
	number      int
	tls         *authorities.Late
	signer      *authorities.Authority // nil: not one of the foundation's
	from, until time.Time
	issuer      string
}

func (r *leafRecord) newest() *leaf { return r.versions[len(r.versions)-1] }

// names are wildcards, so that the instances of a job share one certificate.
func (r *leafRecord) names() []string {
	var names []string
	for _, d := range r.deployments {
		names = append(names, "*."+r.job+"."+d.Name+".bosh")
	}
	return names
}

// issue adds a version signed by a.
func (f *Foundation) issue(r *leafRecord, a *authorities.Authority, from time.Time) error {
	return f.issueFor(r, a, from, f.opts.LeafValidity)
}

// issueFirst adds the first version; a certificate of the tile's own has its own
// dates, as far as the CA was there.
func (f *Foundation) issueFirst(r *leafRecord, a *authorities.Authority, from time.Time) error {
	if r.own == nil {
		return f.issue(r, a, from)
	}
	from, until := r.own.dates(f.clock.now())
	from = later(from, a.Cert.NotBefore)
	return f.issueFor(r, a, from, until.Sub(from))
}

func (f *Foundation) issueFor(r *leafRecord, a *authorities.Authority, from time.Time, validity time.Duration) error {
	cert, err := f.authorities.Sign(authorities.SignRequest{
		By: a.Cert, With: a.Key, CommonName: r.job + "." + r.product.identifier, Names: r.names(),
		From: from, Validity: validity,
	})
	if err != nil {
		return err
	}
	r.add(&leaf{tls: cert, signer: a, issuer: a.ListedName()})
	return nil
}

func (r *leafRecord) add(l *leaf) {
	l.number = len(r.versions) + 1
	l.from, l.until = l.tls.From, l.tls.Until
	r.versions = append(r.versions, l)
}

// outdated are the deployments that run an older version: with a VM that
// presents one, or, where none of its VMs presents it, deployed with one.
func (r *leafRecord) outdated() []string {
	names := []string{}
	for _, d := range r.deployments {
		presented, older := false, false
		for _, v := range d.vms {
			presented = presented || v.record == r
			older = older || v.record == r && v.leaf != r.newest()
		}
		if older || !presented && d.holds[r] != r.newest() {
			names = append(names, d.Name)
		}
	}
	return names
}

// foreign tells whether Ops Manager lists another issuer than the root CA: the
// simulator signs it with the root CA all the same.
func (r *leafRecord) foreign() bool {
	return r.known != nil && r.known.Issuer != r.versions[0].signer.ListedName()
}
