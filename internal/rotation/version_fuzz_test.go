package rotation_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// valueForm is what a value of a version is made of: it becomes the name of a
// CA in a path, a file, and a line of a page.
var valueForm = regexp.MustCompile(`^[A-Za-z0-9_,:-]+$`)

// FuzzParseVersion: versions, ours and foreign ones.
func FuzzParseVersion(f *testing.F) {
	for _, version := range []string{
		`{"state":"settled","active":"f7bc18f34f2a7a9403c3"}`, `{"state":"generated","active":"a","candidate":"b","installation":"184"}`,
		`{"state":"trusted","active":"a","candidate":"b","installation":"184","turn":"1"}`, `{"state":"replaced","active":"a","retiring":"b","installation":"184","trusted":"183"}`,
		`{"state":"retired","active":"a","removed":"b","installation":"184"}`, `{"state":"blocked","reason":"too-many-cas","cas":"a,b,c","was":"generated","active":"a","candidate":"b","installation":"1"}`,
		`{"state":"renewed","active":"a","installation":"184","renewed":"2026-03-02T10:00:00Z"}`,
		`{"state":"settled","active":"../x"}`, `{"state":"settled","active":"a\nb"}`, `{"state":"paused"}`, `{"ref":"x"}`, `{"state":"settled","active":"a?b#c"}`, `{"state":"settled","active":"a","installation":""}`,
	} {
		f.Add(version)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		var m map[string]string
		if json.Unmarshal([]byte(raw), &m) != nil {
			return
		}
		v, err := rotation.ParseVersion(m)
		if err != nil {
			// Problems have lines of their own, and nothing else begins one.
			for _, line := range strings.Split(err.Error(), "\n") {
				if strings.ContainsFunc(line, unicode.IsControl) {
					t.Fatalf("%q", err.Error())
				}
			}
			if lines := strings.Count(err.Error(), "\n"); lines > len(m)+16 {
				t.Fatalf("%d lines for %d keys: %q", lines, len(m), err.Error())
			}
			return
		}
		given := maps.Clone(m)
		maps.DeleteFunc(given, func(_, value string) bool { return value == "" })
		if rendered := v.Map(); !maps.Equal(rendered, given) {
			t.Fatalf("%v is rendered as %v", given, rendered)
		}
		for key, value := range v.Map() {
			if !valueForm.MatchString(value) {
				t.Fatalf("%s is %q", key, value)
			}
		}
		again, err := rotation.ParseVersion(v.Map())
		if err != nil || again != v {
			t.Fatalf("%v is read again as %v, %v", v, again, err)
		}
	})
}

// FuzzParseWithin: spans such as 3m.
func FuzzParseWithin(f *testing.F) {
	for _, text := range []string{"30d", "6w", "3m", "1y", "99999y", "0d", "-1d", "3", "m", "3m\n", "٣m"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, err := rotation.ParseWithin(text)
		if err != nil {
			return
		}
		if w.String() != text {
			t.Fatalf("%q is %v", text, w)
		}
		from := time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
		if !w.After(from).After(from) {
			t.Fatalf("%v after %v is %v", w, from, w.After(from))
		}
	})
}
