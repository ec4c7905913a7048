package apply

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/shorten"
)

// say writes a line of our own, marked so that it is told from om's log.
func (s *supervision) say(text string) { s.out.Println(s.out.Heading("▸"), text) }

func (s *supervision) warn(text string) { s.out.Println(s.out.Warn("▸"), text) }

// learn takes from the history what it says of how long things take, and what
// products are called.
func (s *supervision) learn(history evidence.History) {
	s.past = learn(history)
	for _, i := range history.List {
		for _, c := range i.Changes {
			s.names[c.GUID] = c.Name()
		}
	}
}

// tell says what our installation has done since the last look, or beats with how
// far it is.
func (s *supervision) tell(pulse *console.Heartbeat) {
	if news := s.course.news(); news != "" {
		s.say(news)
		pulse.Told()
		return
	}
	pulse.Beat(fmt.Sprintf("installation %d: %s", s.course.last.ID, s.course))
}

// heading begins the part of a log that is about a product.
func (s *supervision) heading(guid string) string {
	text := s.out.Heading("▸ " + s.names[guid])
	if before := s.past.took(guid); before != "" {
		text += s.out.Muted(" (" + before + ")")
	}
	return text
}

// behind is a text behind a separator, nothing for no text.
func behind(separator, text string) string {
	if text == "" {
		return ""
	}
	return separator + text
}

// pause waits for d, and returns ctx's error if that ends first.
func (s *supervision) pause(ctx context.Context, d time.Duration) error {
	select {
	case <-s.clock.After(d):
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// patiently repeats a read that fails until Ops Manager has been failing for
// Request.Patience. It is for reads while an installation is on its way,
// when giving up costs more than waiting.
func patiently[T any](ctx context.Context, s *supervision, what string, read func(context.Context) (T, error)) (T, error) {
	var began time.Time
	for {
		value, err := read(ctx)
		if err == nil {
			return value, nil
		}
		if ctx.Err() != nil {
			return value, context.Cause(ctx)
		}
		now := s.clock.Now()
		if began.IsZero() {
			began = now
			s.warn(fmt.Sprintf("Ops Manager does not give %s (%s): trying again for %s", what, s.deps.OpsManager.Redact(err.Error()), s.req.Patience))
		}
		if now.Sub(began) >= s.req.Patience {
			return value, fmt.Errorf("for %s it could not be read what Ops Manager says of %s: %w", s.req.Patience, what, err)
		}
		// An interruption shows at the next turn.
		_ = s.pause(ctx, s.req.Poll)
	}
}

// cannotTell is the error of an installation of ours whose end could not be
// seen.
func (s *supervision) cannotTell(ctx context.Context, id int, err error) error {
	if ctx.Err() != nil {
		return &InterruptedError{ID: id, Ours: true, Cause: context.Cause(ctx)}
	}
	return fmt.Errorf("cannot tell how installation %d goes, so it does not count as applied: %w; look at it in Ops Manager and apply changes again once it has ended", id, err)
}

func join(names []string) string { return strings.Join(names, ", ") }

var (
	// logTime is what Go's logger puts before a line.
	logTime = regexp.MustCompile(`(?m)^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d `)
	// dump is an HTTP answer as om prints it: status line, headers, body.
	dump   = regexp.MustCompile(`(?s)HTTP/[\d.]+ (\d{3}[^\r\n]*)\r?\n(?:[^\r\n]+\r?\n)*\r?\n(.*)`)
	spaces = regexp.MustCompile(`\s+`)
)

// messageSize limits a message to what a person reads.
const messageSize = 1000

// sentence is what om said on standard error, as one line: without time
// stamps, and of an HTTP answer only its status and what its body complains
// of (headers carry cookies).
func sentence(said string, exit error) string {
	said = logTime.ReplaceAllString(said, "")
	said = dump.ReplaceAllStringFunc(said, func(answer string) string {
		parts := dump.FindStringSubmatch(answer)
		return "HTTP " + strings.TrimSpace(parts[1]) + ": " + complaints(parts[2])
	})
	said = shorten.Text(strings.TrimSpace(spaces.ReplaceAllString(said, " ")), messageSize)
	switch {
	case exit == nil:
		return said
	case said == "":
		return fmt.Sprintf("om ended with %s and said nothing", exit)
	}
	return fmt.Sprintf("%s (%s)", said, exit)
}

// complaints are the texts of a JSON body, or the body as it is. om may add a
// tip after it.
func complaints(body string) string {
	var value any
	decoder := json.NewDecoder(strings.NewReader(body))
	if decoder.Decode(&value) != nil {
		return body
	}
	texts := leaves(value)
	if len(texts) == 0 {
		return body
	}
	return strings.Join(texts, "; ") + " " + body[decoder.InputOffset():]
}

// leaves are the strings within a JSON value.
func leaves(value any) []string {
	var texts []string
	switch v := value.(type) {
	case string:
		texts = append(texts, v)
	case []any:
		for _, e := range v {
			texts = append(texts, leaves(e)...)
		}
	case map[string]any:
		for _, key := range sortedKeys(v) {
			texts = append(texts, leaves(v[key])...)
		}
	}
	return texts
}

// surviveClosedOutput makes writing to a standard output that no process reads any
// more an error, which does no harm, instead of the end of this program while its
// installation goes on. Ignoring the signal would do so too, but om would inherit it.
func surviveClosedOutput() {
	// Never read, and in force until the end: what comes after is printed as well.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
}
