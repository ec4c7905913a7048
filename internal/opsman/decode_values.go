package opsman

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// number is an id that some versions write as a string.
type number int

// UnmarshalJSON takes 42 and "42".
func (n *number) UnmarshalJSON(raw []byte) error {
	text := strings.Trim(string(raw), `"`)
	value, err := strconv.Atoi(text)
	if err != nil {
		return fmt.Errorf("the id %s is not a number", excerpt(raw))
	}
	*n = number(value)
	return nil
}

// toggle is an errand's setting, a bool or a string: "true", "false",
// "default", or empty for none.
type toggle string

// UnmarshalJSON takes true, "true", "default" and null.
func (t *toggle) UnmarshalJSON(raw []byte) error {
	switch text := strings.Trim(string(raw), `"`); text {
	case "null", "":
		*t = ""
	default:
		*t = toggle(visible(text))
	}
	return nil
}

// text is a string where null and other values are harmless.
type text string

// UnmarshalJSON takes any value.
func (t *text) UnmarshalJSON(raw []byte) error {
	if plain, ok := plainString(raw); ok {
		*t = text(plain)
		return nil
	}
	var s string
	if json.Unmarshal(raw, &s) == nil {
		*t = text(s)
		return nil
	}
	// A number as a version, for example, is kept as it is written.
	*t = text(raw)
	return nil
}

// plainString is the text of a JSON string of nothing but printable ASCII, without
// an escape: nearly every string of an answer is one, and twenty thousand
// certificates have three hundred thousand of them.
func plainString(raw []byte) (string, bool) {
	if len(raw) < 2 || raw[0] != '"' {
		return "", false
	}
	inside := raw[1 : len(raw)-1]
	for _, c := range inside {
		if c < ' ' || c > '~' || c == '\\' || c == '"' {
			return "", false
		}
	}
	return string(inside), true
}

// texts is a list of strings, a single string or null.
type texts []string

// UnmarshalJSON takes any value and collects its strings.
func (t *texts) UnmarshalJSON(raw []byte) error {
	*t = flatten(raw)
	return nil
}

// timeLayouts are what Ops Manager was seen to write.
var timeLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999Z0700", "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05 -0700"}

// stamp is a date or a moment; null and "" are none.
type stamp struct{ evidence.Stamp }

// UnmarshalJSON takes a bare date, a moment, "" and null.
func (s *stamp) UnmarshalJSON(raw []byte) error {
	written, plain := plainString(raw)
	if !plain {
		// null stays the empty string.
		if err := json.Unmarshal(raw, &written); err != nil {
			return fmt.Errorf("%s is not a date", excerpt(raw))
		}
	}
	if written == "" {
		return nil
	}
	if len(written) == len(time.DateOnly) {
		if day, err := time.Parse(time.DateOnly, written); err == nil {
			s.Stamp = evidence.Stamp{Time: day, DateOnly: true}
			return nil
		}
	}
	for _, layout := range timeLayouts {
		if moment, err := time.Parse(layout, written); err == nil && placed(moment) {
			s.Stamp = evidence.Stamp{Time: moment.UTC()}
			return nil
		}
	}
	return fmt.Errorf("%s is not a date: expected one such as 2017-01-09 or 2017-01-09T22:47:53Z", excerpt(raw))
}

// placed tells whether it is known how far the zone of a moment is from UTC. Of an
// abbreviation such as CEST no parser knows, and takes it for UTC.
func placed(moment time.Time) bool {
	zone, offset := moment.Zone()
	return offset != 0 || zone == "" || zone == "UTC" || zone == "GMT"
}

// excerpt is a value as a message may repeat it: whole, or not at all, because
// half a secret is not recognised as one.
func excerpt(raw []byte) string {
	const longest = 40
	if len(raw) > longest {
		return fmt.Sprintf("a value of %d bytes", len(raw))
	}
	return visible(string(raw))
}

// decode reads one JSON value.
func decode(from io.Reader, into any) error {
	var raw json.RawMessage
	if err := json.NewDecoder(from).Decode(&raw); err != nil {
		return err
	}
	if err := countable(raw); err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}

var errNoGUID = errors.New("it names no GUID")

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

// toldNames is a list of names of which it matters whether it is there.
type toldNames struct {
	list names
	told bool
}

// UnmarshalJSON takes any value; null tells nothing.
func (t *toldNames) UnmarshalJSON(raw []byte) error {
	t.told = string(raw) != "null"
	return t.list.UnmarshalJSON(raw)
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
	if evidence.GUID.Matches(guid) {
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
	if plain(s) {
		return s
	}
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
func oneLine(s string) string {
	if plain(s) && !strings.Contains(s, " ") {
		return s
	}
	return strings.Join(strings.Fields(visible(s)), " ")
}

// plain tells that text is printable ASCII, in which nothing has to be cleaned: every
// token is, and a check has little else to do.
func plain(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}
