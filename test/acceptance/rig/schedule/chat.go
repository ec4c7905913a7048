package schedule

import (
	"io"
	"net/http"
	"sync"
)

// Chats are what was told, by the chat's name.
type Chats struct {
	mu   sync.Mutex
	told map[string][]string
}

// NewChats has none.
func NewChats() *Chats { return &Chats{told: map[string][]string{}} }

// Register adds POST /chats/{name}, a text for the chat, and GET, all of them.
func (c *Chats) Register(mux *http.ServeMux) {
	mux.HandleFunc("POST /chats/{name}", func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		name := r.PathValue("name")
		c.told[name] = append(c.told[name], string(text))
	})
	mux.HandleFunc("GET /chats/{name}", func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		reply(w, append([]string{}, c.told[r.PathValue("name")]...))
	})
}
