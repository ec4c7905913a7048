package opsman_test

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

// Secrets that must never show up anywhere. The passphrase would break JSON
// that is put together by hand.
const (
	password     = `s3cret "Pa\ssw0rd"&+%`
	clientSecret = "cl1ent-s3cret/+=&"
	passphrase   = `open "sesame" \ please`
)

// seen is one request as it arrived.
type seen struct {
	Method, Path, Query, Body string
	Header                    http.Header
}

func (s seen) String() string {
	if s.Query != "" {
		return s.Method + " " + s.Path + "?" + s.Query
	}
	return s.Method + " " + s.Path
}

// server is an Ops Manager that answers by a script: per "METHOD /path" a list
// of handlers, the last of which stays.
type server struct {
	*httptest.Server
	mu          sync.Mutex
	script      map[string][]http.HandlerFunc
	requests    []seen
	connections int
	tokens      int
}

func newServer() *server {
	s := &server{script: map[string][]http.HandlerFunc{}}
	s.Server = httptest.NewUnstartedServer(s)
	// Cut connections are the point of many specs.
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.mu.Lock()
			s.connections++
			s.mu.Unlock()
		}
	}
	s.StartTLS()
	DeferCleanup(s.Close)
	s.on("POST /uaa/oauth/token", s.login)
	s.on("GET /api/v0/info", answer(200, `{"info":{"version":"3.0.25-build.1261"}}`))
	s.on("GET /login/ensure_availability", redirect("/auth/cloudfoundry"))
	return s
}

// login hands out tokens with a number.
func (s *server) login(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	s.tokens++
	number := s.tokens
	s.mu.Unlock()
	answer(200, fmt.Sprintf(`{"access_token":"tok-%d-abcdefgh","token_type":"bearer","expires_in":3600}`, number))(w, nil)
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.requests = append(s.requests, seen{r.Method, r.URL.Path, r.URL.RawQuery, string(body), r.Header.Clone()})
	key := r.Method + " " + r.URL.Path
	handlers := s.script[key]
	if len(handlers) > 1 {
		s.script[key] = handlers[1:]
	}
	s.mu.Unlock()
	if len(handlers) == 0 {
		answer(404, `{"errors":["no such path"]}`)(w, r)
		return
	}
	handlers[0](w, r)
}

// times is the same handler several times.
func times(count int, handler http.HandlerFunc, then ...http.HandlerFunc) []http.HandlerFunc {
	return append(slices.Repeat([]http.HandlerFunc{handler}, count), then...)
}

// on replaces the script of one path.
func (s *server) on(key string, handlers ...http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script[key] = handlers
}

// all are the requests so far, but for those given as "METHOD /path".
func (s *server) all(but ...string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []string
	for _, r := range s.requests {
		if !slices.Contains(but, r.Method+" "+r.Path) {
			list = append(list, r.String())
		}
	}
	return list
}

// sent are the requests to one path.
func (s *server) sent(key string) []seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []seen
	for _, r := range s.requests {
		if r.Method+" "+r.Path == key {
			list = append(list, r)
		}
	}
	return list
}

func (s *server) connected() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections
}

func (s *server) caCert() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
}

func (s *server) config() opsman.Config {
	return opsman.Config{Target: s.URL, Username: "admin", Password: password, CACert: s.caCert()}
}

func answer(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func page(status int) http.HandlerFunc {
	return answer(status, "<html><body>nginx</body></html>", "Content-Type", "text/html; charset=utf-8")
}

func redirect(location string) http.HandlerFunc {
	return answer(302, "<html>moved</html>", "Location", location, "Content-Type", "text/html")
}

// hangUp cuts the connection without an answer.
func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// truncated announces more than it sends.
func truncated(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", fmt.Sprint(len(body)+50))
		w.WriteHeader(http.StatusOK)
		_, _ = io.WriteString(w, body)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

func formOf(s seen) url.Values {
	values, _ := url.ParseQuery(s.Body)
	return values
}

// reopen accepts connections again at an address that was closed.
func (s *server) reopen(ctx context.Context, address string) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		Fail(err.Error())
	}
	again := &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	secure := tls.NewListener(listener, s.TLS)
	go func() { _ = again.Serve(secure) }()
	DeferCleanup(again.Close)
}
