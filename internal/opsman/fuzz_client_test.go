package opsman

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// fuzzSecret is the password of the clients here, which no output may hold.
const fuzzSecret = `Pl4nted "p\ss"&<1>`

// planted puts the secret, in the form that a letter names, where a fuzzed answer
// says so: a server repeats what it was sent.
func planted(text string) string {
	quoted, _ := json.Marshal(fuzzSecret)
	inJSON := string(quoted[1 : len(quoted)-1])
	twice, _ := json.Marshal(inJSON)
	return strings.NewReplacer("$S", fuzzSecret, "$J", inJSON, "$K", string(twice[1:len(twice)-1]),
		"$U", url.QueryEscape(fuzzSecret), "$P", url.PathEscape(fuzzSecret),
		"$B", base64.StdEncoding.EncodeToString([]byte(fuzzSecret))).Replace(text)
}

// forbidden are what an output with the secret would hold.
var forbidden = []string{fuzzSecret, planted("$J"), planted("$K"), planted("$U"), planted("$P"), planted("$B")}

// canned answers every request alike, but for a good login.
type canned struct {
	status int
	kind   string
	body   string
	login  bool
}

// RoundTrip sends nothing.
func (c canned) RoundTrip(req *http.Request) (*http.Response, error) {
	status, kind, body := c.status, c.kind, c.body
	if req.URL.Path == tokenPath && !c.login {
		status, kind, body = http.StatusOK, "application/json", `{"access_token":"fuzz-token-0123456789","token_type":"bearer"}`
	}
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {kind}, "Location": {body}},
		Body:   io.NopCloser(strings.NewReader(body)), ContentLength: -1, Request: req,
	}, nil
}

// cannedClient is one whose Ops Manager gives that answer, and who never waits.
func cannedClient(t *testing.T, answer canned) *Client {
	t.Helper()
	c, err := New(Config{Target: "opsman.example.com", Username: "admin", Password: fuzzSecret, RetryFor: time.Second, UnlockTimeout: time.Second},
		WithSleep(func(context.Context, time.Duration) error { return nil }))
	if err != nil {
		t.Fatal(err)
	}
	answer.status = 200 + (answer.status%400+400)%400
	c.http = &http.Client{Transport: observer{next: answer, client: c}, CheckRedirect: neverFollow}
	return c
}

// shownSafely fails when a text may not be shown: it has the secret in it, or
// something that would not stay in its line, or no end.
func shownSafely(t *testing.T, text string) {
	t.Helper()
	for _, secret := range forbidden {
		if strings.Contains(text, secret) {
			t.Fatalf("the secret %q shows in %q", secret, text)
		}
	}
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
		t.Fatalf("%q does not stay in its line", text)
	}
	if len(text) > 1<<20 {
		t.Fatalf("%d bytes are too many to read", len(text))
	}
}

// harmlessError is shownSafely for an error, and for what of it goes to a log.
func harmlessError(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	shownSafely(t, err.Error())
	var api *APIError
	if errors.As(err, &api) {
		shownSafely(t, strings.Join(append(api.Messages, api.Warnings...), " "))
		for _, v := range api.Violations {
			shownSafely(t, v.String())
		}
		if strings.Contains(api.Excerpt, fuzzSecret) || len(api.Excerpt) > excerptLimit+8 {
			t.Fatalf("the excerpt %q", api.Excerpt)
		}
	}
}

var properGUID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// sameJSON fails when two values differ.
func sameJSON(t *testing.T, one, other any) {
	t.Helper()
	a, errA := json.Marshal(one)
	b, errB := json.Marshal(other)
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Fatalf("read again it is another:\n%s\n%s", a, b)
	}
}

// written is a stamp as Ops Manager writes it.
func written(s evidence.Stamp) any {
	switch {
	case s.IsZero():
		return nil
	case s.DateOnly:
		return s.Time.Format(time.DateOnly)
	}
	return s.Time.Format(time.RFC3339Nano)
}

func moment(t time.Time) any {
	return written(evidence.Stamp{Time: t})
}
