// Package vault stands in for the credential manager of Concourse: the part of
// scenario writes.
package vault

import (
	"encoding/json"
	"net/http"
	"sync"

	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/layout"
)

// Where it is, and what Concourse logs in with.
const (
	URL    = "http://127.0.0.1:" + layout.VaultPort
	Token  = "rig"
	Prefix = "/concourse"
)

// Vault is an http.Handler.
type Vault struct {
	mu      sync.Mutex
	secrets map[string]map[string]any
}

// New has no secrets.
func New() *Vault { return &Vault{secrets: map[string]map[string]any{}} }

// ServeHTTP answers like Vault.
func (v *Vault) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Vault-Token") != Token {
		answer(w, http.StatusForbidden, map[string]any{"errors": []string{"permission denied"}})
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case r.URL.Path == "/v1/auth/token/renew-self":
		answer(w, http.StatusBadRequest, map[string]any{"errors": []string{"lease is not renewable"}})
	case r.Method == http.MethodPut || r.Method == http.MethodPost:
		var fields map[string]any
		if err := json.NewDecoder(r.Body).Decode(&fields); err != nil {
			answer(w, http.StatusBadRequest, map[string]any{"errors": []string{err.Error()}})
			return
		}
		v.secrets[r.URL.Path] = fields
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodDelete:
		delete(v.secrets, r.URL.Path)
		w.WriteHeader(http.StatusNoContent)
	case v.secrets[r.URL.Path] != nil:
		answer(w, http.StatusOK, map[string]any{"lease_duration": 0, "data": v.secrets[r.URL.Path]})
	default:
		// Also for the question which version the store has: 404 is version 1.
		answer(w, http.StatusNotFound, map[string]any{"errors": []string{}})
	}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
