package opsman

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/opsman-ca/opsman-ca/internal/shorten"
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
	// laborious is not asked again when it took too long: the work behind it would
	// begin anew, and the first may still be under way.
	laborious bool
	// limit of the answer in bytes; 0 means the client's jsonLimit.
	limit int64
	// stream is an answer that may never end: what is not read of it is left.
	stream bool
	// read takes the answer of a 2xx; it may be called once per attempt.
	read func(*answer) error

	bearer string
	// rescued: a locked Ops Manager was already looked for.
	rescued bool
	// last is the answer that became an *APIError, for Do.
	last *answer
}

// send carries an exchange through its attempts. The caller has the turn.
func (c *Client) send(ctx context.Context, x *exchange) error {
	a := &attempts{client: c, exchange: x, began: c.now()}
	req, err := a.request(ctx)
	if err != nil {
		return err
	}
	// The library sends the body anew with every try, takes each answer within its try
	// (attempts.handle) and knows Retry-After. How long to wait is ours: it depends on how
	// far the try came, and an Ops Manager may be unlocked in between. cenkalti/backoff
	// would leave all of this to us, and takes neither a clock nor a sleep of ours.
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

// answer is a response on its way to a decoder.
type answer struct {
	status int
	header http.Header
	body   io.Reader
}

// handle reads an answer to its end, closes it, and turns everything but the
// wanted answer into a typed error.
func (a *attempts) handle(resp *http.Response) error {
	body := resp.Body
	// The retrying client must find nothing left to do.
	resp.Body = http.NoBody
	defer func() {
		if !a.exchange.stream {
			_, _ = io.CopyN(io.Discard, body, drainLimit)
		}
		_ = body.Close()
	}()
	x := a.exchange
	limit := x.limit
	if limit == 0 {
		limit = a.client.jsonLimit
	}
	ans := &answer{status: resp.StatusCode, header: resp.Header, body: limited(body, limit)}
	switch {
	case isRedirect(ans.status):
		return &RedirectError{Method: x.method, Path: x.path, Status: ans.status, Location: shorten.Text(a.client.redact.line(resp.Header.Get("Location")), textLimit)}
	case ans.status == http.StatusTooManyRequests || isGateway(ans.status):
		return &unavailableAnswer{status: ans.status}
	case !x.stream && ans.status < 400 && looksLikeHTML(ans):
		// A login or waiting page. Ops Manager's own 500 is a page of HTML too, and
		// its answer.
		return &unavailableAnswer{status: ans.status, html: true}
	case ans.status < 200 || ans.status > 299:
		return a.refusal(ans)
	}
	if err := x.read(ans); err != nil {
		return a.unreadable(err)
	}
	return nil
}

// refusal turns an error answer into an *APIError. Of one that is too large the
// status still counts.
func (a *attempts) refusal(ans *answer) error {
	x := a.exchange
	raw, err := io.ReadAll(io.LimitReader(ans.body, refusalLimit))
	var large *tooLargeError
	if err != nil && !errors.As(err, &large) {
		return a.unreadable(err)
	}
	x.last = &answer{status: ans.status, header: ans.header, body: bytes.NewReader(raw)}
	return a.client.apiError(x, ans.status, raw)
}

// unreadable names the exchange whose answer could not be taken in.
func (a *attempts) unreadable(err error) error {
	var known typedError
	if errors.As(err, &known) {
		return err
	}
	return &UnexpectedAnswerError{Method: a.exchange.method, Path: a.exchange.path, Cause: a.client.redact.err(err)}
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

func isGateway(status int) bool {
	return status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}

// looksLikeHTML tells a web server's page from an API's answer. What it reads
// stays in ans.body.
func looksLikeHTML(ans *answer) bool {
	if kind, _, err := mime.ParseMediaType(ans.header.Get("Content-Type")); err == nil && kind == "text/html" {
		return true
	}
	head := make([]byte, 64)
	n, err := io.ReadFull(ans.body, head)
	ans.body = io.MultiReader(bytes.NewReader(head[:n]), ans.body)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		ans.body = io.MultiReader(bytes.NewReader(head[:n]), failedReader{err})
	}
	return strings.HasPrefix(strings.TrimSpace(string(head[:n])), "<")
}

type failedReader struct{ err error }

func (r failedReader) Read([]byte) (int, error) { return 0, r.err }

// buffered reads an answer into memory.
func buffered(ans *answer) (*answer, error) {
	raw, err := io.ReadAll(ans.body)
	if err != nil {
		return nil, err
	}
	return &answer{status: ans.status, header: ans.header, body: bytes.NewReader(raw)}, nil
}

// response gives a buffered answer back as net/http's.
func (a *answer) response(req *http.Request) *http.Response {
	header := a.header.Clone()
	resp := &http.Response{
		Status:     statusName(a.status),
		StatusCode: a.status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        header,
		Body:          io.NopCloser(a.body),
		ContentLength: -1,
		Request:       req,
	}
	if sized, ok := a.body.(interface{ Len() int }); ok {
		resp.ContentLength = int64(sized.Len())
	}
	return resp
}
