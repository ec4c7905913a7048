package console

import (
	"strings"
	"unicode"

	"github.com/opsman-ca/opsman-ca/internal/form"
)

// colours are the only sequences that text may send to a terminal: they change
// how it looks, and nothing of what is there already.
var colours = form.Expression("\x1b\\[[0-9;]{0,32}m")

// Harmless leaves of text lines, tabs and colours. Some of what is written comes
// from elsewhere (names from Ops Manager, the log of an installation), and a
// terminal obeys what it is sent: it would write over lines, change its title, or
// answer.
func Harmless(text string) string {
	if plain(text) {
		return text
	}
	var kept strings.Builder
	at := 0
	for _, colour := range colours().FindAllStringIndex(text, -1) {
		kept.WriteString(strings.Map(shown, text[at:colour[0]]))
		kept.WriteString(text[colour[0]:colour[1]])
		at = colour[1]
	}
	kept.WriteString(strings.Map(shown, text[at:]))
	return kept.String()
}

// plain tells, fast, that there is nothing to take out.
func plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c != '\n' && c != '\t' && (c < ' ' || c > '~') {
			return false
		}
	}
	return true
}

// shown drops control characters but for line feed and tab, and marks that turn
// the direction of writing or have no width.
func shown(r rune) rune {
	switch {
	case r >= ' ' && r <= '~', r == '\n', r == '\t':
		return r
	case r == '\u2028' || r == '\u2029':
		return ' '
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
		return -1
	}
	return r
}
