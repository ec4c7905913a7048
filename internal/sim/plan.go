package sim

import (
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/sim/authorities"
	"github.com/opsman-ca/opsman-ca/internal/sim/credhub"
)

// plan is what an installation carries: the state of its beginning. What changes
// in Ops Manager while it runs waits for the next one.
type plan struct {
	bundle  *authorities.Bundle
	active  *authorities.Authority
	leaves  map[*leafRecord]*leaf
	credhub credhub.Snapshot
	// autoDNS is the director's option.
	autoDNS bool

	products []*product
	kinds    map[*product]string
	versions map[*product]string
	// revisions of the staged configurations.
	revisions map[*product]int
	// stemcells are the staged ones.
	stemcells map[*product]stemcells
	// errands that run after each product.
	errands map[*product][]ErrandSpec
	// recreate VMs, recreate the director, newest variables whatever the stemcell.
	recreate, recreateDirector, force bool
	// parallel deploys the tiles at the same time.
	parallel bool
	// failAt is the product at which the second operator wants it to fail.
	failAt *product
}

// applyRequest is POST /installations, understood.
type applyRequest struct {
	// only are the tiles to deploy; nil means all.
	only     []*product
	selected bool
	force    bool
	recreate *bool
	// errands by product GUID and errand name: true, false or "default".
	errands map[string]map[string]any
	// preDelete are those of tiles staged for deletion.
	preDelete map[string]map[string]any
	failAt    *product
	// past: of the history, so without what is only staged.
	past bool
}

// leavesOut tells whether a product is not deployed by it. The director always
// is.
func (r applyRequest) leavesOut(p *product) bool {
	return r.selected && !p.isDirector() && !slices.Contains(r.only, p) || r.past && !p.deployed
}

// newPlan freezes the state. The caller holds mu.
func (f *Foundation) newPlan(r applyRequest) *plan {
	p := &plan{
		bundle: f.authorities.Bundle(), active: f.authorities.Active(),
		leaves: map[*leafRecord]*leaf{}, autoDNS: f.director.flag(automaticRotationFlag),
		kinds: map[*product]string{}, versions: map[*product]string{}, revisions: map[*product]int{}, stemcells: map[*product]stemcells{}, errands: map[*product][]ErrandSpec{},
		force: r.force, failAt: r.failAt, parallel: f.opts.ParallelDeploys && f.v.parallelDeploys(),
		recreate: f.director.recreateVMs(), recreateDirector: f.director.recreateDirector(),
	}
	if r.recreate != nil {
		p.recreate, p.recreateDirector = *r.recreate, *r.recreate
	}
	for _, record := range f.records {
		p.leaves[record] = record.newest()
	}
	p.credhub = f.credhub.Snapshot(p.autoDNS && !p.force)
	for _, product := range f.products {
		if r.leavesOut(product) {
			continue
		}
		p.products = append(p.products, product)
		p.versions[product], p.revisions[product], p.stemcells[product] = product.version, product.revision, product.wants
		p.kinds[product] = product.changeKind()
		if p.kinds[product] == kindDeletion && !r.past {
			p.errands[product] = errandsToRun(product.errands, r.preDelete[product.guid], ErrandSpec.preDelete)
			continue
		}
		p.errands[product] = errandsToRun(product.errands, r.errands[product.guid], ErrandSpec.postDeploy)
	}
	return p
}

// recreates tells whether the VMs of a product are made anew.
func (p *plan) recreates(product *product) bool {
	if product.isDirector() {
		return p.recreateDirector
	}
	return p.recreate
}

// errandsToRun are those of one kind that are on, by the request or by the
// product's own setting.
func errandsToRun(errands []ErrandSpec, requested map[string]any, kind func(ErrandSpec) any) []ErrandSpec {
	var run []ErrandSpec
	for _, e := range errands {
		setting := kind(e)
		if setting == nil {
			continue
		}
		if asked, ok := requested[e.Name]; ok && asked != "default" {
			setting = asked
		}
		on, isBool := setting.(bool)
		if !isBool {
			on = e.DefaultOn
		}
		if on {
			run = append(run, e)
		}
	}
	return run
}

// remakes tells whether a deployment gets another stemcell, at least for some of
// its VMs. The director is made by create-env, which always takes what is newest.
func (p *plan) remakes(d *deployment) bool {
	return d.product.isDirector() || slices.ContainsFunc(d.vms, func(v *vm) bool { return v.stemcell != p.stemcells[d.product].of(v.job) })
}

// take gives a deployment the leaves and the CredHub versions of the plan; remade
// is whether it got another stemcell.
func (d *deployment) take(p *plan, remade bool) {
	for r, l := range p.leaves {
		if slices.Contains(r.deployments, d) {
			d.holds[r] = l
		}
	}
	d.Take(p.credhub, remade)
}
