package sim

import (
	"slices"
)

// forgetInstances takes service instances away, and certificates that were theirs alone.
func (f *Foundation) forgetInstances(p *product, gone ...*deployment) {
	left := func(d *deployment) bool { return slices.Contains(gone, d) }
	p.instances = slices.DeleteFunc(slices.Clone(p.instances), left)
	f.credhub.ForgetDeployments(inCredHub(gone))
	for _, r := range f.records {
		r.deployments = slices.DeleteFunc(slices.Clone(r.deployments), left)
	}
	f.records = slices.DeleteFunc(slices.Clone(f.records), func(r *leafRecord) bool {
		return r.product == p && r.own == nil && r.known == nil && len(r.deployments) == 0
	})
}
