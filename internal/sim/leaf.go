package sim

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"strings"
	"time"
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
	known *KnownCertificate
	// own is what the tile says of it, where no VM presents it.
	own *TileCertificate
	// unlisted: the certificates endpoint leaves it out.
	unlisted bool
	versions []*leaf
}

// leaf is one version of it.
type leaf struct {
	number      int
	tls         *lateCertificate
	signer      *authority // nil: not one of the foundation's
	from, until time.Time
	issuer      string
}

func (r *leafRecord) newest() *leaf { return r.versions[len(r.versions)-1] }

// names are wildcards, so that the instances of a job share one certificate.
func (r *leafRecord) names() []string {
	var names []string
	for _, d := range r.deployments {
		names = append(names, "*."+r.job+"."+d.name+".bosh")
	}
	return names
}

// issue adds a version signed by a.
func (f *Foundation) issue(r *leafRecord, a *authority, from time.Time) error {
	return f.issueFor(r, a, from, f.opts.LeafValidity)
}

// issueFirst adds the first version; a certificate of the tile's own has its own
// dates, as far as the CA was there.
func (f *Foundation) issueFirst(r *leafRecord, a *authority, from time.Time) error {
	if r.own == nil {
		return f.issue(r, a, from)
	}
	from, until := r.own.dates(f.clock.now())
	from = later(from, a.cert.NotBefore)
	return f.issueFor(r, a, from, until.Sub(from))
}

func (f *Foundation) issueFor(r *leafRecord, a *authority, from time.Time, validity time.Duration) error {
	cert, err := f.signLeaf(signRequest{
		by: a.cert, with: a.key, commonName: r.job + "." + r.product.identifier, names: r.names(),
		from: from, validity: validity,
	})
	if err != nil {
		return err
	}
	r.add(&leaf{tls: cert, signer: a, issuer: a.listedName()})
	return nil
}

func (r *leafRecord) add(l *leaf) {
	l.number = len(r.versions) + 1
	l.from, l.until = l.tls.from, l.tls.until
	r.versions = append(r.versions, l)
}

type signRequest struct {
	by         *x509.Certificate
	with       *rsa.PrivateKey
	commonName string
	names      []string
	from       time.Time
	validity   time.Duration
}

// signLeaf makes a leaf certificate, at once or, with LateLeaves, when it is
// first shown.
func (f *Foundation) signLeaf(s signRequest) (*lateCertificate, error) {
	f.leafCount++
	key, err := f.leafKeys.get(f.leafCount % leafKeys)
	if err != nil {
		return nil, err
	}
	late := &lateCertificate{
		from: s.from.UTC().Truncate(time.Second), until: s.from.Add(s.validity).UTC().Truncate(time.Second),
		sign: func() (tls.Certificate, error) { return s.sign(key) },
	}
	if !f.opts.LateLeaves {
		if _, err := late.get(); err != nil {
			return nil, err
		}
	}
	return late, nil
}

func (s signRequest) sign(key *rsa.PrivateKey) (tls.Certificate, error) {
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: s.commonName}, DNSNames: s.names,
		NotBefore: s.from, NotAfter: s.from.Add(s.validity),
		KeyUsage:       x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage:    []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		AuthorityKeyId: s.by.SubjectKeyId,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, s.by, &key.PublicKey, s.with)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("sign a leaf certificate for %s: %w", s.commonName, err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("read the leaf certificate of %s back: %w", s.commonName, err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: parsed}, nil
}

// OpenSSLText is a subject as the certificates endpoint writes issuers,
// "/C=US/O=Pivotal".
func OpenSSLText(n pkix.Name) string {
	s := ""
	for _, part := range []struct {
		key    string
		values []string
	}{{"C", n.Country}, {"ST", n.Province}, {"L", n.Locality}, {"O", n.Organization}, {"OU", n.OrganizationalUnit}} {
		for _, v := range part.values {
			s += "/" + part.key + "=" + v
		}
	}
	if n.CommonName != "" {
		s += "/CN=" + n.CommonName
	}
	return s
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
			names = append(names, d.name)
		}
	}
	return names
}

// foreign tells whether Ops Manager lists another issuer than the root CA: the
// simulator signs it with the root CA all the same.
func (r *leafRecord) foreign() bool {
	return r.known != nil && r.known.Issuer != r.versions[0].signer.listedName()
}

// OpenSSLName reads "/C=US/O=Pivotal" back, as far as it is understood.
func OpenSSLName(text string) pkix.Name {
	var n pkix.Name
	for _, part := range strings.Split(text, "/") {
		key, value, found := strings.Cut(part, "=")
		if !found {
			// A value with a slash in it.
			n.CommonName += tail(n.CommonName, part)
			continue
		}
		switch strings.ToUpper(strings.TrimSpace(key)) {
		case "C":
			n.Country = append(n.Country, value)
		case "ST":
			n.Province = append(n.Province, value)
		case "L":
			n.Locality = append(n.Locality, value)
		case "O":
			n.Organization = append(n.Organization, value)
		case "OU":
			n.OrganizationalUnit = append(n.OrganizationalUnit, value)
		case "CN":
			n.CommonName = value
		}
	}
	return n
}

func tail(name, part string) string {
	if name == "" {
		return ""
	}
	return "/" + part
}
