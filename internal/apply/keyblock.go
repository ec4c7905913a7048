package apply

import "regexp"

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
	begins := keyBegins.FindAllIndex(text, -1)
	if len(begins) == 0 {
		return len(text)
	}
	last := begins[len(begins)-1][0]
	if keyEnds.Match(text[last:]) || len(text)-last > longestKey {
		return len(text)
	}
	return last
}
