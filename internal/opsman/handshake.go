package opsman

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/setting"
	"github.com/opsman-ca/opsman-ca/internal/shorten"
)

// HandshakeProblem is why no TLS connection came about.
type HandshakeProblem string

// Each has a remedy of its own.
const (
	CertificateExpired  HandshakeProblem = "expired"
	CertificateOfOther  HandshakeProblem = "another name"
	CertificateUnnamed  HandshakeProblem = "no names"
	CertificateUnknown  HandshakeProblem = "unknown issuer"
	CertificateUnusable HandshakeProblem = "unusable"
	NotTLS              HandshakeProblem = "no TLS"
)

// HandshakeError is a TLS connection that did not come about: nothing was sent.
type HandshakeError struct {
	Problem HandshakeProblem
	// text is what was seen of the certificate, and what to do.
	text  string
	cause error
}

// Error is one sentence with evidence and remedy.
func (e *HandshakeError) Error() string { return e.text }

func (e *HandshakeError) Unwrap() error { return e.cause }

// handshake says of a failed connection what was wrong with the certificate, and
// what to do about that; nil for every other failure.
func (c *Client) handshake(err error) *HandshakeError {
	h := handshake{client: c, cause: err, host: c.target.Hostname()}
	if known, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		h.shown = known.UnverifiedCertificates
	}
	if errors.Is(err, http.ErrSchemeMismatch) {
		return h.problem(NotTLS, "an HTTP server without TLS answers there (%s): give the port on which Ops Manager speaks https, 443 unless it was changed, in %s", c.redact.line(err.Error()), c.names.Of(setting.Target))
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return h.problem(NotTLS, "what answers there does not speak TLS (%s): give the port on which Ops Manager speaks https, 443 unless it was changed, in %s", c.redact.line(err.Error()), c.names.Of(setting.Target))
	}
	if len(h.shown) == 0 {
		return nil
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		return h.invalid(invalid)
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return h.misnamed()
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return h.unknown()
	}
	return h.unusable()
}

// handshake is a failed one that is being explained.
type handshake struct {
	client *Client
	cause  error
	host   string
	// shown are the certificates that the server showed, its own first.
	shown []*x509.Certificate
}

func (h handshake) problem(p HandshakeProblem, format string, args ...any) *HandshakeError {
	return &HandshakeError{Problem: p, text: fmt.Sprintf(format, args...), cause: h.cause}
}

// invalid is a certificate outside its time, or one that may not be used so.
func (h handshake) invalid(e x509.CertificateInvalidError) *HandshakeError {
	if e.Reason != x509.Expired {
		return h.unusable()
	}
	cert := h.shown[0]
	if e.Cert != nil && !e.Cert.Equal(cert) {
		return h.problem(CertificateExpired, "the CA that signed its web certificate is outside its time (%s, valid from %s until %s): install a certificate of a valid CA in Ops Manager (Settings, SSL Certificate), and give that CA as %s",
			h.named(e.Cert), minute(e.Cert.NotBefore), minute(e.Cert.NotAfter), h.client.names.Of(setting.CACert))
	}
	if strings.Contains(e.Detail, " is before ") {
		return h.problem(CertificateExpired, "its web certificate is not valid yet (%s, valid from %s; %s): correct the clock of this machine, or the one of Ops Manager and have the certificate made anew",
			h.named(cert), minute(cert.NotBefore), e.Detail)
	}
	return h.problem(CertificateExpired, "its web certificate has expired (%s, valid until %s): install a new one in Ops Manager (Settings, SSL Certificate); no CA that is given here helps",
		h.named(cert), minute(cert.NotAfter))
}

// misnamed is a certificate that does not have the target's name.
func (h handshake) misnamed() *HandshakeError {
	cert := h.shown[0]
	names := h.names(cert)
	if len(names) == 0 {
		return h.problem(CertificateUnnamed, "its web certificate has no subject alternative names (%s), and a common name alone is not accepted any more: install one in Ops Manager (Settings, SSL Certificate) that has %s among its subject alternative names",
			h.named(cert), h.host)
	}
	return h.problem(CertificateOfOther, "its web certificate is not for %s (%s; its names: %s): use one of these names in %s, or install a certificate for %s in Ops Manager (Settings, SSL Certificate)",
		h.host, h.named(cert), strings.Join(names, ", "), h.client.names.Of(setting.Target), h.host)
}

// unknown is a certificate that no trusted CA has signed.
func (h handshake) unknown() *HandshakeError {
	// Go's own words are what people search for.
	const what = "its web certificate is signed by no CA that is trusted here (certificate signed by unknown authority; "
	caCert := h.client.names.Of(setting.CACert)
	cert, last := h.shown[0], h.shown[len(h.shown)-1]
	issuer := h.client.redact.line(last.Issuer.String())
	given := h.client.trust.given
	for _, one := range given {
		if !bytes.Equal(one.RawSubject, last.RawIssuer) {
			continue
		}
		return h.problem(CertificateUnknown, "%s%s, signed by %s): the given CA has that name and another key, so Ops Manager's certificate or its CA was made anew: give the present one as %s",
			what, h.named(cert), issuer, caCert)
	}
	missing := "give the certificate of " + issuer
	if bytes.Equal(last.RawIssuer, last.RawSubject) && len(h.shown) == 1 {
		missing = "it signed itself, so give this very certificate"
	}
	if len(given) == 0 {
		return h.problem(CertificateUnknown, "%s%s, signed by %s): %s as %s", what, h.named(cert), issuer, missing, caCert)
	}
	var have []string
	for _, one := range given {
		have = append(have, h.client.redact.line(one.Subject.String()))
	}
	return h.problem(CertificateUnknown, "%s%s, signed by %s; given is %s, which did not sign it): %s as well, as %s",
		what, h.named(cert), issuer, strings.Join(shorten.List(have, fewNames), ", "), missing, caCert)
}

// unusable is everything else that is wrong with a certificate.
func (h handshake) unusable() *HandshakeError {
	return h.problem(CertificateUnusable, "its web certificate cannot be used (%s, valid until %s): %s: install another in Ops Manager (Settings, SSL Certificate)",
		h.named(h.shown[0]), minute(h.shown[0].NotAfter), h.client.redact.line(h.cause.Error()))
}

// named is the subject of a certificate.
func (h handshake) named(cert *x509.Certificate) string {
	subject := h.client.redact.line(cert.Subject.String())
	if subject == "" {
		return "no subject"
	}
	return "subject " + shorten.Text(subject, textLimit)
}

// names are those that a certificate is good for.
func (h handshake) names(cert *x509.Certificate) []string {
	names := h.client.redact.lines(append([]string{}, cert.DNSNames...))
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	return shorten.List(names, fewNames)
}

// fewNames are as many names as a sentence takes.
const fewNames = 8

func minute(at time.Time) string { return at.UTC().Format("2006-01-02 15:04 UTC") }
