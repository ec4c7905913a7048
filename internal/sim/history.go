package sim

import (
	"slices"
	"time"
)

// history is the installations, oldest first; they keep their own ids when pruned.
type history struct {
	all    []*installation
	lastID int
	// plain: logs have no marks of steps and commands.
	plain bool
}

// add adds one to the history.
func (h *history) add(p *plan, user string, at time.Time) *installation {
	h.lastID++
	in := &installation{
		id: h.lastID, user: user, status: running, started: at, plan: p, plain: h.plain,
		release: make(chan struct{}), killed: make(chan struct{}),
	}
	for _, product := range p.products {
		in.changes = append(in.changes, &change{
			product: product, version: p.versions[product], kind: p.kinds[product], status: pending,
		})
	}
	h.all = append(h.all, in)
	return in
}

// running is the one that a process carries on, or nil: a dead record
// is none.
func (h *history) running() *installation {
	i := slices.IndexFunc(h.all, func(in *installation) bool { return in.status == running && !in.dead })
	if i < 0 {
		return nil
	}
	return h.all[i]
}

// find is the one of that ID, nil where it is not in the history.
func (h *history) find(id int) *installation {
	i := slices.IndexFunc(h.all, func(in *installation) bool { return in.id == id })
	if i < 0 {
		return nil
	}
	return h.all[i]
}

// forget takes installations out of the history.
func (h *history) forget(gone func(*installation) bool) { h.all = slices.DeleteFunc(h.all, gone) }

// keep forgets all but the newest.
func (h *history) keep(newest int) { h.all = slices.Clone(h.all[max(0, len(h.all)-newest):]) }

// renumber has the ids begin again.
func (h *history) renumber() {
	for i, in := range h.all {
		in.id = i + 1
	}
}

// prune forgets installations that began before so many days; orphaned records
// only since 3.0.19 (facts §3.13).
func (f *Foundation) prune(days int) {
	limit := f.clock.now().Add(-time.Duration(days) * day)
	f.history.forget(func(in *installation) bool {
		kept := in.status == running && (!in.dead || !f.v.prunesOrphans())
		return !kept && in.started.Before(limit)
	})
}
