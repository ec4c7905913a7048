package opsman

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// longestToken is the size of the largest token, in bytes.
const longestToken = 64 << 10

// validToken is what RFC 6750 takes for a bearer token, of a size that fits in a
// header.
var validToken = evidence.NewForm(longestToken, `^[A-Za-z0-9._~+/-]+=*$`)

// login asks UAA for a token, as a JWT: opaque ones fail now and then when one
// client logs in twice at a time.
func (c *Client) login(ctx context.Context, x *exchange) (string, error) {
	conf := clientcredentials.Config{
		ClientID:       c.cfg.ClientID,
		ClientSecret:   c.cfg.ClientSecret,
		TokenURL:       c.target.JoinPath(tokenPath).String(),
		AuthStyle:      oauth2.AuthStyleInHeader,
		EndpointParams: url.Values{"token_format": {"jwt"}},
	}
	if c.cfg.ClientID == "" {
		conf.ClientID = "opsman"
		conf.EndpointParams.Set("grant_type", "password")
		conf.EndpointParams.Set("client_id", "opsman")
		conf.EndpointParams.Set("username", c.cfg.Username)
		conf.EndpointParams.Set("password", c.cfg.Password)
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, &http.Client{
		Transport:     loginTransport{client: c, exchange: x},
		CheckRedirect: neverFollow,
	})
	fresh, err := conf.Token(ctx)
	if err != nil {
		return "", c.loginError(ctx, x, err)
	}
	value := strings.TrimSpace(fresh.AccessToken)
	if !validToken.Matches(value) {
		// It would become a header, and be looked for in every text.
		return "", &UnexpectedAnswerError{Method: x.method, Path: x.path, Cause: errors.New("its access token is none: expected letters, digits and marks, without spaces")}
	}
	c.met.Store(true)
	c.redact.addToken(value, fresh.RefreshToken)
	var until time.Time
	if !fresh.Expiry.IsZero() {
		life := time.Until(fresh.Expiry)
		until = c.now().Add(life - min(longestMargin, life/4))
	}
	c.token.keep(value, until)
	c.token.tell(scopesOf(fresh.Extra("scope"), value))
	return value, nil
}

func (c *Client) loginError(ctx context.Context, x *exchange, err error) error {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		api := c.apiError(x, refused.Response.StatusCode, refused.Body)
		if wrongLogin(refused) {
			return c.badCredentials(errors.New(strings.Join(api.Messages, "; ")))
		}
		return api
	}
	var known typedError
	if errors.As(err, &known) {
		// Without the wrapping of net/http.
		return known
	}
	if ctx.Err() != nil {
		return ended(ctx)
	}
	return &UnexpectedAnswerError{Method: x.method, Path: x.path, Cause: c.redact.err(err)}
}

// wrongLogin are UAA's answers to a wrong password, secret, user or client.
func wrongLogin(refused *oauth2.RetrieveError) bool {
	if refused.Response.StatusCode == http.StatusUnauthorized {
		return true
	}
	if refused.Response.StatusCode != http.StatusBadRequest {
		return false
	}
	switch refused.ErrorCode {
	case "invalid_grant", "unauthorized", "invalid_client", "unauthorized_client":
		return true
	}
	return false
}

// loginTransport gives oauth2's requests the retry rules of this client.
type loginTransport struct {
	client   *Client
	exchange *exchange
}

// RoundTrip sends one login and its repetitions.
func (t loginTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	x := t.exchange
	body, err := io.ReadAll(req.Body)
	_ = req.Body.Close()
	if err != nil {
		return nil, err
	}
	x.body = body
	x.header = req.Header.Clone()
	// oauth2 escapes id and secret; UAA unescapes them only when told.
	x.header.Set("X-CF-ENCODED-CREDENTIALS", "true")
	x.header.Set("Accept", "application/json")
	var got *answer
	x.read = func(ans *answer) (err error) {
		got, err = buffered(ans)
		return err
	}
	x.last = nil
	err = t.client.send(req.Context(), x)
	if err != nil && x.last == nil {
		return nil, err
	}
	if err != nil {
		got = x.last
	}
	return got.response(req), nil
}

const tokenPath = "/uaa/oauth/token" //nolint:gosec // a path, not a credential

// longestMargin is how long before its end a token is replaced; a token that
// lives only shortly is used for three quarters of its life.
const longestMargin = time.Minute

// token is the access token at hand.
type token struct {
	mu    sync.Mutex
	value string
	// until is when it must be replaced; zero when UAA did not say.
	until time.Time
	// scopes are those of the last token, also once it has to be replaced.
	scopes evidence.Scopes
}

func (t *token) valid(now time.Time) (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.value, t.value != "" && (t.until.IsZero() || now.Before(t.until))
}

func (t *token) keep(value string, until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.value, t.until = value, until
}

func (t *token) forget() { t.keep("", time.Time{}) }

// bearer is a token that is good for a while. The caller has the turn.
func (c *Client) bearer(ctx context.Context) (string, error) {
	if value, ok := c.token.valid(c.now()); ok {
		return value, nil
	}
	x := &exchange{method: http.MethodPost, path: tokenPath, public: true, limit: smallLimit}
	fresh, err := c.login(ctx, x)
	if err == nil {
		return fresh, nil
	}
	if x.rescued || !oddLogin(err) {
		return "", err
	}
	x.rescued = true
	ready, rescueErr := c.rescue(ctx, x, err)
	if rescueErr != nil {
		return "", rescueErr
	}
	if !ready {
		return "", err
	}
	return c.login(ctx, x)
}

// oddLogin are answers that UAA itself does not give.
func oddLogin(err error) bool {
	var redirect *RedirectError
	var unexpected *UnexpectedAnswerError
	var api *APIError
	switch {
	case errors.Is(err, ErrBadCredentials):
		return false
	case errors.As(err, &api):
		return true
	}
	return errors.As(err, &redirect) || errors.As(err, &unexpected)
}
