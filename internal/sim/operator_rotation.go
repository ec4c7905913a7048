package sim

import (
	"fmt"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/authorities"
)

func (o operator) generate(a Action) error {
	_, _, err := rotation{o.Foundation, a.call()}.add(nil, nil)
	return err
}

func (o operator) activate(a Action) error {
	if a.GUID == "" {
		for _, ca := range o.authorities.List() {
			if !ca.Active {
				a.GUID = ca.GUID
			}
		}
	}
	_, err := rotation{o.Foundation, a.call()}.activate(a.GUID)
	return err
}

func (o operator) regenerate(a Action) error {
	_, err := rotation{o.Foundation, a.call()}.regenerate()
	return err
}

func (o operator) delete(a Action) error {
	if a.GUID == "" {
		if i := slices.IndexFunc(o.authorities.List(), func(ca *authorities.Authority) bool { return !ca.Active }); i >= 0 {
			a.GUID = o.authorities.List()[i].GUID
		}
	}
	_, err := rotation{o.Foundation, a.call()}.remove(a.GUID)
	return err
}

// replaceConfigurable has the operator's own certificates made anew,
// signed by the active CA, and stages them.
func (o operator) replaceConfigurable(Action) error {
	at, found := o.clock.event(), false
	for _, r := range o.records {
		if !r.configurable || r.own != nil && r.own.Procedure != "" {
			continue // the latter have a procedure of their own
		}
		found = true
		if err := o.issue(r, o.authorities.Active(), at); err != nil {
			return err
		}
		r.product.stage()
	}
	if !found {
		return fmt.Errorf("no product has a configurable certificate")
	}
	return nil
}

// hardRotation recreates everything at once, with downtime: the way out
// of a broken foundation.
func (o operator) hardRotation(Action) error {
	if o.history.running() != nil {
		return fmt.Errorf("an installation runs")
	}
	o.seedInstallation(kindUnchanged, o.clock.event(), usualRoll)
	if err := o.redeploy(Action{Recreate: true}); err != nil && len(o.outsiders) > 0 {
		return err
	}
	o.clock.pass(2 * time.Hour)
	return nil
}
