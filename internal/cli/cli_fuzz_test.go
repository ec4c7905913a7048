package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/alecthomas/kong"

	"github.com/opsman-ca/opsman-ca/internal/input"
)

// FuzzVariables: the params of a task, as the command's flags take them.
func FuzzVariables(f *testing.F) {
	names := []string{"WAIT_FOR", "STUCK_AFTER", "PATIENCE", "ATTEMPTS", "IGNORE_INSTALLATION", "EXPIRES_WITHIN", "RECREATE", "AGAIN", "DRY_RUN", "ACCEPT", "NO_SERVICE_ERRANDS", "FORCE"}
	for at, value := range []string{"12h", "-1s", "0", "3", "12, 13", "3m", "true", "yes", "", "pending-changes, certificates-unknown", "a\nb", "\x1b[2J", "../../x", "99999999999999999999"} {
		f.Add(at, value)
	}
	f.Fuzz(func(t *testing.T, at int, value string) {
		name := names[(at%len(names)+len(names))%len(names)]
		for _, command := range []string{"rotate", "apply-changes"} {
			var line commands
			given := newVariables([]string{name + "=" + value})
			left := -1
			parser, err := kong.New(&line, append(mappers(), kong.Name("opsman-ca"), kong.Writers(io.Discard, io.Discard), kong.Resolvers(given), kong.Exit(func(code int) { left = code }))...)
			if err != nil {
				t.Fatal(err)
			}
			_, err = parser.Parse([]string{command})
			if left >= 0 {
				t.Fatalf("%s=%q ends the program", name, value)
			}
			for _, one := range input.Problems(errors.Join(append(given.problems, err)...)) {
				if text := given.called(one.Error()); strings.ContainsFunc(text, unicode.IsControl) || len(text) > 8<<10 {
					t.Fatalf("%s=%q: %q", name, value, text)
				}
			}
			if err != nil || len(given.problems) > 0 || command != "apply-changes" {
				continue
			}
			for _, d := range []time.Duration{line.Apply.WaitFor, line.Apply.StuckAfter, line.Apply.Patience} {
				if d <= 0 {
					t.Fatalf("%s=%q gives %v", name, value, d)
				}
			}
			if line.Apply.Attempts < 1 {
				t.Fatalf("%s=%q gives %d attempts", name, value, line.Apply.Attempts)
			}
		}
	})
}

// FuzzRenewal: leaf-only.json, which an earlier step left.
func FuzzRenewal(f *testing.F) {
	for _, raw := range []string{
		`{"active":"f7bc18f34f2a7a9403c3","installation":184,"regenerated_at":"2026-01-02T03:04:05Z"}`, `{}`, `null`, `[]`, `geheim`, `{"installation":"$S"}`, `{"active":"\u001b[2J","installation":-1}`, `{"regenerated_at":"-262144-01-01T00:00:00Z"}`,
	} {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		folder := t.TempDir()
		path := filepath.Join(folder, renewalFile)
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := renewal("--from", folder)
		if err != nil {
			if text := err.Error(); strings.ContainsFunc(text, unicode.IsControl) || len(raw) > 20 && strings.Contains(text, string(raw)) {
				t.Fatalf("%q", text)
			}
			return
		}
		if r == nil {
			return
		}
		if err := (inHand{To: folder}).writeRenewal(r.Active, r); err != nil {
			t.Fatal(err)
		}
		again, err := renewal("--from", folder)
		if err != nil || again == nil || again.Active != r.Active || again.Installation != r.Installation || !again.At.Equal(r.At) {
			t.Fatalf("%+v is read again as %+v, %v", r, again, err)
		}
	})
}
