package sim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/sim/credhub"
)

// createInstance is cf create-service.
func (o operator) createInstance(a Action) error {
	p, err := o.product(a.Product)
	if err != nil {
		return err
	}
	if len(p.tile.ServiceInstances) == 0 {
		return fmt.Errorf("%s has no service instances", p.identifier)
	}
	return o.Foundation.createInstance(p)
}

// deleteInstance is cf delete-service, with all that CredHub has of it.
func (o operator) deleteInstance(a Action) error {
	for _, p := range o.products {
		i := slices.IndexFunc(p.instances, func(d *deployment) bool { return d.Name == a.Deployment })
		if i < 0 {
			continue
		}
		d := p.instances[i]
		o.forgetInstances(p, d)
		o.credhub.Forget(func(c *credhub.CA) bool { return strings.HasPrefix(c.Path, "/p-bosh/"+d.Name+"/") })
		o.clock.event()
		return nil
	}
	return fmt.Errorf("there is no service instance %q", a.Deployment)
}

// deleteOrphans deletes the service instances of a product that Cloud Foundry
// has forgotten, as `bosh -d DEPLOYMENT delete-deployment` does. What logs of former
// installations say of them stays as it is.
func (o operator) deleteOrphans(a Action) error {
	p, err := o.product(a.Product)
	switch {
	case err != nil:
		return err
	case p.orphans() == 0:
		return fmt.Errorf("%s has no service instances that Cloud Foundry does not know any more", p.identifier)
	case o.history.running() != nil:
		return fmt.Errorf("an installation runs")
	}
	for _, in := range o.history.all {
		_ = in.text() // those of the history are written when they are first asked for
	}
	gone := slices.Clone(p.instances[len(p.known()):])
	p.tile.Orphans = 0
	o.forgetInstances(p, gone...)
	o.clock.event()
	return nil
}
