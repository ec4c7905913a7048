package opsman

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// idleTimeout is below what web servers in front of Ops Manager use: a
// connection that the server has just closed would cost a changing call its
// answer.
const idleTimeout = 30 * time.Second

// newTransport is our own: the default one belongs to the whole process. One
// connection is enough, because requests are sent one at a time.
func newTransport(cfg Config, roots *x509.CertPool) *http.Transport {
	dialer := &net.Dialer{Timeout: cfg.ConnectTimeout, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    cfg.ConnectTimeout,
		MaxConnsPerHost:        1,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: 1 << 20,
		OnProxyConnectResponse: func(_ context.Context, proxy *url.URL, asked *http.Request, answer *http.Response) error {
			if answer.StatusCode == http.StatusOK {
				return nil
			}
			return &ProxyRefusedError{Proxy: proxy.Host, Target: asked.Host, Status: answer.StatusCode}
		},
		TLSClientConfig: &tls.Config{
			MinVersion:         tls.VersionTLS12,
			RootCAs:            roots,
			InsecureSkipVerify: cfg.SkipSSLValidation, //nolint:gosec // only where the operator wrote skip_ssl_validation
		},
	}
}

// neverFollow hands a redirect to the caller: a token must not travel to
// another address.
func neverFollow(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// observer sees every request that leaves: it counts, names us, and takes Ops
// Manager's own clock from the answer.
type observer struct {
	next   http.RoundTripper
	client *Client
}

// RoundTrip sends one request.
func (o observer) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	req = req.Clone(ctx)
	req.Header.Set("User-Agent", o.client.userAgent)
	o.client.requests.Add(1)
	began := o.client.now()
	resp, err := o.next.RoundTrip(req)
	log := o.client.log.With("method", req.Method, "path", req.URL.Path, "took", o.client.now().Sub(began))
	if err != nil {
		log.DebugContext(ctx, "no answer", "error", o.client.redact.line(err.Error()))
		return nil, err
	}
	log.DebugContext(ctx, "answer", "status", resp.StatusCode)
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		o.client.serverTime.Store(date.UnixNano())
	}
	return resp, nil
}

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
	// given are the certificates of ca_cert.
	given []*x509.Certificate
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
		given: certificates,
		own:   newTransport(cfg, withCertificates(x509.NewCertPool(), certificates)),
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
				return nil, input.Wrong(setting.CACert, `is not valid PEM: expected one or more certificates, "-----BEGIN CERTIFICATE-----…"`)
			}
			return certificates, nil
		}
		number := len(certificates) + 1
		if block.Type != "CERTIFICATE" {
			return nil, input.Wrong(setting.CACert, "holds a PEM block that is no certificate (number %d): expected certificates only, %q", number, "-----BEGIN CERTIFICATE-----…")
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			// The library may quote what stands in it.
			return nil, input.Wrong(setting.CACert, "holds a certificate that cannot be read (number %d): expected an undamaged one, %q", number, "-----BEGIN CERTIFICATE-----…")
		}
		certificates = append(certificates, certificate)
	}
}
