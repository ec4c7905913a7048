package opsman

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// Scopes are what the token of our login may do, as the answer to the last login told
// it. It sends nothing: before the first login nothing is known.
func (c *Client) Scopes() evidence.Scopes {
	c.token.mu.Lock()
	defer c.token.mu.Unlock()
	return c.token.scopes
}

// tell keeps what a new token may do.
func (t *token) tell(scopes evidence.Scopes) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.scopes = scopes
}

// scopesOf reads the scopes of an answer to a login, or else those of its token. The
// token's signature is of no interest: it is about our own rights, and came by the
// same connection.
func scopesOf(answered any, token string) evidence.Scopes {
	for _, said := range []any{answered, claimed(token)} {
		if list := scopeList(said); len(list) > 0 {
			return evidence.Scopes{Asked: true, List: list}
		}
	}
	return evidence.Scopes{Asked: true, Unknown: "neither the answer to the login nor its token tells any scope"}
}

// scopeList are the scopes of a text with blanks between them, or of a list.
func scopeList(said any) []string {
	var list []string
	switch said := said.(type) {
	case string:
		list = strings.Fields(visible(said))
	case []any:
		for _, each := range said {
			if text, ok := each.(string); ok {
				list = append(list, strings.Fields(visible(text))...)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// claimed is the claim "scope" of a JSON web token, nil where it is none.
func claimed(token string) any {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return nil
	}
	var claims struct {
		Scope any `json:"scope"`
	}
	if json.Unmarshal(raw, &claims) != nil {
		return nil
	}
	return claims.Scope
}
