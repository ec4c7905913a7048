package cli

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/alecthomas/kong"

	"github.com/opsman-ca/opsman-ca/internal/input"
)

// FuzzVariables: the params of a task, as the command's flags take them.
func FuzzVariables(f *testing.F) {
	names := []string{"WAIT_FOR", "STUCK_AFTER", "PATIENCE", "ATTEMPTS", "IGNORE_INSTALLATION", "EXPIRES_WITHIN", "EXCLUDE_FROM_ROTATION", "RECREATE", "REQUIRE_FULL_APPLY", "AGAIN", "DRY_RUN", "ACCEPT", "NO_SERVICE_ERRANDS", "FORCE"}
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
				if text := one.Error(); strings.ContainsFunc(text, unicode.IsControl) || len(text) > 8<<10 {
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
