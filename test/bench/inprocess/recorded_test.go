package inprocess_test

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// recorded answers what a simulated foundation answered the first time, so that the
// simulator's own work is not measured.
type recorded struct {
	of      *sim.Foundation
	mu      sync.Mutex
	answers map[string]*httptest.ResponseRecorder
}

// ServeHTTP answers one request.
func (r *recorded) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := q.Method + " " + q.URL.String()
	if r.answers[key] == nil {
		r.answers[key] = httptest.NewRecorder()
		r.of.ServeHTTP(r.answers[key], q)
	}
	answer := r.answers[key]
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// serve records a foundation after these actions of an operator, and gives its
// address and the CA of its web server.
func serve(b *testing.B, o sim.Options, actions ...sim.Action) (url, caPEM string) {
	b.Helper()
	o.VMDelay = -1
	f, err := sim.New(o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(f.Close)
	for _, a := range actions {
		if err := f.Operator(a); err != nil {
			b.Fatal(err)
		}
	}
	server := httptest.NewTLSServer(&recorded{of: f, answers: map[string]*httptest.ResponseRecorder{}})
	b.Cleanup(server.Close)
	return server.URL, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
}
