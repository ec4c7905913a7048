package sim

import "slices"

// deployments is what is deployed, or staged to be: the products in the order of their
// deployment, the director first, and the deployments that no tile made.
type deployments struct {
	products []*product
	// outsiders are the deployments that no tile made.
	outsiders []*product
}

func (ds *deployments) findProduct(guidOrType string) *product {
	for _, p := range ds.products {
		if p.guid == guidOrType || p.identifier == guidOrType {
			return p
		}
	}
	return nil
}

// staleParents are the tiles that p depends on and that were deployed since.
func (ds *deployments) staleParents(p *product) []string {
	parents := []string{}
	for _, identifier := range p.tile.DependsOn {
		if parent := ds.findProduct(identifier); parent != nil && p.deployed && parent.deployedAt > p.deployedAt {
			parents = append(parents, parent.guid)
		}
	}
	return parents
}

// everyone are the products and the deployments that no tile made.
func (ds *deployments) everyone() []*product { return slices.Concat(ds.products, ds.outsiders) }

func (ds *deployments) directorVMs() []*vm { return ds.products[0].main.vms }

func (ds *deployments) allDeployments() []*deployment {
	var all []*deployment
	for _, p := range ds.everyone() {
		all = append(all, p.deployments()...)
	}
	return all
}
