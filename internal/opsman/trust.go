package opsman

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
)

// trust connects by the certificates of ca_cert, and by the system's as well where
// those do not suffice: to read the system's takes longer than everything else that
// a check does (docs/dev/performance.md).
type trust struct {
	// own has ca_cert's certificates, or leaves it to crypto/tls where there is none.
	own *http.Transport
	// all has the system's as well; nil without ca_cert.
	all func() *http.Transport
	// widened tells that ca_cert did not suffice.
	widened atomic.Bool
}

// newTrust reads ca_cert; its error says what is wrong with it.
func newTrust(cfg Config) (*trust, error) {
	certificates, err := parseCACert(cfg.CACert)
	if err != nil {
		return nil, err
	}
	if len(certificates) == 0 {
		return &trust{own: newTransport(cfg, nil)}, nil
	}
	return &trust{
		own: newTransport(cfg, withCertificates(x509.NewCertPool(), certificates)),
		all: sync.OnceValue(func() *http.Transport {
			system, err := x509.SystemCertPool()
			if err != nil {
				system = x509.NewCertPool()
			}
			return newTransport(cfg, withCertificates(system, certificates))
		}),
	}, nil
}

// RoundTrip sends one request, once: where a certificate is not believed, nothing
// has been sent.
func (t *trust) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.widened.Load() {
		return t.all().RoundTrip(req)
	}
	resp, err := t.own.RoundTrip(req)
	var disbelieved *tls.CertificateVerificationError
	if t.all == nil || !errors.As(err, &disbelieved) {
		return resp, err
	}
	again := req.Clone(req.Context())
	if req.Body != nil && req.Body != http.NoBody {
		if req.GetBody == nil {
			return resp, err
		}
		body, bodyErr := req.GetBody()
		if bodyErr != nil {
			return nil, errors.Join(err, bodyErr)
		}
		again.Body = body
	}
	t.widened.Store(true)
	return t.all().RoundTrip(again)
}

// CloseIdleConnections drops the kept-alive connection.
func (t *trust) CloseIdleConnections() {
	t.own.CloseIdleConnections()
	if t.widened.Load() {
		t.all().CloseIdleConnections()
	}
}

func withCertificates(pool *x509.CertPool, certificates []*x509.Certificate) *x509.CertPool {
	for _, certificate := range certificates {
		pool.AddCert(certificate)
	}
	return pool
}

// parseCACert reads one or more certificates in PEM, none of a blank text.
func parseCACert(text string) ([]*x509.Certificate, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var certificates []*x509.Certificate
	rest := []byte(text)
	for {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		if block == nil {
			if len(certificates) == 0 || strings.TrimSpace(string(rest)) != "" {
				return nil, errors.New(`ca_cert is not valid PEM: expected one or more certificates, "-----BEGIN CERTIFICATE-----…"`)
			}
			return certificates, nil
		}
		number := len(certificates) + 1
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("ca_cert holds a PEM block that is no certificate (number %d): expected certificates only, %q", number, "-----BEGIN CERTIFICATE-----…")
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			// The library may quote what stands in it.
			return nil, fmt.Errorf("ca_cert: certificate %d cannot be read: expected an undamaged one, %q", number, "-----BEGIN CERTIFICATE-----…")
		}
		certificates = append(certificates, certificate)
	}
}
