package opsman

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Pauses between attempts double from the first to the longest.
const (
	firstPause   = 500 * time.Millisecond
	longestPause = 15 * time.Second
	// toldAfter is how many failed tries in a row are worth a line in the log.
	toldAfter = 3
)

// check decides whether a failed try is repeated: retryablehttp.CheckRetry.
func (a *attempts) check(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if err == nil {
		// Either nothing was read yet, or all is well.
		return false, nil
	}
	a.tries++
	x := a.exchange
	if ctx.Err() != nil {
		return false, a.lost(ended(ctx))
	}
	err = a.plain(err)
	if network, ok := errors.AsType[net.Error](err); ok && network.Timeout() && a.reached.Load() {
		err = &slowError{limit: a.client.cfg.RequestTimeout, cause: err}
	}
	if !a.repeatable(err) {
		return false, a.lost(err)
	}
	if x.changing && a.reached.Load() {
		return false, a.lost(err)
	}
	var api *APIError
	var answered *unavailableAnswer
	if errors.As(err, &api) {
		if a.retries >= x.stubborn {
			return false, err
		}
		a.retries++
	}
	// Ops Manager itself is there: it has only asked for a pause, or erred.
	a.busy = api != nil || errors.As(err, &answered) && answered.status == http.StatusTooManyRequests
	if resp != nil && errors.As(err, new(*UnexpectedAnswerError)) {
		// A cut answer had good headers; they say nothing about a pause.
		resp = nil
	}
	a.cause = err
	// A server may ask for no pause at all, or for one beyond what can be counted.
	a.next = max(retryablehttp.DefaultBackoff(firstPause, longestPause, min(a.tries-1, 16), resp), firstPause)
	spent := max(a.waited, a.client.now().Sub(a.began))
	if spent+a.next > a.client.cfg.RetryFor {
		return false, a.unavailable(err, spent)
	}
	return true, nil
}

// pause waits before the next try: retryablehttp.PrepareRetry. Before the
// first, it looks whether waiting helps at all.
func (a *attempts) pause(req *http.Request) error {
	ctx := req.Context()
	c := a.client
	// Until the next try has a connection, nothing of it can have arrived.
	defer a.reached.Store(false)
	if !a.busy && !a.exchange.rescued && a.reached.Load() {
		a.exchange.rescued = true
		ready, err := c.rescue(ctx, a.exchange, a.cause)
		if err != nil {
			return err
		}
		if ready {
			a.began, a.waited = c.now(), 0
			return nil
		}
	}
	if a.tries == toldAfter {
		c.log.WarnContext(ctx, "Ops Manager does not answer, trying again for a while",
			"for", c.cfg.RetryFor, "method", a.exchange.method, "path", req.URL.Path, "cause", c.redact.line(a.cause.Error()))
	}
	c.log.DebugContext(ctx, "trying again", "method", a.exchange.method, "path", req.URL.Path, "tries", a.tries, "pause", a.next)
	a.waited += a.next
	if err := c.pause(ctx, a.next); err != nil {
		return a.lost(err)
	}
	return nil
}

// repeatable tells whether the same request may have a better answer later.
func (a *attempts) repeatable(err error) bool {
	var api *APIError
	var answered *unavailableAnswer
	var redirect *RedirectError
	var unexpected *UnexpectedAnswerError
	var large *tooLargeError
	var proxy *ProxyRefusedError
	switch {
	case errors.As(err, &proxy):
		// One that cannot reach Ops Manager may do so later; one that will not, will not.
		return isGateway(proxy.Status) || proxy.Status == http.StatusTooManyRequests
	case errors.As(err, &large), errors.As(err, &redirect), a.exchange.laborious && tookTooLong(err):
		return false
	case errors.As(err, &answered):
		return true
	case errors.As(err, &api):
		return api.Status == http.StatusInternalServerError && a.exchange.stubborn > 0
	case errors.As(err, &unexpected):
		return cutShort(unexpected.Cause)
	}
	return !hopeless(err)
}

// cutShort tells a lost connection from an answer that is merely not what was
// expected.
func cutShort(err error) bool {
	var network net.Error
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.As(err, &network)
}

// hopeless are failures to connect that waiting does not mend.
func hopeless(err error) bool {
	var (
		verification *tls.CertificateVerificationError
		authority    x509.UnknownAuthorityError
		host         x509.HostnameError
		invalid      x509.CertificateInvalidError
		notTLS       tls.RecordHeaderError
		dns          *net.DNSError
		operation    *net.OpError
	)
	switch {
	case errors.As(err, &verification), errors.As(err, &authority), errors.As(err, &host),
		errors.As(err, &invalid), errors.As(err, &notTLS), errors.Is(err, http.ErrSchemeMismatch):
		return true
	case errors.As(err, &operation) && (operation.Op == "remote error" || operation.Op == "local error"),
		strings.HasPrefix(err.Error(), "tls: "):
		// What crypto/tls calls alerts and its other verdicts, which have no
		// type of their own.
		return true
	case errors.As(err, &dns):
		return dns.IsNotFound
	}
	return false
}

// plain takes off net/http's wrapping, which repeats method and address.
func (a *attempts) plain(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	return a.client.redact.err(err)
}

// lost ends an exchange: what never reached Ops Manager is told apart.
func (a *attempts) lost(err error) error {
	var known typedError
	if errors.As(err, &known) {
		return err
	}
	if explained := a.client.handshake(err); explained != nil {
		err = explained
	}
	return &noAnswerError{
		method: a.exchange.method, path: a.exchange.path, target: a.client.target.String(),
		reached: a.reached.Load(), cause: err,
	}
}

func (a *attempts) unavailable(err error, spent time.Duration) error {
	return &UnavailableError{
		Target: a.client.target.String(), Method: a.exchange.method, Path: a.exchange.path,
		Tries: a.tries, For: spent, Cause: err, reached: a.reached.Load(),
	}
}
