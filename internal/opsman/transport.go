package opsman

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// idleTimeout is below what web servers in front of Ops Manager use: a
// connection that the server has just closed would cost a changing call its
// answer.
const idleTimeout = 30 * time.Second

// newTransport is our own: the default one belongs to the whole process. One
// connection is enough, because requests are sent one at a time.
func newTransport(cfg Config) (*http.Transport, error) {
	roots, err := trustedRoots(cfg.CACert)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: cfg.ConnectTimeout, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    cfg.ConnectTimeout,
		MaxConnsPerHost:        1,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: 1 << 20,
		OnProxyConnectResponse: func(_ context.Context, proxy *url.URL, _ *http.Request, answer *http.Response) error {
			if answer.StatusCode == http.StatusOK {
				return nil
			}
			return fmt.Errorf("the proxy %s answered %d to CONNECT", proxy.Host, answer.StatusCode)
		},
		TLSClientConfig: &tls.Config{
			MinVersion:         tls.VersionTLS12,
			RootCAs:            roots,
			InsecureSkipVerify: cfg.SkipSSLValidation, //nolint:gosec // only where the operator wrote skip_ssl_validation
		},
	}, nil
}

// trustedRoots are the system's certificates and those of ca_cert.
func trustedRoots(caCert string) (*x509.CertPool, error) {
	if strings.TrimSpace(caCert) == "" {
		return nil, nil //nolint:nilnil // no pool means the system's own to crypto/tls
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	rest := []byte(caCert)
	for count := 0; ; count++ {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		if block == nil {
			if count == 0 || strings.TrimSpace(string(rest)) != "" {
				return nil, errors.New(`ca_cert is not valid PEM: expected one or more certificates, "-----BEGIN CERTIFICATE-----…"`)
			}
			return pool, nil
		}
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("ca_cert holds a PEM block that is no certificate (number %d): expected certificates only, %q", count+1, "-----BEGIN CERTIFICATE-----…")
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			// The library may quote what stands in it.
			return nil, fmt.Errorf("ca_cert: certificate %d cannot be read: expected an undamaged one, %q", count+1, "-----BEGIN CERTIFICATE-----…")
		}
		pool.AddCert(certificate)
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
		log.DebugContext(ctx, "no answer", "error", o.client.redact.text(err.Error()))
		return nil, err
	}
	log.DebugContext(ctx, "answer", "status", resp.StatusCode)
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		o.client.serverTime.Store(date.UnixNano())
	}
	return resp, nil
}
