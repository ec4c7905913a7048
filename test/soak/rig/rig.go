package rig

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/Shopify/toxiproxy/v2"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/soak/schedule"
)

// Secrets that no process may ever write.
const (
	password     = "planted-password-5bd1"
	clientSecret = "planted-client-secret-93c0"
	passphrase   = "planted-passphrase-77fe"
)

// Names of the two logins.
const (
	User   = "admin"
	Client = "rotator"
)

// Rig is one foundation and all that runs against it.
type Rig struct {
	*sim.Foundation
	Schedule schedule.Schedule
	// Folder is the build's, empty at first.
	Folder string
	// First is the GUID of the CA that was there in the beginning.
	First string
	// Target is the URL that the procedure is given.
	Target string
	// CACert signed Ops Manager's web certificate, PEM.
	CACert string

	binaries string
	server   *sim.Server
	proxy    *toxiproxy.Proxy
	actors   sync.WaitGroup

	mu      sync.Mutex
	victim  victim
	journal []string
	leaks   map[Leak]bool
	runs    int
	hung    []string
	began   time.Time
}

// Open serves the foundation of a schedule, with the binaries of a folder, and
// arms all events; shape changes the foundation at last. Close ends it.
func Open(ctx context.Context, s schedule.Schedule, binaries, folder string, shape ...func(*sim.Options)) (*Rig, error) {
	o := sim.Options{
		Version: s.Version, DateOnly: s.DateOnly, CAChangesPending: s.CAChangesPending,
		Tiles: s.Tiles(), TokenTTL: s.TokenTTL, KeyBits: 1024, VMDelay: 3 * time.Millisecond, UAADowntime: 100 * time.Millisecond,
		Username: User, Password: password, ClientID: Client, ClientSecret: clientSecret, Passphrase: passphrase,
	}
	s.Shape(&o)
	for _, change := range shape {
		change(&o)
	}
	f, err := sim.New(o)
	if err != nil {
		return nil, fmt.Errorf("make the foundation: %w", err)
	}
	server, err := sim.ServeOn(ctx, f, "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("serve the foundation: %w", err)
	}
	r := &Rig{
		Foundation: f, Schedule: s, Folder: folder, First: f.Dump().CAs[0].GUID, Target: server.URL, CACert: server.CAPEM,
		binaries: binaries, server: server, leaks: map[Leak]bool{}, began: time.Now(),
	}
	if err := r.prepare(ctx); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func (r *Rig) prepare(ctx context.Context) error {
	if err := r.wrapOm(); err != nil {
		return err
	}
	if r.Schedule.Custom {
		if err := r.writeCustomCA(); err != nil {
			return err
		}
	}
	if r.Schedule.Networked() {
		if err := r.startProxy(); err != nil {
			return err
		}
	}
	for _, e := range r.Schedule.Events {
		if err := r.arm(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// Close ends the foundation, the actors, and every om that is left.
func (r *Rig) Close() {
	r.killOms()
	r.ClearFaults()
	r.server.Close()
	if r.proxy != nil {
		r.proxy.Stop()
	}
	r.actors.Wait()
}

// Note writes a line into the journal, with the number of requests so far.
func (r *Rig) Note(format string, args ...any) {
	requests := r.Requests()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.journal = append(r.journal, fmt.Sprintf("%5d %6.2fs  %s", requests, time.Since(r.began).Seconds(), fmt.Sprintf(format, args...)))
}

// Journal is what happened, line by line.
func (r *Rig) Journal() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string{}, r.journal...)
}

// Runs is how many processes were started, Hung which of them did not end.
func (r *Rig) Runs() (runs int, hung []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.runs, append([]string{}, r.hung...)
}

// Struck counts, by event, how often it struck.
func (r *Rig) Struck() map[string]int {
	struck := map[string]int{}
	for _, e := range r.Schedule.Events {
		if r.Foundation.Struck(e.ID) > 0 {
			struck[e.Name()]++
		}
	}
	return struck
}

// Path of a file in the build's folder.
func (r *Rig) Path(name ...string) string {
	return filepath.Join(append([]string{r.Folder}, name...)...)
}

// write leaves a file that only its owner may read.
func (r *Rig) write(name string, content []byte, mode os.FileMode) error {
	if err := os.WriteFile(r.Path(name), content, mode); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
