package opsman

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
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
