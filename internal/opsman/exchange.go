package opsman

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// exchange is one request and what its answer means.
type exchange struct {
	method string
	// path may carry a query.
	path   string
	body   []byte
	header http.Header
	// changing calls are never sent again once they may have arrived.
	changing bool
	// public calls carry no token.
	public bool
	// stubborn is how often an answer of 500 is worth another try.
	stubborn int
	// limit of the answer in bytes; 0 means the client's jsonLimit.
	limit int64
	// read takes the answer of a 2xx; it may be called once per attempt.
	read func(*answer) error

	bearer string
	// rescued: a locked Ops Manager was already looked for.
	rescued bool
	// last is the answer that became an *APIError, for Do.
	last *answer
}

// send carries an exchange through its attempts. Whoever calls it has the turn.
func (c *Client) send(ctx context.Context, x *exchange) error {
	a := &attempts{client: c, exchange: x, began: c.now()}
	req, err := a.request(ctx)
	if err != nil {
		return err
	}
	retrying := &retryablehttp.Client{
		HTTPClient:   c.http,
		RetryMax:     math.MaxInt32, // bounded by time, in attempts.check
		CheckRetry:   a.check,
		Backoff:      func(time.Duration, time.Duration, int, *http.Response) time.Duration { return 0 },
		PrepareRetry: a.pause,
		ErrorHandler: func(_ *http.Response, err error, _ int) (*http.Response, error) { return nil, err },
	}
	_, err = retrying.Do(req) //nolint:bodyclose // attempts.handle has read and closed it
	if err != nil {
		return a.lost(err)
	}
	return nil
}

// attempts are the tries of one exchange.
type attempts struct {
	client   *Client
	exchange *exchange
	began    time.Time
	waited   time.Duration
	next     time.Duration
	tries    int
	retries  int
	busy     bool
	// cause is why the last try failed.
	cause error
	// reached: this try got a connection, so the request may have arrived.
	reached atomic.Bool
}

func (a *attempts) request(ctx context.Context) (*retryablehttp.Request, error) {
	x := a.exchange
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { a.reached.Store(true) },
	})
	var body any
	if x.body != nil {
		body = x.body
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, x.method, a.client.target.String()+x.path, body)
	if err != nil {
		return nil, fmt.Errorf("cannot make the request %s %s: %w", x.method, x.path, a.client.redact.err(err))
	}
	for key, values := range x.header {
		req.Header[key] = values
	}
	if req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if req.Header.Get("Accept") == "" {
		req.Header.Set("Accept", "application/json")
	}
	if x.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+x.bearer)
	}
	req.SetResponseHandler(a.handle)
	return req, nil
}
