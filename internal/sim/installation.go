package sim

import (
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
	// dead: the record says running, and no process carries it on; killed is closed
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

func (in *installation) finish(status string, at time.Time) { in.status, in.finished = status, at }
