// Package schedule decides when the stand-in for the time resource fires: when a
// scenario says so.
package schedule

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// Schedules are lists of times by name.
type Schedules struct {
	mu    sync.Mutex
	fired map[string][]Firing
	now   func() time.Time
}

// Firing is a version of the resource.
type Firing struct {
	Time string `json:"time"`
}

// New has none.
func New(now func() time.Time) *Schedules {
	return &Schedules{fired: map[string][]Firing{}, now: now}
}

// Register adds GET /schedules/{name}, the times so far, and POST, one more.
func (s *Schedules) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /schedules/{name}", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		reply(w, append([]Firing{}, s.fired[r.PathValue("name")]...))
	})
	mux.HandleFunc("POST /schedules/{name}", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		name, fires := r.PathValue("name"), Firing{s.now().UTC().Format(time.RFC3339Nano)}
		s.fired[name] = append(s.fired[name], fires)
		reply(w, fires)
	})
}

func reply(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}
