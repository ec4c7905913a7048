package sim

import (
	"fmt"
	"slices"
	"time"
)

// NonTile is a BOSH deployment that no tile made, Concourse for example: no apply
// changes reaches it, and it has to be redeployed by hand after each (facts §4.5,
// §8). v1 names it, v0 does not (facts §3.11).
type NonTile struct {
	// Name of the deployment.
	Name string
	Jobs []Job
	// Stemcell as a tile has it.
	Stemcell Stemcell
	// DNS: it has certificates of BOSH DNS, so that the safety checks see it.
	DNS bool
}

// buildNonTiles lays out the deployments that no tile made.
func (f *Foundation) buildNonTiles() {
	for _, n := range f.opts.NonTiles {
		p := &product{
			guid: n.Name, identifier: n.Name, label: n.Name, placed: true, outside: true,
			tile: Tile{Identifier: n.Name, Jobs: n.Jobs, Stemcell: n.Stemcell},
		}
		p.wants = f.stemcellsOf(p.tile)
		p.main = newDeployment(n.Name, p, false)
		for _, job := range n.Jobs {
			// Made by hand with POST /certificates/generate, and kept nowhere.
			r := &leafRecord{name: n.Name + "." + job.Name, product: p, deployments: []*deployment{p.main}, job: job.Name, unlisted: true}
			for i := range job.Instances {
				p.main.vms = append(p.main.vms, &vm{deployment: p.main, job: job.Name, index: i, record: r})
			}
		}
		f.outsiders = append(f.outsiders, p)
		if dns := f.credhubCA(boshDNSCA); n.DNS && dns != nil {
			dns.addLeaf("/p-bosh/"+n.Name+"/dns_api_client_tls", p.main)
		}
	}
}

// everyone are the products and the deployments that no tile made.
func (f *Foundation) everyone() []*product { return slices.Concat(f.products, f.outsiders) }

// firstOutsiders deploys what no tile made, at the time of the foundation's first
// installation.
func (f *Foundation) firstOutsiders() error {
	plan := f.newPlan(applyRequest{force: true, past: true})
	from := later(f.clock.now().Add(-f.opts.LeafAge).Truncate(time.Second), plan.active.cert.NotBefore)
	for _, p := range f.outsiders {
		plan.stemcells[p] = p.wants
		if err := f.redeploy(p, plan, from, true); err != nil {
			return err
		}
	}
	return nil
}

// redeploy brings such a deployment to what the plan carries, with a new leaf
// where the root CA is another one.
func (f *Foundation) redeploy(p *product, plan *plan, from time.Time, recreate bool) error {
	for _, v := range p.main.vms {
		if r := v.record; len(r.versions) == 0 || r.newest().signer != plan.active {
			if err := f.issue(r, plan.active, from); err != nil {
				return err
			}
		}
		plan.leaves[v.record] = v.record.newest()
	}
	f.rollByHand(p.main, plan, recreate)
	return nil
}

// rollByHand brings all VMs of a deployment to what the plan carries.
func (f *Foundation) rollByHand(d *deployment, plan *plan, recreate bool) {
	remade := plan.remakes(d)
	for _, v := range d.vms {
		f.roll(v, plan, recreate)
	}
	d.take(plan, remade)
}

// operatorRedeploy deploys what no tile made again, by hand: one of them or all. Of
// the director it gets what the director was deployed with.
func (f *Foundation) operatorRedeploy(a Action) error {
	found, at := false, f.clock.event()
	for _, p := range f.outsiders {
		if a.Deployment != "" && a.Deployment != p.guid {
			continue
		}
		found = true
		director := f.directorVMs()[0]
		plan := f.newPlan(applyRequest{force: a.Force})
		plan.bundle, plan.active = director.natsTrust, director.natsFrom
		p.wants = f.asked(a, p.wants)
		plan.stemcells[p] = p.wants
		if err := f.redeploy(p, plan, at, a.Recreate); err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("there is no deployment %q that no tile made", a.Deployment)
	}
	return nil
}

// operatorRecreate makes VMs anew, as `bosh -d DEPLOYMENT recreate` does: one
// deployment, or all service instances of a product (facts §4.3). They keep what
// their manifest says, and get NATS trust and credentials of the director.
func (f *Foundation) operatorRecreate(a Action) error {
	director, found := f.directorVMs()[0], false
	for _, p := range f.everyone() {
		for _, d := range p.deployments() {
			if p.isDirector() || a.Deployment != d.name && (a.Product == "" || a.Deployment != "" || !d.serviceInstance || a.Product != p.guid && a.Product != p.identifier) {
				continue
			}
			found = true
			for _, v := range d.vms {
				v.recreations++
				v.natsTrust, v.natsFrom = director.natsTrust, director.natsFrom
			}
		}
	}
	if !found {
		return fmt.Errorf("deployment %q, product %q: there is no such deployment, nor service instances of such a product", a.Deployment, a.Product)
	}
	f.clock.event()
	return nil
}

// byHand is what the vendor asks to be done by hand behind an apply.
func (f *Foundation) byHand(p *plan) {
	if len(f.outsiders) > 0 {
		_ = f.operatorRedeploy(Action{Recreate: p.recreate, Force: p.force}) // there are some
	}
	for _, t := range f.products {
		for _, d := range t.instances[len(t.known()):] {
			f.rollByHand(d, p, p.recreate)
		}
		if p.recreate && len(t.instances) > 0 && !slices.ContainsFunc(t.errands, ErrandSpec.recreates) {
			_ = f.operatorRecreate(Action{Product: t.guid}) // there are some
		}
	}
}

// asked is the stemcell that an action names, where it does.
func (f *Foundation) asked(a Action, now stemcells) stemcells {
	if s, err := ParseStemcell(a.Stemcell); err == nil {
		return stemcells{all: s}
	}
	return now
}

// operatorStemcell stages a stemcell for a product, or for all tiles.
func (f *Foundation) operatorStemcell(a Action) error {
	if _, err := ParseStemcell(a.Stemcell); err != nil {
		return err
	}
	if a.Product != "" {
		p, err := f.product(a.Product)
		if err != nil {
			return err
		}
		p.wants = f.asked(a, p.wants)
		p.stage()
		return nil
	}
	for _, p := range f.products {
		if !p.isDirector() {
			p.wants = f.asked(a, p.wants)
			p.stage()
		}
	}
	return nil
}
