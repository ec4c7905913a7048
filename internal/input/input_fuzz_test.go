package input_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/opsman-ca/opsman-ca/internal/input"
)

// geheim is a value that no message may repeat.
const geheim = "Pl4nted-geheim/4711"

// printable fails when a message would not stay in its line.
func printable(t *testing.T, text string) {
	t.Helper()
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
		t.Fatalf("%q does not stay in its line", text)
	}
}

// FuzzDecode: any of the objects that an operator writes.
func FuzzDecode(f *testing.F) {
	for _, raw := range []string{
		`{"name":"a","secret":"$S","yes":true,"timeout":"30s","level":"warn","list":["$S"],"part":{"a":[1]}}`, `{"secret":["$S"]}`, `{"secret":{"$S":1}}`,
		`{"name":null,"name":"x"}`, `{"list":["a",1]}`, `[]`, `null`, ``, `{"yes":"$S"}`, `{"timeout":3}`, `{"\u0000\u202e":1}`, `{"name":"a"} {"secret":"$S"}`, `{"secret":"$S`,
	} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		var s settings
		problems := input.Decode([]byte(strings.ReplaceAll(raw, "$S", geheim)), "source", &s)
		for _, problem := range problems {
			printable(t, problem.Error())
		}
		// A key is repeated, and the values that read text; "secret" is neither.
		if strings.Contains(raw, `"secret":"$S`) && !strings.Contains(strings.ReplaceAll(raw, `"secret":"$S`, ""), "$S") {
			for _, problem := range problems {
				if strings.Contains(problem.Error(), geheim) {
					t.Fatalf("%v", problem)
				}
			}
		}
		if len(problems) > 0 {
			return
		}
		if time.Duration(s.Timeout) < 0 {
			t.Fatalf("%v is taken for a duration", s.Timeout)
		}
		if strings.TrimSpace(raw) != "" && !json.Valid([]byte(raw)) {
			t.Fatalf("%q is taken for JSON", raw)
		}
	})
}

// FuzzStrings: a version, as Concourse hands it over.
func FuzzStrings(f *testing.F) {
	for _, raw := range []string{`{"state":"settled","active":"a"}`, `{"a":1}`, `{"a":"x","a":"y"}`, `{"\n":"\u001b"}`, `null`, `"x"`, `{`, `{"a":"` + strings.Repeat("x", 1001) + `"}`} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		texts, err := input.Strings([]byte(raw))
		if err != nil {
			for _, problem := range input.Problems(err) {
				printable(t, problem.Error())
			}
			return
		}
		again, err := json.Marshal(texts)
		if err != nil {
			t.Fatal(err)
		}
		reread, err := input.Strings(again)
		if err != nil || !maps.Equal(texts, reread) {
			t.Fatalf("%v is read again as %v, %v", texts, reread, err)
		}
	})
}

// FuzzDuration: lengths of time, and levels.
func FuzzDuration(f *testing.F) {
	for _, text := range []string{"30s", "-1s", "0", "1h30m", "9999999999h", "1e9s", "µs", "debug", "\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var d input.Duration
		if err := d.UnmarshalText([]byte(text)); err != nil {
			printable(t, err.Error())
		} else {
			var again input.Duration
			if err := again.UnmarshalText([]byte(time.Duration(d).String())); err != nil || again != d || d <= 0 {
				t.Fatalf("%q is %v, and again %v, %v", text, d, again, err)
			}
		}
		var l input.Level
		if err := l.UnmarshalText([]byte(text)); err != nil {
			printable(t, err.Error())
		}
		printable(t, input.Excerpt(text))
		printable(t, input.Name(text))
	})
}
