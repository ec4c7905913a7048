package sim

import (
	"slices"
	"time"
)

// selectiveHistory adds an installation a day of the director and one tile, by
// turns: how many a foundation is looked after, and why no single installation
// says that everything is deployed (facts §5.4). They deployed again what was
// deployed already.
func (f *Foundation) selectiveHistory(from, until time.Time) {
	var tiles []*product
	for _, p := range f.products {
		if !p.isDirector() && p.deployed {
			tiles = append(tiles, p)
		}
	}
	if f.opts.SelectiveHistory <= 0 || len(tiles) == 0 {
		return
	}
	plans := make([]*plan, len(tiles))
	for i, p := range tiles {
		plans[i] = f.newPlan(applyRequest{only: []*product{p}, selected: true, past: true})
	}
	for i := range f.opts.SelectiveHistory {
		at := until.Add(-time.Duration(f.opts.SelectiveHistory-i) * day).Truncate(time.Second)
		if at.Before(from) {
			continue
		}
		in := f.newInstallation(plans[i%len(plans)], "admin", at)
		in.past = true
		for _, c := range in.changes {
			c.kind, c.status, c.started, c.finished = kindUnchanged, successful, at, at.Add(usualRoll)
			at = c.finished
		}
		in.finish(succeeded, at)
	}
	slices.SortStableFunc(f.installations, func(a, b *installation) int { return a.started.Compare(b.started) })
	for i, in := range f.installations {
		in.id = i + 1
	}
}

// weatherHistory does to the history what time did to it.
func (f *Foundation) weatherHistory() {
	if f.opts.DaysToKeep > 0 {
		f.prune(f.opts.DaysToKeep)
	}
	if n := len(f.installations); f.opts.DeadRecord && n > 1 {
		f.installations[n-2].orphan()
	}
}

// prune forgets installations that began before so many days; orphaned records
// only since 3.0.19 (facts §3.13).
func (f *Foundation) prune(days int) {
	limit := f.clock.now().Add(-time.Duration(days) * day)
	f.installations = slices.DeleteFunc(f.installations, func(in *installation) bool {
		kept := in.status == running && (!in.dead || !f.v.prunesOrphans())
		return !kept && in.started.Before(limit)
	})
}
