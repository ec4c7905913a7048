package opsman

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"github.com/opsman-ca/opsman-ca/internal/form"
)

// longestName is the size beyond which a name is none, in bytes.
const longestName = 16 << 10

// name is text that is shown to people: one line, without anything that would
// write over a terminal or begin a line of its own.
type name string

// UnmarshalJSON takes any value, as text does.
func (n *name) UnmarshalJSON(raw []byte) error {
	line, plain := plainString(raw)
	if !plain {
		var t text
		if err := t.UnmarshalJSON(raw); err != nil {
			return err
		}
		line = visible(string(t))
	}
	if len(line) > longestName {
		return fmt.Errorf("it holds a name of %d bytes: expected %d at most", len(line), longestName)
	}
	*n = name(line)
	return nil
}

// names is a list of names, a single one or null.
type names []string

// UnmarshalJSON takes any value and collects its strings.
func (n *names) UnmarshalJSON(raw []byte) error {
	*n = namesOf(raw)
	for _, line := range *n {
		if len(line) > longestName {
			return fmt.Errorf("it holds a name of %d bytes: expected %d at most", len(line), longestName)
		}
	}
	return nil
}

// namesOf collects the strings of a value; most lists have none or one.
func namesOf(raw []byte) []string {
	if inside, ok := bytes.CutPrefix(raw, []byte("[")); ok {
		inside = bytes.TrimSuffix(inside, []byte("]"))
		if len(inside) == 0 {
			return nil
		}
		if one, plain := plainString(inside); plain && one != "" && !strings.Contains(one, " ") {
			return []string{one}
		}
	}
	return flatten(raw)
}

// authorityGUID is the GUID of a certificate authority: it becomes a part of
// paths, versions and the names that files are told by.
type authorityGUID string

// UnmarshalJSON takes what checkGUID does, and no GUID at all.
func (g *authorityGUID) UnmarshalJSON(raw []byte) error {
	var written *string
	if err := json.Unmarshal(raw, &written); err != nil {
		return fmt.Errorf("a GUID is no string: %w", errNoGUID)
	}
	if written == nil || *written == "" {
		*g = ""
		return nil
	}
	if err := checkGUID(*written); err != nil {
		return err
	}
	*g = authorityGUID(*written)
	return nil
}

// checkGUID keeps a GUID that is put into a path from changing that path.
func checkGUID(guid string) error {
	if form.GUID.Matches(guid) {
		return nil
	}
	shown := fmt.Sprintf("%q", guid)
	if len(guid) > 128 {
		// A part of it may be a part of a secret.
		shown = fmt.Sprintf("a text of %d bytes", len(guid))
	}
	return fmt.Errorf("%s is not the GUID of a certificate authority: expected letters, digits, - and _, such as f7bc18f34f2a7a9403c3", shown)
}

// visible leaves of foreign text what may be shown within a line: every kind of
// space is a space, and what has no form of its own (control characters, marks
// that turn the direction of writing) is taken out.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
}

// oneLine is visible text without the spaces that it does not need.
func oneLine(s string) string { return strings.Join(strings.Fields(visible(s)), " ") }
