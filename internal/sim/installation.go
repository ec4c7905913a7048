package sim

import (
	"slices"
	"strings"
	"time"
)

// Statuses of installations and of products within them; two vocabularies, as
// Ops Manager has them.
const (
	running   = "running"
	succeeded = "succeeded"
	failed    = "failed"

	pending    = "pending"
	successful = "successful"
	skipped    = "skipped"
)

// Change types.
const (
	kindAddition  = "addition"
	kindUpdate    = "update"
	kindUnchanged = "unchanged"
	kindDeletion  = "deletion"
)

// installation is one apply changes.
type installation struct {
	id                int
	user, status      string
	started, finished time.Time
	changes           []*change
	plan              *plan
	log               strings.Builder
	// plain: its log has no marks of steps and commands.
	plain bool
	// past: it is of the foundation's history, and its log is written when asked for.
	past bool
	// release ends a stuck installation.
	release chan struct{}
	// dead: the record says running, and nobody carries it on; killed is closed
	// then.
	dead   bool
	killed chan struct{}
}

// change is a product's part in it.
type change struct {
	product           *product
	version           string
	kind, status      string
	started, finished time.Time
}

// newInstallation adds one to the history.
func (f *Foundation) newInstallation(p *plan, user string, at time.Time) *installation {
	f.lastID++
	in := &installation{
		id: f.lastID, user: user, status: running, started: at, plan: p, plain: f.opts.PlainLogs,
		release: make(chan struct{}), killed: make(chan struct{}),
	}
	for _, product := range p.products {
		in.changes = append(in.changes, &change{
			product: product, version: p.versions[product], kind: p.kinds[product], status: pending,
		})
	}
	f.installations = append(f.installations, in)
	return in
}

func (in *installation) finish(status string, at time.Time) { in.status, in.finished = status, at }

// runningInstallation is the one that somebody carries on, or nil: a dead record
// is none.
func (f *Foundation) runningInstallation() *installation {
	i := slices.IndexFunc(f.installations, func(in *installation) bool { return in.status == running && !in.dead })
	if i < 0 {
		return nil
	}
	return f.installations[i]
}

func (f *Foundation) findInstallation(id int) *installation {
	i := slices.IndexFunc(f.installations, func(in *installation) bool { return in.id == id })
	if i < 0 {
		return nil
	}
	return f.installations[i]
}
