package sim

import (
	"fmt"
	"slices"
	"strings"
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

// operatorAddTile stages a tile that was never deployed: a broker without
// instances, with the errands of a service tile.
func (f *Foundation) operatorAddTile(a Action) error {
	if a.Product == "" || f.findProduct(a.Product) != nil {
		return fmt.Errorf("product %q: expected the identifier of a tile that is not staged yet", a.Product)
	}
	version := a.Version
	if version == "" {
		version = "1.0.0"
	}
	tile := ServiceTile(a.Product, a.Product, version, 0, Job{"broker", 1}, Job{})
	tile.NeverDeployed = true
	f.addProduct(tile)
	return nil
}

// operatorDeleteTile stages a tile for deletion.
func (f *Foundation) operatorDeleteTile(a Action) error {
	p, err := f.product(a.Product)
	switch {
	case err != nil:
		return err
	case p.isDirector():
		return fmt.Errorf("the director cannot be deleted")
	case !p.deployed:
		f.products = slices.DeleteFunc(slices.Clone(f.products), func(other *product) bool { return other == p })
	default:
		p.deleting = true
	}
	return nil
}

// firstDeployment gives a tile that was never deployed its VMs and certificates,
// of what the plan carries.
func (f *Foundation) firstDeployment(in *installation, p *product) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p.placed {
		return nil
	}
	f.place(p)
	if !f.knownCertificates() {
		f.addCredHubOf(p)
	}
	at := f.clock.now()
	for _, r := range f.records {
		if len(r.versions) > 0 {
			continue
		}
		if err := f.issueFirst(r, in.plan.active, at); err != nil {
			return err
		}
		in.plan.leaves[r] = r.newest()
	}
	f.firstVersions(at, at)
	for _, d := range p.deployments() {
		for _, v := range d.vms {
			f.roll(v, in.plan, false)
		}
		d.take(in.plan, true)
		d.takeFirst(f.credhub)
	}
	return nil
}

// takeFirst gives a new deployment the CredHub certificates that no plan has:
// those made for it.
func (d *deployment) takeFirst(all []*credhubCA) {
	for _, c := range all {
		for _, l := range c.leaves {
			if slices.Contains(l.deployments, d) && d.runs[l] == nil {
				d.runs[l], d.trusts[c] = l.newest(), c.trusted()
			}
		}
	}
}

// deleteProduct runs the errands that go before, then deletes the deployment.
func (f *Foundation) deleteProduct(in *installation, p *product) error {
	for _, e := range in.plan.errands[p] {
		if err := f.runErrand(in, p, e); err != nil {
			return err
		}
	}
	return f.command(in, p.boshCommand("delete-deployment"), func() error {
		if err := f.stuck(in, p); err != nil {
			return err
		}
		f.update(func() { f.forget(p) })
		return nil
	})
}

// forget removes a product with its VMs and certificates.
func (f *Foundation) forget(p *product) {
	f.products = slices.DeleteFunc(slices.Clone(f.products), func(other *product) bool { return other == p })
	f.records = slices.DeleteFunc(slices.Clone(f.records), func(r *leafRecord) bool { return r.product == p })
	gone := p.deployments()
	for _, c := range f.credhub {
		for _, l := range c.leaves {
			l.deployments = slices.DeleteFunc(slices.Clone(l.deployments), func(d *deployment) bool { return slices.Contains(gone, d) })
		}
		c.leaves = slices.DeleteFunc(slices.Clone(c.leaves), func(l *credhubLeaf) bool { return len(l.deployments) == 0 })
	}
	f.credhub = slices.DeleteFunc(slices.Clone(f.credhub), func(c *credhubCA) bool {
		return len(c.leaves) == 0 && strings.HasPrefix(c.path, "/p-bosh/"+p.guid+"/")
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
