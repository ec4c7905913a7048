package opsman

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

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
		if moment, err := time.Parse(layout, written); err == nil {
			s.Stamp = evidence.Stamp{Time: moment.UTC()}
			return nil
		}
	}
	return fmt.Errorf("%s is not a date: expected one such as 2017-01-09 or 2017-01-09T22:47:53Z", excerpt(raw))
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
