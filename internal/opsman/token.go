package opsman

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
)

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

// bearer is a token that is good for a while. Whoever calls it has the turn.
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
	ready, rescueErr := c.rescue(ctx)
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
		return api.Status != http.StatusForbidden
	}
	return errors.As(err, &redirect) || errors.As(err, &unexpected)
}
