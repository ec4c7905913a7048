package uaa

import (
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/identifiers"
	"github.com/opsman-ca/opsman-ca/internal/sim/web"
)

// TokenPath is where tokens are issued.
const TokenPath = "/uaa/oauth/token" //nolint:gosec // a path, no credential

// uaaClient is the client of people: its secret is empty.
const uaaClient = "opsman"

// PostToken is POST /uaa/oauth/token.
func (u *UAA) PostToken(c *web.Call) web.Response {
	form, err := url.ParseQuery(string(c.Content))
	if err != nil {
		return uaaError(http.StatusBadRequest, "invalid_request", "the body is not a form")
	}
	id, secret, valid := clientCredentials(c, form)
	if !valid {
		return badCredentials()
	}
	t := Token{client: id, scope: u.Scope, opaque: form.Get("token_format") == "opaque", expires: u.Now().Add(u.TokenTTL)}
	switch form.Get("grant_type") {
	case "password":
		if id != uaaClient || secret != "" {
			return badCredentials()
		}
		if form.Get("username") != u.Username || form.Get("password") != u.Password {
			return badCredentials()
		}
		t.User = form.Get("username")
	case "client_credentials":
		if id != u.ClientID || secret != u.ClientSecret {
			return badCredentials()
		}
		t.User = id
	case "refresh_token":
		user, valid := u.refreshed(form.Get("refresh_token"))
		if !valid {
			return uaaError(http.StatusUnauthorized, "invalid_token", "The token is not valid")
		}
		t.User = user
	default:
		return uaaError(http.StatusUnauthorized, "unsupported_grant_type", "Unsupported grant type: "+form.Get("grant_type"))
	}
	// What ended lately is told apart from what never was.
	u.expire(u.Now().Add(-u.TokenTTL))
	body := map[string]any{
		"access_token": u.issue(t), "token_type": "bearer",
		"expires_in": int(u.TokenTTL / time.Second), "jti": identifiers.UUID(),
	}
	if !u.NoTokenScope {
		body["scope"] = t.scope
	}
	if form.Get("grant_type") == "password" {
		body["refresh_token"] = u.issueRefresh(t.User)
	}
	return web.OK(body)
}

// clientCredentials are those of the header, which a client may have escaped and
// says so (facts §8), or of the form.
func clientCredentials(c *web.Call, form url.Values) (id, secret string, valid bool) {
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

func badCredentials() web.Response {
	return uaaError(http.StatusUnauthorized, "unauthorized", "Bad credentials")
}

func uaaError(status int, code, description string) web.Response {
	return web.Response{Status: status, Body: map[string]any{"error": code, "error_description": description}}
}

// GetTokensExpiration is GET /uaa/tokens_expiration.
func (u *UAA) GetTokensExpiration(*web.Call) web.Response {
	return web.OK(map[string]any{"tokens_expiration": map[string]any{
		"access_token_expiration": int(u.TokenTTL / time.Second), "refresh_token_expiration": 86400, "session_idle_timeout": 1800,
	}})
}

// PutTokensExpiration is PUT /uaa/tokens_expiration; it restarts UAA.
func (u *UAA) PutTokensExpiration(c *web.Call) web.Response {
	var body struct {
		Tokens struct {
			Access int `json:"access_token_expiration"`
		} `json:"tokens_expiration"`
	}
	if err := json.Unmarshal(c.Content, &body); err != nil || body.Tokens.Access < 0 {
		return web.BadRequest("tokens_expiration is expected with numbers of seconds")
	}
	if c.Dropped {
		return web.OK(map[string]any{})
	}
	if body.Tokens.Access > 0 {
		u.TokenTTL = time.Duration(body.Tokens.Access) * time.Second
	}
	u.Restart(0)
	return web.OK(map[string]any{})
}
