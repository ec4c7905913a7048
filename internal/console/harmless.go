package console

import (
	"strings"
	"unicode"
)

// Harmless leaves of text lines, tabs and colours. Some of what is written comes
// from elsewhere (names from Ops Manager, the log of an installation), and a
// terminal obeys what it is sent: it would write over lines, change its title, or
// answer.
func Harmless(text string) string {
	if plain(text) {
		return text
	}
	var kept strings.Builder
	for text != "" {
		escape := strings.IndexByte(text, '\x1b')
		if escape < 0 {
			escape = len(text)
		}
		kept.WriteString(strings.Map(shown, text[:escape]))
		text = text[escape:]
		coloured := colour(text)
		kept.WriteString(text[:coloured])
		text = text[min(len(text), max(coloured, 1)):]
	}
	return kept.String()
}

// colour is the length of the sequence at the beginning of text that changes how
// what follows looks, 0 for none. Such ones are all that text may send to a terminal:
// they change nothing of what is there already.
func colour(text string) int {
	const most = 32
	after, found := strings.CutPrefix(text, "\x1b[")
	if !found {
		return 0
	}
	rest := strings.TrimLeft(after, "0123456789;")
	numbers := len(after) - len(rest)
	if numbers > most || !strings.HasPrefix(rest, "m") {
		return 0
	}
	return len("\x1b[") + numbers + len("m")
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
