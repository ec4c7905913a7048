package sim

import (
	"fmt"
	"slices"
	"time"
)

// fillHistory adds installations between two times until there are as many as
// the options say. They deployed again what was deployed already.
func (b builder) fillHistory(from, until time.Time) {
	missing := b.opts.History - len(b.history.all)
	if missing <= 0 {
		return
	}
	p := b.newPlan(applyRequest{past: true})
	step := until.Sub(from) / time.Duration(missing+1)
	for i := range missing {
		at := from.Add(time.Duration(i) * step).Truncate(time.Second)
		in := b.history.add(p, "admin", at)
		took := min(usualRoll, step/time.Duration(2*len(in.changes)))
		for _, c := range in.changes {
			c.kind, c.status, c.started, c.finished = kindUnchanged, successful, at, at.Add(took)
			at = c.finished
		}
		in.past = true
		in.finish(succeeded, at)
	}
}

// leavesBelow is how many leaves each CA of the further certificates has.
const leavesBelow = 99

// listMore lists further certificates, as of the service instances of a large
// foundation: CAs in CredHub with leaves, a tenth of which is excluded from
// rotation. They expire over the years to come.
func (b builder) listMore(from time.Time) {
	for number := 0; number < b.opts.MoreCertificates; {
		deployment := []string{fmt.Sprintf("service-instance_%08d-4b1d-4c5e-9f6a-000000000000", number)}
		prefix := "/p-bosh/" + deployment[0]
		add := func(name, issuer string, isCA bool) certificate {
			number++
			return certificate{
				name: prefix + name, location: "credhub", issuer: issuer, isCA: isCA,
				from: from, until: from.Add(b.opts.LeafValidity + time.Duration(number%1000)*day),
				deployments: deployment, outdated: []string{}, excluded: number%10 == 0, procedure: "Standard Leaf Procedure",
			}
		}
		authority := add("/service_ca", "/CN=root", true)
		for i := 0; i < leavesBelow && number < b.opts.MoreCertificates; i++ {
			authority.signs = append(authority.signs, add(fmt.Sprintf("/leaf-%02d_tls", i), "/CN="+prefix+"/service_ca", false))
		}
		b.listed = append(b.listed, authority)
	}
}

// selectiveHistory adds an installation a day of the director and one tile, by
// turns: how many a foundation is looked after, and why no single installation
// says that everything is deployed (facts §5.4). They deployed again what was
// deployed already.
func (b builder) selectiveHistory(from, until time.Time) {
	var tiles []*product
	for _, p := range b.products {
		if !p.isDirector() && p.deployed {
			tiles = append(tiles, p)
		}
	}
	if b.opts.SelectiveHistory <= 0 || len(tiles) == 0 {
		return
	}
	plans := make([]*plan, len(tiles))
	for i, p := range tiles {
		plans[i] = b.newPlan(applyRequest{only: []*product{p}, selected: true, past: true})
	}
	for i := range b.opts.SelectiveHistory {
		at := until.Add(-time.Duration(b.opts.SelectiveHistory-i) * day).Truncate(time.Second)
		if at.Before(from) {
			continue
		}
		in := b.history.add(plans[i%len(plans)], "admin", at)
		in.past = true
		for _, c := range in.changes {
			c.kind, c.status, c.started, c.finished = kindUnchanged, successful, at, at.Add(usualRoll)
			at = c.finished
		}
		in.finish(succeeded, at)
	}
	slices.SortStableFunc(b.history.all, func(a, b *installation) int { return a.started.Compare(b.started) })
	b.history.renumber()
}

// weatherHistory does to the history what time did to it.
func (b builder) weatherHistory() {
	if b.opts.DaysToKeep > 0 {
		b.prune(b.opts.DaysToKeep)
	}
	if n := len(b.history.all); b.opts.DeadRecord && n > 1 {
		b.history.all[n-2].orphan()
	}
}

// seedHistory has as many deployments of everything as a rotation makes, since
// the newest certificate: nothing of an earlier rotation is outstanding.
func (b builder) seedHistory(created, newest time.Time) {
	const deployments = 3
	first := created.Add(10 * time.Minute)
	if newest.Before(first) {
		newest = first
	}
	pace := min(b.clock.now().Sub(newest)/(deployments+2), 24*time.Hour)
	took := max(0, min(pace/time.Duration(len(b.products)+1), usualRoll))
	b.seedInstallation(kindAddition, created.Add(took/2), took)
	for i := range deployments {
		b.seedInstallation(kindUnchanged, newest.Add(max(pace, 0)*time.Duration(i+1)), took)
	}
}

// seedInstallation is an installation that succeeded for everything at that
// time; each product took as long.
func (f *Foundation) seedInstallation(kind string, at time.Time, took time.Duration) {
	p := f.newPlan(applyRequest{force: true, past: true})
	in := f.history.add(p, "admin", at)
	for _, c := range in.changes {
		c.kind, c.status, c.started, c.finished = kind, successful, at, at.Add(took)
		for _, d := range c.product.deployments() {
			for _, v := range d.vms {
				f.roll(v, p, true)
			}
			d.take(p, true)
		}
		f.deploys++
		c.product.deployedAt = f.deploys
		at = c.finished
	}
	in.past = true
	in.finish(succeeded, at)
}

// usualRoll is how long a product took in the past.
const usualRoll = 20 * time.Minute
