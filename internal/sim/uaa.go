package sim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// uaa issues and checks tokens.
type uaa struct {
	key     []byte
	tokens  map[string]token
	refresh map[string]token
	// downUntil is wall clock time; down keeps it down until told otherwise.
	downUntil time.Time
	down      bool
}

// token is one that was issued.
type token struct {
	user, client, scope string
	opaque              bool
	expires             time.Time
}

func (t token) mayWrite() bool { return !strings.HasSuffix(t.scope, "_view") }

func newUAA() uaa {
	return uaa{key: randomBytes(32), tokens: map[string]token{}, refresh: map[string]token{}}
}

func (u *uaa) up() bool { return !u.down && !time.Now().Before(u.downUntil) }

// restart takes UAA down for a while; it forgets the opaque tokens.
func (u *uaa) restart(d time.Duration) {
	u.downUntil = time.Now().Add(d)
	for text, t := range u.tokens {
		if t.opaque {
			delete(u.tokens, text)
		}
	}
}

// forget makes every token invalid.
func (u *uaa) forget() {
	clear(u.tokens)
	clear(u.refresh)
}

// issue makes an access token, as a JWT or opaque.
func (u *uaa) issue(t token, logout bool) string {
	text := hex.EncodeToString(randomBytes(16))
	if !t.opaque {
		text = u.jwt(t)
	} else if logout {
		for other, o := range u.tokens {
			if o.opaque && o.client == t.client && o.user == t.user {
				delete(u.tokens, other)
			}
		}
	}
	u.tokens[text] = t
	return text
}

func (u *uaa) jwt(t token) string {
	part := func(v map[string]any) string {
		b, err := json.Marshal(v)
		if err != nil {
			return ""
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	text := part(map[string]any{"alg": "HS256", "typ": "JWT", "kid": "key-1"}) + "." + part(map[string]any{
		"jti": uuid(), "sub": t.user, "user_name": t.user, "client_id": t.client, "scope": []string{t.scope},
		"exp": t.expires.Unix(), "iss": "https://localhost/uaa/oauth/token",
	})
	mac := hmac.New(sha256.New, u.key)
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// verify reads an Authorization header. The errors are those of Ops Manager.
func (u *uaa) verify(header string, now time.Time) (token, error) {
	invalid := errors.New("Unable to successfully verify the access token with UAA.  Error: 'CF::UAA::InvalidToken - error response'") //nolint:staticcheck // Ops Manager's words
	scheme, text, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "bearer") {
		return token{}, invalid
	}
	t, known := u.tokens[strings.TrimSpace(text)]
	switch {
	case !known:
		return token{}, invalid
	case !now.Before(t.expires):
		return token{}, errors.New("Unable to successfully verify the access token with UAA.  Error: 'CF::UAA::TokenExpired - error response'") //nolint:staticcheck // Ops Manager's words
	}
	return t, nil
}
