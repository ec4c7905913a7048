package sim

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"slices"
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
	versions     []*leaf
}

// leaf is one version of it.
type leaf struct {
	number      int
	tls         tls.Certificate
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
	cert, err := f.signLeaf(signRequest{
		by: a.cert, with: a.key, commonName: r.job + "." + r.product.identifier, names: r.names(),
		from: from, validity: f.opts.LeafValidity,
	})
	if err != nil {
		return err
	}
	r.add(&leaf{tls: cert, signer: a, issuer: opensslName(a.cert.Subject)})
	return nil
}

func (r *leafRecord) add(l *leaf) {
	l.number = len(r.versions) + 1
	l.from, l.until = l.tls.Leaf.NotBefore, l.tls.Leaf.NotAfter
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

func (f *Foundation) signLeaf(s signRequest) (tls.Certificate, error) {
	f.leafCount++
	key, err := f.leafKeys.get(f.leafCount % leafKeys)
	if err != nil {
		return tls.Certificate{}, err
	}
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

// opensslName is a subject as the certificates endpoint writes issuers,
// "/C=US/O=Pivotal".
func opensslName(n pkix.Name) string {
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

// outdated are the deployments that run an older version.
func (r *leafRecord) outdated() []string {
	names := []string{}
	for _, d := range r.deployments {
		if slices.ContainsFunc(d.vms, func(v *vm) bool { return v.record == r && v.leaf != r.newest() }) {
			names = append(names, d.name)
		}
	}
	return names
}
