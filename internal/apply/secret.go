package apply

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/url"
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
