package apply

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
)

// Secret is text that shows as "[redacted]" however it is printed.
type Secret string

const redacted = "[redacted]"

// Format implements fmt.Formatter for every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText implements encoding.TextMarshaler.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// redactor takes secrets out of what others print, also as JSON and as a form
// write them. Very short ones are left: removing "a" would leave nothing to
// read.
func redactor(secrets ...Secret) *strings.Replacer {
	var pairs []string
	for _, s := range secrets {
		if len(s) < 4 {
			continue
		}
		quoted, _ := json.Marshal(string(s)) // cannot fail for a string
		for _, form := range []string{string(quoted[1 : len(quoted)-1]), url.QueryEscape(string(s)), string(s)} {
			pairs = append(pairs, form, redacted)
		}
	}
	return strings.NewReplacer(pairs...)
}

// keyBegins and keyEnds frame a private key in PEM.
var (
	keyBegins = regexp.MustCompile(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----`)
	keyEnds   = regexp.MustCompile(`-----END [A-Z0-9 ]*PRIVATE KEY-----`)
)

// longestKey is the size of a private key beyond which it is none, in bytes.
const longestKey = 32 << 10

// beforeKey is where text has to be held back because a private key has begun
// in it and not ended: half a key would not be recognised as one, and be shown.
func beforeKey(text []byte) int {
	whole := 0
	if ends := keyEnds.FindAllIndex(text, -1); len(ends) > 0 {
		whole = ends[len(ends)-1][1]
	}
	// The first one: a key may be interrupted by another.
	begins := keyBegins.FindIndex(text[whole:])
	if begins == nil {
		return len(text)
	}
	begin := whole + begins[0]
	if len(text)-begin > longestKey {
		return len(text)
	}
	return begin
}
