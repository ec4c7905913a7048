package apply

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"gopkg.in/yaml.v2"
)

// geheim is a value that no message may repeat.
const geheim = `Pl4nted (geheim) 4711`

// FuzzErrandFile: an operator's errand configuration, or a file that was not meant.
func FuzzErrandFile(f *testing.F) {
	for _, content := range []string{
		"errands: {p.mysql: {run_post_deploy: {upgrade-all-service-instances: true}}}\n", "errands:\n  cf:\n    run_pre_delete:\n      x: default\n    run_post_deploy:\n      y: false\n",
		"password: $S\n", "errands: [$S\n", "errands: {cf: {run_post_deploy: {a: &x {b: *x}}}}\n", "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nerrands: [*b,*b,*b,*b]\n", "errands: {a: &a {run_post_deploy: {x: true}}, b: *a, c: {<<: *a}}\n",
		"---\nerrands: {}\n---\n$S\n", "errands: !!binary $S", "$S: $S: $S", strings.Repeat("[", 2000), "errands: {cf: {run_post_deploy: {\"\\u001b\": true}}}", "? {a: b}\n: c", "errands: {cf: {run_post_deploy: {a: true, a: false}}}",
		"\ufefferrands: {cf: }\n", "%YAML 1.1\n---\nerrands: {cf: {run_post_deploy: {a: yes, b: off}}}\n...\n", `{"errands": {"cf": {"run_post_deploy": {"a": true}}}}`, "product-name: $S\n$S: x\nerrands:\n", "$S: &a {run_post_deploy: {a: true}}\nerrands: {cf: {<<: *a, run_pre_delete: }}",
	} {
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content string) {
		path := filepath.Join(t.TempDir(), "errands.yml")
		if err := os.WriteFile(path, []byte(strings.ReplaceAll(content, "$S", geheim)), 0o600); err != nil {
			t.Fatal(err)
		}
		config, warnings, err := readErrands(Request{ErrandsFile: path})
		if err != nil {
			text := err.Error()
			if strings.Contains(text, geheim) || strings.ContainsFunc(text, unicode.IsControl) || len(text) > 4<<10 {
				t.Fatalf("%q", text)
			}
			return
		}
		for _, text := range warnings {
			if strings.Contains(text, geheim) || strings.ContainsFunc(text, unicode.IsControl) || len(text) > 4<<10 {
				t.Fatalf("%q", text)
			}
		}
		// What om is given is read as what was written.
		again, err := yaml.Marshal(config)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, again, 0o600); err != nil {
			t.Fatal(err)
		}
		reread, _, err := readErrands(Request{ErrandsFile: path})
		if err != nil {
			t.Fatalf("%v in\n%s", err, again)
		}
		twice, err := yaml.Marshal(reread)
		if err != nil || !bytes.Equal(twice, again) {
			t.Fatalf("%v: read again it is another:\n%s\n%s", err, again, twice)
		}
	})
}

// FuzzSentence: what om says on standard error.
func FuzzSentence(f *testing.F) {
	for _, said := range []string{
		"2026/01/02 03:04:05 could not execute: failed: HTTP/1.1 422 Unprocessable Entity\r\nSet-Cookie: x\r\n\r\n{\"errors\":[\"no\"]}\ntip", "HTTP/1.1 500 \n\n", "", "x\x00\x1b[2J", strings.Repeat("é", 1000), "HTTP/2 200 OK\n\n" + strings.Repeat("[", 2000),
	} {
		f.Add(said)
	}
	f.Fuzz(func(t *testing.T, said string) {
		text := sentence(said, nil)
		if len(text) > messageSize+len("…") || strings.ContainsAny(text, "\n\r\t") {
			t.Fatalf("%d bytes: %q", len(text), text)
		}
	})
}

var wholeKey = regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?-----END [A-Z0-9 ]*PRIVATE KEY-----`)

// FuzzTranscript: where a log is cut so that no half of a private key is passed on.
func FuzzTranscript(f *testing.F) {
	const key = "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb\n"
	for _, text := range []string{key, key[:30], key + key[:60], "-----BEGIN PRIVATE KEY-----" + strings.Repeat("x", 40_000), "-----BEGIN -----BEGIN PRIVATE KEY-----"} {
		f.Add([]byte(text), 20)
	}
	f.Fuzz(func(t *testing.T, text []byte, at int) {
		end := beforeKey(text)
		if end < 0 || end > len(text) {
			t.Fatalf("%d of %d bytes", end, len(text))
		}
		if len(text) > longestKey {
			return
		}
		// Wherever the text is interrupted, what is passed on of it has whole keys only.
		first := text[:min(max(at, 0), len(text))]
		shown := first[:beforeKey(first)]
		if keyBegins.Match(wholeKey.ReplaceAll(shown, nil)) && !keyEnds.Match(first) {
			t.Fatalf("%q passes on the beginning of a key", shown)
		}
	})
}
