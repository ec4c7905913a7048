package rig

import (
	"os"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/sim/process"
)

// Leak is a secret in a place that others may read.
type Leak string

// The leaks.
const (
	KeyInLog    Leak = "a private key in the log"
	KeyInArgs   Leak = "a private key among the arguments of om"
	LoginInLog  Leak = "a login in the log"
	LoginInArgs Leak = "a login among the arguments of om"
)

// inspect looks for secrets in what a process wrote, and in what om was called
// with.
func (r *Rig) inspect(e process.Ended) {
	r.look(e.Stdout+e.Stderr, KeyInLog, LoginInLog)
	if args, err := os.ReadFile(r.Path("om.args")); err == nil {
		r.look(string(args), KeyInArgs, LoginInArgs)
	}
}

func (r *Rig) look(text string, key, secret Leak) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if strings.Contains(text, "PRIVATE KEY") {
		r.leaks[key] = true
	}
	for _, s := range []string{password, clientSecret, passphrase} {
		if strings.Contains(text, s) {
			r.leaks[secret] = true
		}
	}
}

// Leaks are all that were found.
func (r *Rig) Leaks() []Leak {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []Leak
	for l := range r.leaks {
		all = append(all, l)
	}
	slices.Sort(all)
	return all
}
