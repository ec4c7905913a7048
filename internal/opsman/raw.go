package opsman

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// Do sends any other API call, over the same connection and by the same rules:
// with a token, in turn, and repeated where that does no harm. The path counts,
// the host is always Ops Manager's. The answer is in memory, so a body that is
// not closed holds nothing up. Refusals come back as answers; a lost answer to a
// changing call is an *OutcomeUnknownError, a 401 to one a *NotPerformedError.
func (c *Client) Do(req *http.Request) (*http.Response, error) {
	return c.do(req, false)
}

// DoWithoutToken is Do for what Ops Manager tells everyone, as its version.
func (c *Client) DoWithoutToken(req *http.Request) (*http.Response, error) {
	return c.do(req, true)
}

func (c *Client) do(req *http.Request, public bool) (*http.Response, error) {
	x, err := c.rawExchange(req)
	if err != nil {
		return nil, err
	}
	x.public = public
	var got *answer
	x.read = func(ans *answer) (err error) {
		got, err = buffered(ans)
		return err
	}
	err = c.call(req.Context(), x)
	var api *APIError
	switch {
	case err == nil:
		return got.response(req), nil
	case errors.As(err, &api) && api.Path == x.path && x.last != nil && !lostOrTurnedAway(err):
		return x.last.response(req), nil
	}
	return nil, err
}

func lostOrTurnedAway(err error) bool {
	var unknown *OutcomeUnknownError
	var turnedAway *NotPerformedError
	return errors.As(err, &unknown) || errors.As(err, &turnedAway)
}

// unsafePath tells whether a path was put together from something that is no name,
// such as a GUID of "..": Ops Manager's own have nothing of the kind.
func unsafePath(u *url.URL) bool {
	return u.RawPath != "" || path.Join("/", u.Path) != "/"+strings.TrimPrefix(u.Path, "/")
}

func (c *Client) rawExchange(req *http.Request) (*exchange, error) {
	if req.URL.Host != "" && !strings.EqualFold(req.URL.Host, c.target.Host) {
		return nil, fmt.Errorf("a request to %s is refused: this client speaks to %s only", req.URL.Host, c.target.Host)
	}
	target := req.URL.RequestURI()
	if !strings.HasPrefix(target, "/") {
		target = "/" + target
	}
	if unsafePath(req.URL) {
		return nil, fmt.Errorf("a request to %.100q is refused: its path leads elsewhere", target)
	}
	x := &exchange{
		method:   req.Method,
		path:     target,
		header:   req.Header.Clone(),
		changing: req.Method != http.MethodGet && req.Method != http.MethodHead && req.Method != "",
		limit:    logsLimit,
	}
	if x.method == "" {
		x.method = http.MethodGet
	}
	x.header.Del("Authorization")
	if req.Body == nil || req.Body == http.NoBody {
		return x, nil
	}
	body, err := io.ReadAll(req.Body)
	_ = req.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("cannot read the body of %s %s: %w", x.method, target, err)
	}
	if len(body) > 0 {
		x.body = body
	}
	return x, nil
}
