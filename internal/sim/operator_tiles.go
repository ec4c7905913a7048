package sim

import (
	"cmp"
	"fmt"
	"slices"
)

// addTile stages a tile that was never deployed: a broker without
// instances, with the errands of a service tile.
func (o operator) addTile(a Action) error {
	if a.Product == "" || o.findProduct(a.Product) != nil {
		return fmt.Errorf("product %q: expected the identifier of a tile that is not staged yet", a.Product)
	}
	version := a.Version
	if version == "" {
		version = "1.0.0"
	}
	tile := ServiceTile(a.Product, a.Product, version, 0, Job{"broker", 1}, Job{})
	tile.NeverDeployed = true
	o.addProduct(tile)
	return nil
}

// deleteTile stages a tile for deletion.
func (o operator) deleteTile(a Action) error {
	p, err := o.product(a.Product)
	switch {
	case err != nil:
		return err
	case p.isDirector():
		return fmt.Errorf("the director cannot be deleted")
	case !p.deployed:
		o.products = slices.DeleteFunc(slices.Clone(o.products), func(other *product) bool { return other == p })
	default:
		p.deleting = true
	}
	return nil
}

// stage changes the configuration of a product, and its version when one
// is given.
func (o operator) stage(a Action) error {
	p, err := o.product(a.Product)
	if err != nil {
		return err
	}
	p.version = cmp.Or(a.Version, p.version)
	p.stage()
	return nil
}

// errand turns an errand of a product on or off.
func (o operator) errand(a Action) error {
	p, err := o.product(a.Product)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(p.errands, func(e ErrandSpec) bool { return e.Name == a.Errand })
	if i < 0 {
		return fmt.Errorf("%s has no errand %q", p.identifier, a.Errand)
	}
	p.errands[i].PostDeploy = a.On
	return nil
}
