package sim

import (
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/credhub"
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
func (b builder) buildNonTiles() {
	for _, n := range b.opts.NonTiles {
		p := &product{
			guid: n.Name, identifier: n.Name, label: n.Name, placed: true, outside: true,
			tile: Tile{Identifier: n.Name, Jobs: n.Jobs, Stemcell: n.Stemcell},
		}
		p.wants = b.stemcellsOf(p.tile)
		p.main = newDeployment(n.Name, p, false)
		for _, job := range n.Jobs {
			// Made by hand with POST /certificates/generate, and kept nowhere.
			r := &leafRecord{name: n.Name + "." + job.Name, product: p, deployments: []*deployment{p.main}, job: job.Name, unlisted: true}
			for i := range job.Instances {
				p.main.vms = append(p.main.vms, &vm{deployment: p.main, job: job.Name, index: i, record: r})
			}
		}
		b.outsiders = append(b.outsiders, p)
		if dns := b.credhub.Find(credhub.BOSHDNSCA); n.DNS && dns != nil {
			dns.AddLeaf("/p-bosh/"+n.Name+"/dns_api_client_tls", p.main.Deployment)
		}
	}
}

// firstOutsiders deploys what no tile made, at the time of the foundation's first
// installation.
func (b builder) firstOutsiders() error {
	plan := b.newPlan(applyRequest{force: true, past: true})
	from := later(b.clock.now().Add(-b.opts.LeafAge).Truncate(time.Second), plan.active.Cert.NotBefore)
	for _, p := range b.outsiders {
		plan.stemcells[p] = p.wants
		if err := b.redeploy(p, plan, from, true); err != nil {
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
