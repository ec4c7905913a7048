package apply

import (
	"fmt"
	"io"
	"log/slog"
	"regexp"
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
