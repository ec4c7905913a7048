// Package uaa is the UAA of a simulated Ops Manager: it issues tokens, checks them, and
// is down while it restarts. Its owner has the lock.
package uaa

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/identifiers"
)

// Settings are who may log in, and what tokens are like.
type Settings struct {
	Username, Password     string
	ClientID, ClientSecret string
	// Scope of the tokens. NoTokenScope: the token's answer does not tell it, the token
	// itself does.
	Scope        string
	NoTokenScope bool
	// TokenTTL is the lifetime of an access token.
	TokenTTL time.Duration
	// OpaqueLogout: a login with opaque tokens invalidates the earlier token of
	// the same client.
	OpaqueLogout bool
	// Downtime is how long a restart takes (wall clock).
	Downtime time.Duration
	// Now is the clock that tokens expire by.
	Now func() time.Time
}

// UAA issues and checks tokens.
type UAA struct {
	Settings
	// key signs JWTs, and refresh tokens, of which nothing else is kept.
	key    []byte
	tokens map[string]Token
	// issued are the tokens in the order of their issue, which is, as a rule, that
	// of their end.
	issued []string
	// downUntil is wall clock time; down keeps it down until told otherwise.
	downUntil time.Time
	down      bool
}

// Token is one that was issued.
type Token struct {
	User          string
	client, scope string
	opaque        bool
	expires       time.Time
}

// MayWrite tells whether one of the scopes is more than a view (facts §2.2).
func (t Token) MayWrite() bool {
	return slices.ContainsFunc(t.scopes(), func(s string) bool {
		return strings.HasPrefix(s, "opsman.") && !strings.HasSuffix(s, "_view")
	})
}

func (t Token) scopes() []string { return strings.Fields(t.scope) }

// New is up, and has issued nothing yet.
func New(s Settings) *UAA {
	return &UAA{Settings: s, key: identifiers.Random(32), tokens: map[string]Token{}}
}

// Up tells whether it answers.
func (u *UAA) Up() bool { return !u.down && !time.Now().Before(u.downUntil) }

// Restart takes UAA down for a while, the usual one when d is 0; it forgets the opaque
// tokens.
func (u *UAA) Restart(d time.Duration) {
	u.downUntil = time.Now().Add(cmp.Or(d, u.Downtime))
	for text, t := range u.tokens {
		if t.opaque {
			delete(u.tokens, text)
		}
	}
}

// Forget makes every token invalid.
func (u *UAA) Forget() {
	clear(u.tokens)
	u.issued, u.key = nil, identifiers.Random(32)
}

// expire drops the tokens that had ended by then: a simulator that runs for days
// would otherwise keep them all.
func (u *UAA) expire(by time.Time) {
	gone := 0
	for _, text := range u.issued {
		if t, known := u.tokens[text]; known && by.Before(t.expires) {
			break
		}
		delete(u.tokens, text)
		gone++
	}
	u.issued = slices.Delete(u.issued, 0, gone)
}

// Kept is how many tokens it remembers.
func (u *UAA) Kept() int { return len(u.tokens) }

// issue makes an access token, as a JWT or opaque.
func (u *UAA) issue(t Token) string {
	text := hex.EncodeToString(identifiers.Random(16))
	if !t.opaque {
		text = u.jwt(t)
	} else if u.OpaqueLogout {
		for other, o := range u.tokens {
			if o.opaque && o.client == t.client && o.User == t.User {
				delete(u.tokens, other)
			}
		}
	}
	u.tokens[text] = t
	u.issued = append(u.issued, text)
	return text
}

// issueRefresh makes a refresh token: the user, in a form that only this UAA can
// make.
func (u *UAA) issueRefresh(user string) string {
	text := hex.EncodeToString(identifiers.Random(16)) + "." + base64.RawURLEncoding.EncodeToString([]byte(user))
	return text + "." + u.mac(text+"-r") + "-r"
}

// refreshed is the user of a refresh token.
func (u *UAA) refreshed(text string) (user string, valid bool) {
	text, isRefresh := strings.CutSuffix(text, "-r")
	i := strings.LastIndexByte(text, '.')
	if !isRefresh || i < 0 || !hmac.Equal([]byte(text[i+1:]), []byte(u.mac(text[:i]+"-r"))) {
		return "", false
	}
	_, encoded, _ := strings.Cut(text[:i], ".")
	name, err := base64.RawURLEncoding.DecodeString(encoded)
	return string(name), err == nil
}

func (u *UAA) mac(text string) string {
	mac := hmac.New(sha256.New, u.key)
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func (u *UAA) jwt(t Token) string {
	part := func(v map[string]any) string {
		b, err := json.Marshal(v)
		if err != nil {
			return ""
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	text := part(map[string]any{"alg": "HS256", "typ": "JWT", "kid": "key-1"}) + "." + part(map[string]any{
		"jti": identifiers.UUID(), "sub": t.User, "user_name": t.User, "client_id": t.client, "scope": t.scopes(),
		"exp": t.expires.Unix(), "iss": "https://localhost/uaa/oauth/token",
	})
	return text + "." + u.mac(text)
}

// Verify reads an Authorization header. The errors are those of Ops Manager.
func (u *UAA) Verify(header string) (Token, error) {
	invalid := errors.New("Unable to successfully verify the access token with UAA.  Error: 'CF::UAA::InvalidToken - error response'") //nolint:staticcheck // Ops Manager's words
	scheme, text, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "bearer") {
		return Token{}, invalid
	}
	t, known := u.tokens[strings.TrimSpace(text)]
	switch {
	case !known:
		return Token{}, invalid
	case !u.Now().Before(t.expires):
		return Token{}, errors.New("Unable to successfully verify the access token with UAA.  Error: 'CF::UAA::TokenExpired - error response'") //nolint:staticcheck // Ops Manager's words
	}
	return t, nil
}
