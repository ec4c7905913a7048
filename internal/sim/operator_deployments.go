package sim

import (
	"fmt"
	"slices"
)

// redeploy deploys what no tile made again, by hand: one of them or all. Of
// the director it gets what the director was deployed with.
func (o operator) redeploy(a Action) error {
	found, at := false, o.clock.event()
	for _, p := range o.outsiders {
		if a.Deployment != "" && a.Deployment != p.guid {
			continue
		}
		found = true
		director := o.directorVMs()[0]
		plan := o.newPlan(applyRequest{force: a.Force})
		plan.bundle, plan.active = director.natsTrust, director.natsFrom
		p.wants = a.stemcell(p.wants)
		plan.stemcells[p] = p.wants
		if err := o.Foundation.redeploy(p, plan, at, a.Recreate); err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("there is no deployment %q that no tile made", a.Deployment)
	}
	return nil
}

// recreate makes VMs anew, as `bosh -d DEPLOYMENT recreate` does: one
// deployment, or all service instances of a product (facts §4.3). They keep what
// their manifest says, and get NATS trust and credentials of the director.
func (o operator) recreate(a Action) error {
	director, found := o.directorVMs()[0], false
	for _, p := range o.everyone() {
		for _, d := range p.deployments() {
			if p.isDirector() || a.Deployment != d.Name && (a.Product == "" || a.Deployment != "" || !d.ServiceInstance || a.Product != p.guid && a.Product != p.identifier) {
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
	o.clock.event()
	return nil
}

// byHand is what the vendor asks to be done by hand behind an apply.
func (o operator) byHand(p *plan) {
	if len(o.outsiders) > 0 {
		_ = o.redeploy(Action{Recreate: p.recreate, Force: p.force}) // there are some
	}
	for _, t := range o.products {
		for _, d := range t.instances[len(t.known()):] {
			o.rollByHand(d, p, p.recreate)
		}
		if p.recreate && len(t.instances) > 0 && !slices.ContainsFunc(t.errands, ErrandSpec.recreates) {
			_ = o.recreate(Action{Product: t.guid}) // there are some
		}
	}
}

// stemcell is the one that the action names, where it does.
func (a Action) stemcell(now stemcells) stemcells {
	if s, err := ParseStemcell(a.Stemcell); err == nil {
		return stemcells{all: s}
	}
	return now
}

// stemcell stages a stemcell for a product, or for all tiles.
func (o operator) stemcell(a Action) error {
	if _, err := ParseStemcell(a.Stemcell); err != nil {
		return err
	}
	if a.Product != "" {
		p, err := o.product(a.Product)
		if err != nil {
			return err
		}
		p.wants = a.stemcell(p.wants)
		p.stage()
		return nil
	}
	for _, p := range o.products {
		if !p.isDirector() {
			p.wants = a.stemcell(p.wants)
			p.stage()
		}
	}
	return nil
}
