package sim_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// FuzzFaults: the faults that a rehearsal scripts. Whatever is accepted is in force,
// and can be taken away again.
func FuzzFaults(f *testing.F) {
	for _, raw := range []string{
		`{"effect":"answer","path":"/api/v0/installations/*","status":502,"times":-1}`, `{"effect":"warn","warnings":["x"],"skip":2}`, `{"effect":"nothing"}`, `{"effect":"delay","delay":"1h"}`,
		`{"effect":"answer","path":"[","method":"GET"}`, `{"effect":"answer","path":"/**","status":1,"headers":{"a\nb":"c"},"body":"x"}`, `{"effect":"fail-product","product":"cf","times":2}`, `{"unknown":1}`, `[`, `{"effect":"truncate","path":"/api/v0/info"}`,
	} {
		f.Add(raw)
	}
	foundation, err := sim.New(sim.Options{KeyBits: 1024, VMDelay: -1})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(foundation.Close)
	f.Fuzz(func(t *testing.T, raw string) {
		post := func(path, body string) int {
			answer := httptest.NewRecorder()
			foundation.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(body)))
			return answer.Code
		}
		switch code := post("/simulator/faults", raw); code {
		case http.StatusOK, http.StatusBadRequest, http.StatusUnprocessableEntity:
		default:
			t.Fatalf("%q is answered with %d", raw, code)
		}
		foundation.ClearFaults()
		answer := httptest.NewRecorder()
		foundation.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v0/info", http.NoBody))
		if answer.Code != http.StatusOK {
			t.Fatalf("after %q info is answered with %d", raw, answer.Code)
		}
	})
}
