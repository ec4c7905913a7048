package console_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/opsman-ca/opsman-ca/internal/console"
)

var colour = regexp.MustCompile("\x1b\\[[0-9;]{0,32}m")

// FuzzHarmless: text from anywhere, written in two pieces.
func FuzzHarmless(f *testing.F) {
	for _, text := range []string{"a\x1b[2Jb", "\x1b[1;31mred\x1b[0m", "\x1b]0;t\x07", "\u009b2J", "\x9b", "\x1b\x1b[1m[2J", "\x1b[3\x001m", "\r\n\v", "\u202e", "\x1b["} {
		f.Add(text, "1A")
	}
	f.Fuzz(func(t *testing.T, one, other string) {
		shown := console.Harmless(one) + console.Harmless(other)
		rest := colour.ReplaceAllString(shown, "")
		if strings.ContainsFunc(rest, func(r rune) bool {
			return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r))
		}) {
			t.Fatalf("%q and %q are written as %q", one, other, shown)
		}
		if again := console.Harmless(shown); again != shown {
			t.Fatalf("%q becomes %q", shown, again)
		}
		if strings.Count(shown, "\n") != strings.Count(one+other, "\n") {
			t.Fatalf("lines of %q and %q are others in %q", one, other, shown)
		}
	})
}
