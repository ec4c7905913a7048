package sim

import (
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/sim/credhub"
)

// A tile is staged before it is deployed for the first time, and stays deployed
// when it is staged for deletion, until changes are applied (facts §8).

// What pending_changes says of a tile.
const (
	actionInstall   = "install"
	actionUpdate    = "update"
	actionDelete    = "delete"
	actionUnchanged = "unchanged"
)

// staged tells whether it is among the staged products.
func (p *product) staged() bool { return !p.deleting }

func (p *product) pendingAction() string {
	switch {
	case p.deleting:
		return actionDelete
	case !p.deployed:
		return actionInstall
	case p.changed():
		return actionUpdate
	}
	return actionUnchanged
}

func (p *product) changeKind() string {
	return map[string]string{
		actionInstall: kindAddition, actionUpdate: kindUpdate, actionDelete: kindDeletion, actionUnchanged: kindUnchanged,
	}[p.pendingAction()]
}

// firstDeployment gives a tile that was never deployed its VMs and certificates,
// of what the plan carries.
func (ap applying) firstDeployment(p *product) error {
	ap.mu.Lock()
	defer ap.mu.Unlock()
	if p.placed {
		return nil
	}
	ap.place(p)
	if !ap.knownCertificates() {
		ap.addCredHubOf(p)
	}
	at := ap.clock.now()
	for _, r := range ap.records {
		if len(r.versions) > 0 {
			continue
		}
		if err := ap.issueFirst(r, ap.in.plan.active, at); err != nil {
			return err
		}
		ap.in.plan.leaves[r] = r.newest()
	}
	ap.credhub.FirstVersions(ap.clock.now(), at, at)
	for _, d := range p.deployments() {
		for _, v := range d.vms {
			ap.roll(v, ap.in.plan, false)
		}
		d.take(ap.in.plan, true)
		ap.credhub.TakeFirst(d.Deployment)
	}
	return nil
}

// deleteProduct runs the errands that go before, then deletes the deployment.
func (ap applying) deleteProduct(p *product) error {
	for _, e := range ap.in.plan.errands[p] {
		if err := ap.runErrand(p, e); err != nil {
			return err
		}
	}
	return ap.command(p.boshCommand("delete-deployment"), func() error {
		if err := ap.stuck(p); err != nil {
			return err
		}
		ap.update(func() { ap.forget(p) })
		return nil
	})
}

// forget removes a product with its VMs and certificates.
func (f *Foundation) forget(p *product) {
	f.products = slices.DeleteFunc(slices.Clone(f.products), func(other *product) bool { return other == p })
	f.records = slices.DeleteFunc(slices.Clone(f.records), func(r *leafRecord) bool { return r.product == p })
	f.credhub.ForgetDeployments(inCredHub(p.deployments()))
	f.credhub.Forget(func(c *credhub.CA) bool {
		return len(c.Leaves) == 0 && strings.HasPrefix(c.Path, "/p-bosh/"+p.guid+"/")
	})
	f.listed = slices.DeleteFunc(slices.Clone(f.listed), func(c certificate) bool { return c.productGUID == p.guid })
}

// revert takes staged changes back; it is false when there are none.
func (f *Foundation) revert(pretend bool) bool {
	changed := slices.ContainsFunc(f.products, func(p *product) bool { return p.pendingAction() != actionUnchanged })
	if !changed || pretend {
		return changed
	}
	f.products = slices.DeleteFunc(slices.Clone(f.products), func(p *product) bool { return !p.deployed })
	for _, p := range f.products {
		p.deleting = false
		p.deployedRevision, p.version, p.wants = p.revision, p.deployedVersion, p.had
	}
	return true
}
