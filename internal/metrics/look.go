// Package metrics is what is known of a foundation as Prometheus metrics: when its
// CAs and certificates expire, where the rotation stands, and how its last apply
// changes ended.
package metrics

import (
	"context"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/inventory"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// Look is what one look at Ops Manager showed.
type Look struct {
	Foundation string
	// At is the machine's clock when the look was over, Took how long it was.
	At   time.Time
	Took time.Duration
	// Err is why there is nothing else here, nil when there is.
	Err error

	View      foundation.View
	Inventory inventory.Inventory
	// Since is the earliest moment at which the state can have begun, by Ops
	// Manager's clock; zero where nothing tells.
	Since time.Time
}

// Looker looks at one foundation.
type Looker struct {
	API foundation.Reader
	// Foundation tells the metrics of one from those of another.
	Foundation string
	// Cursor is what was known before the first look, nil for nothing.
	Cursor *rotation.Version
	// Redact takes secrets out of what a server says.
	Redact func(string) string
	// Now is the machine's clock.
	Now func() time.Time

	last *Look
}

// Look asks Ops Manager, one request at a time: at most nine with the token. From
// one look to the next it remembers the version, as check does, for Ops Manager
// alone does not tell everything.
func (l *Looker) Look(ctx context.Context) Look {
	began := l.Now()
	look := Look{Foundation: l.Foundation}
	look.View, look.Err = foundation.Marked(ctx, l.API, l.Cursor)
	look.At = l.Now()
	look.Took = look.At.Sub(began)
	if look.Err != nil {
		return look
	}
	e := look.View.Evidence
	look.Inventory = inventory.Of(inventory.Redacted(e, l.Redact))
	look.Since = l.since(look.View)
	version := look.View.Observed.Version
	l.Cursor, l.last = &version, &look
	return look
}

// since is the earliest moment at which the state can have begun: not before the
// last look that saw another, and not before what Ops Manager's records tell.
func (l *Looker) since(view foundation.View) time.Time {
	earliest := begun(view)
	if l.last == nil {
		return earliest
	}
	was, is := l.last.View.Observed.Version, view.Observed.Version
	if was.State == is.State && was.Active == is.Active {
		return later(earliest, l.last.Since)
	}
	return later(earliest, l.last.View.Evidence.At)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// begun is the last record of Ops Manager's that is from before the state, or from
// its begin: it keeps none of activate, regenerate and delete.
func begun(view foundation.View) time.Time {
	s, e := view.Observed, view.Evidence
	var found time.Time
	if s.Active != nil {
		found = s.Active.CreatedOn.Time
	}
	finished := func(id int) {
		if i, known := e.History.Find(id); known && !i.FinishedAt.IsZero() {
			found = later(found, i.FinishedAt)
		}
	}
	switch s.State {
	case rotation.Blocked:
		return time.Time{}
	case rotation.Generated:
		if s.Candidate != nil {
			return s.Candidate.CreatedOn.Time
		}
	case rotation.Trusted:
		finished(s.Trust.Installation)
	case rotation.Replaced:
		finished(s.Deployed.Installation)
	case rotation.Renewed:
		if at, err := time.Parse(time.RFC3339, s.Version.Renewed); err == nil {
			found = later(found, at)
		}
	case rotation.Settled, rotation.Activated, rotation.Regenerated, rotation.Retired:
		finished(rotation.InstallationID(s.Version.Trusted))
		finished(rotation.InstallationID(s.Version.Installation))
	}
	return found
}

// lastApply is the newest installation, false for none.
func lastApply(h evidence.History) (evidence.Installation, bool) { return h.Find(h.Highest()) }
