package opsman

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/shorten"
)

const redacted = "[redacted]"

// privateKeys are never shown, whichever key it is.
var privateKeys = evidence.Expression(`(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(-----END [A-Z0-9 ]*PRIVATE KEY-----|$)`)

// webTokens are JSON web tokens, as UAA issues them: om has its own, which we
// never see but in what it prints.
var webTokens = evidence.Expression(`eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`)

// shortSecret is the length below which a secret is replaced only where it
// stands as a word of its own: it would otherwise make every text unreadable.
const shortSecret = 4

// shortLine is the length below which a line of a secret is too common a word to
// be taken out of every text.
const shortLine = 8

// redactor takes our own secrets out of text that a server wrote: answers may
// echo what was sent.
type redactor struct {
	mu      sync.Mutex
	secrets []string
	tokens  [][]string
	// stale tells that there are others than those that the rest was made of. It is
	// made when a text needs it: not before the first request, nor for every token.
	stale    bool
	replacer *strings.Replacer
	short    []*regexp.Regexp
}

func newRedactor(secrets ...string) *redactor {
	r := &redactor{}
	r.add(secrets...)
	return r
}

// basicAuth is the secret form of a client in an Authorization header.
func basicAuth(id, secret string) string {
	if secret == "" {
		return ""
	}
	return base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(id) + ":" + url.QueryEscape(secret)))
}

func (r *redactor) add(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secrets, r.stale = append(r.secrets, secrets...), true
}

// tokensKept is of how many logins the tokens are taken out: those before are
// over, and a process that serves for months logs in for months.
const tokensKept = 8

func (r *redactor) addToken(tokens ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tokens, r.stale = append(r.tokens, tokens), true
	r.tokens = r.tokens[max(0, len(r.tokens)-tokensKept):]
}

// ready is what takes all of them out.
func (r *redactor) ready() (*strings.Replacer, []*regexp.Regexp) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stale {
		r.rebuild()
		r.stale = false
	}
	return r.replacer, r.short
}

// rebuild makes the replacer anew. The caller holds mu.
func (r *redactor) rebuild() {
	known := map[string]bool{}
	for _, secret := range slices.Concat(r.secrets, slices.Concat(r.tokens...)) {
		for _, written := range forms(secret) {
			known[written] = true
		}
	}
	var pairs []string
	r.short = nil
	// Longest first: one secret may be part of another.
	for _, written := range longestFirst(known) {
		if len(written) < shortSecret {
			r.short = append(r.short, regexp.MustCompile(`(^|[^A-Za-z0-9])`+regexp.QuoteMeta(written)+`($|[^A-Za-z0-9])`))
			continue
		}
		pairs = append(pairs, written, redacted)
	}
	r.replacer = strings.NewReplacer(pairs...)
}

// forms are the ways in which a secret can appear in an answer.
func forms(secret string) []string {
	trimmed := strings.TrimSpace(secret)
	if trimmed == "" {
		return nil
	}
	all := []string{url.QueryEscape(trimmed), url.PathEscape(trimmed)}
	for _, s := range distinct(secret, trimmed) {
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			all = append(all, encoding.EncodeToString([]byte(s)))
		}
	}
	for _, s := range distinct(secret, trimmed, visible(secret), oneLine(secret)) {
		all = append(all, s)
		for _, escapeHTML := range []bool{true, false} {
			once := quoted(s, escapeHTML)
			// An answer may quote a request, which is JSON within JSON.
			all = append(all, once, quoted(once, true), quoted(once, false))
		}
	}
	all = distinct(all...)
	all = append(all, cleaned(all)...)
	// A secret of several lines, such as a PEM key, may be echoed line by line.
	if strings.Contains(trimmed, "\n") {
		for line := range strings.Lines(trimmed) {
			line = strings.TrimSpace(line)
			for _, written := range append(cleaned([]string{line}), line) {
				if len(written) >= shortLine && !strings.HasPrefix(written, "-----") {
					all = append(all, written)
				}
			}
		}
	}
	// What holds nothing visible would be found everywhere.
	return slices.DeleteFunc(all, func(written string) bool { return strings.TrimSpace(written) == "" })
}

// distinct sorts texts, and leaves out what is there twice: most secrets look the same in
// most forms.
func distinct(texts ...string) []string {
	slices.Sort(texts)
	return slices.Compact(texts)
}

// cleaned are the forms in a text that was cleaned before it is searched, in both
// ways: what is found in it as it came is then found in it afterwards.
func cleaned(forms []string) []string {
	var all []string
	for _, written := range forms {
		all = append(all, visible(written), oneLine(written))
	}
	return all
}

// quoted is the inside of s as a JSON string.
func quoted(s string, escapeHTML bool) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(escapeHTML)
	if encoder.Encode(s) != nil {
		return s
	}
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(b.String()), `"`), `"`)
}

func longestFirst(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for s := range set {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return list
}

func (r *redactor) text(s string) string {
	replacer, alone := r.ready()
	s = replacer.Replace(s)
	// An expression copies the text, and that twice, where it finds nothing as well.
	if strings.Contains(s, "PRIVATE KEY-----") {
		s = privateKeys().ReplaceAllString(s, redacted)
	}
	if strings.Contains(s, "eyJ") {
		s = webTokens().ReplaceAllString(s, redacted)
	}
	for _, short := range alone {
		s = short.ReplaceAllString(s, "${1}"+redacted+"${2}")
	}
	return s
}

// line is foreign text for a line of ours. It is cleaned first: a secret that
// something invisible breaks up is none to look for, and cleaned afterwards it
// would be whole again.
func (r *redactor) line(s string) string { return r.text(oneLine(s)) }

func (r *redactor) lines(list []string) []string {
	for i, s := range list {
		list[i] = r.line(s)
	}
	return list
}

// err keeps an error's chain and redacts its text, of which a library may have
// taken a part from a server.
func (r *redactor) err(err error) error {
	if _, complete := errors.AsType[typedError](err); err == nil || complete {
		return err
	}
	text := shorten.Text(r.line(err.Error()), textLimit)
	if text == err.Error() {
		return err
	}
	return input.Reworded(text, err)
}
