package sim

import (
	"encoding/json"
	"net/http"
	"net/url"
	"time"
)

const tokenPath = "/uaa/oauth/token" //nolint:gosec // a path, no credential

// uaaClient is the client of people: its secret is empty.
const uaaClient = "opsman"

// tokenClock is what tokens expire by: the foundation's clock, but for its
// pacing.
func (f *Foundation) tokenClock() time.Time { return f.clock.unpaced() }

// postToken is POST /uaa/oauth/token.
func (f *Foundation) postToken(c *call) response {
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return uaaError(http.StatusBadRequest, "invalid_request", "the body is not a form")
	}
	id, secret, valid := c.clientCredentials(form)
	if !valid {
		return badCredentials()
	}
	t := token{client: id, scope: f.opts.Scope, opaque: form.Get("token_format") == "opaque", expires: f.tokenClock().Add(f.opts.TokenTTL)}
	switch form.Get("grant_type") {
	case "password":
		if id != uaaClient || secret != "" {
			return badCredentials()
		}
		if form.Get("username") != f.opts.Username || form.Get("password") != f.opts.Password {
			return badCredentials()
		}
		t.user = form.Get("username")
	case "client_credentials":
		if id != f.opts.ClientID || secret != f.opts.ClientSecret {
			return badCredentials()
		}
		t.user = id
	case "refresh_token":
		user, valid := f.uaa.refreshed(form.Get("refresh_token"))
		if !valid {
			return uaaError(http.StatusUnauthorized, "invalid_token", "The token is not valid")
		}
		t.user = user
	default:
		return uaaError(http.StatusUnauthorized, "unsupported_grant_type", "Unsupported grant type: "+form.Get("grant_type"))
	}
	// What ended lately is told apart from what never was.
	f.uaa.expire(f.tokenClock().Add(-f.opts.TokenTTL))
	body := map[string]any{
		"access_token": f.uaa.issue(t, f.opts.OpaqueLogout), "token_type": "bearer",
		"expires_in": int(f.opts.TokenTTL / time.Second), "jti": uuid(),
	}
	if !f.opts.NoTokenScope {
		body["scope"] = t.scope
	}
	if form.Get("grant_type") == "password" {
		body["refresh_token"] = f.uaa.issueRefresh(t.user)
	}
	return ok(body)
}

// clientCredentials are those of the header, which a client may have escaped and
// says so (facts §8), or of the form.
func (c *call) clientCredentials(form url.Values) (id, secret string, valid bool) {
	id, secret, basic := c.BasicAuth()
	switch {
	case !basic:
		return form.Get("client_id"), form.Get("client_secret"), true
	case c.Header.Get("X-CF-ENCODED-CREDENTIALS") != "true":
		return id, secret, true
	}
	id, wrongID := url.QueryUnescape(id)
	secret, wrongSecret := url.QueryUnescape(secret)
	return id, secret, wrongID == nil && wrongSecret == nil
}

func badCredentials() response {
	return uaaError(http.StatusUnauthorized, "unauthorized", "Bad credentials")
}

func uaaError(status int, code, description string) response {
	return response{status: status, body: map[string]any{"error": code, "error_description": description}}
}

// getTokensExpiration is GET /uaa/tokens_expiration.
func (f *Foundation) getTokensExpiration(*call) response {
	return ok(map[string]any{"tokens_expiration": map[string]any{
		"access_token_expiration": int(f.opts.TokenTTL / time.Second), "refresh_token_expiration": 86400, "session_idle_timeout": 1800,
	}})
}

// putTokensExpiration is PUT /uaa/tokens_expiration; it restarts UAA.
func (f *Foundation) putTokensExpiration(c *call) response {
	var body struct {
		Tokens struct {
			Access int `json:"access_token_expiration"`
		} `json:"tokens_expiration"`
	}
	if err := json.Unmarshal(c.body, &body); err != nil || body.Tokens.Access < 0 {
		return badRequest("tokens_expiration is expected with numbers of seconds")
	}
	if c.dropped {
		return ok(map[string]any{})
	}
	if body.Tokens.Access > 0 {
		f.opts.TokenTTL = time.Duration(body.Tokens.Access) * time.Second
	}
	f.uaa.restart(f.opts.UAADowntime)
	return ok(map[string]any{})
}
