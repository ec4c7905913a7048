package sim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
)

// uaa issues and checks tokens.
type uaa struct {
	// key signs JWTs, and refresh tokens, of which nothing else is kept.
	key    []byte
	tokens map[string]token
	// issued are the tokens in the order of their issue, which is, as a rule, that
	// of their end.
	issued []string
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

// mayWrite tells whether one of the scopes is more than a view (facts §2.2).
func (t token) mayWrite() bool {
	return slices.ContainsFunc(t.scopes(), func(s string) bool {
		return strings.HasPrefix(s, "opsman.") && !strings.HasSuffix(s, "_view")
	})
}

func (t token) scopes() []string { return strings.Fields(t.scope) }

func newUAA() uaa {
	return uaa{key: randomBytes(32), tokens: map[string]token{}}
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
	u.issued, u.key = nil, randomBytes(32)
}

// expire drops the tokens that had ended by then: a simulator that runs for days
// would otherwise keep them all.
func (u *uaa) expire(by time.Time) {
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
	u.issued = append(u.issued, text)
	return text
}

// issueRefresh makes a refresh token: the user, in a form that only this UAA can
// make.
func (u *uaa) issueRefresh(user string) string {
	text := hex.EncodeToString(randomBytes(16)) + "." + base64.RawURLEncoding.EncodeToString([]byte(user))
	return text + "." + u.mac(text+"-r") + "-r"
}

// refreshed is the user of a refresh token.
func (u *uaa) refreshed(text string) (user string, valid bool) {
	text, isRefresh := strings.CutSuffix(text, "-r")
	i := strings.LastIndexByte(text, '.')
	if !isRefresh || i < 0 || !hmac.Equal([]byte(text[i+1:]), []byte(u.mac(text[:i]+"-r"))) {
		return "", false
	}
	_, encoded, _ := strings.Cut(text[:i], ".")
	name, err := base64.RawURLEncoding.DecodeString(encoded)
	return string(name), err == nil
}

func (u *uaa) mac(text string) string {
	mac := hmac.New(sha256.New, u.key)
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
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
		"jti": uuid(), "sub": t.user, "user_name": t.user, "client_id": t.client, "scope": t.scopes(),
		"exp": t.expires.Unix(), "iss": "https://localhost/uaa/oauth/token",
	})
	return text + "." + u.mac(text)
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
