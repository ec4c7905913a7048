package sim

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// operatorStage changes the configuration of a product, and its version when one
// is given.
func (f *Foundation) operatorStage(a Action) error {
	p, err := f.product(a.Product)
	if err != nil {
		return err
	}
	p.version = cmp.Or(a.Version, p.version)
	p.stage()
	return nil
}

// operatorErrand turns an errand of a product on or off.
func (f *Foundation) operatorErrand(a Action) error {
	p, err := f.product(a.Product)
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

// operatorUpgrade makes it another version of Ops Manager: the director is to be
// deployed again, and everyone has to log in anew.
func (f *Foundation) operatorUpgrade(a Action) error {
	v := parseVersion(a.Version)
	if v == (version{}) {
		return fmt.Errorf("version %q is not understood: write it as 3.0.25-build.1261", a.Version)
	}
	f.opsmanVersion, f.v = a.Version, v
	f.mux = f.routes()
	f.products[0].version = a.Version
	f.products[0].stage()
	f.uaa.forget()
	return nil
}

// operatorReplaceConfigurable has the operator's own certificates made anew,
// signed by the active CA, and stages them.
func (f *Foundation) operatorReplaceConfigurable(Action) error {
	at, found := f.clock.event(), false
	for _, r := range f.records {
		if !r.configurable || r.own != nil && r.own.Procedure != "" {
			continue // the latter have a procedure of their own
		}
		found = true
		if err := f.issue(r, f.active(), at); err != nil {
			return err
		}
		r.product.stage()
	}
	if !found {
		return fmt.Errorf("no product has a configurable certificate")
	}
	return nil
}

func (f *Foundation) operatorRestartUAA(a Action) error {
	f.uaa.restart(cmp.Or(time.Duration(a.For), f.opts.UAADowntime))
	return nil
}

// operatorPrune forgets all but the newest installations.
func (f *Foundation) operatorPrune(a Action) error {
	f.installations = slices.Clone(f.installations[max(0, len(f.installations)-a.Keep):])
	return nil
}

// operatorCancel fails a stuck installation: the one given, else the running
// one.
func (f *Foundation) operatorCancel(a Action) error {
	in := f.runningInstallation()
	if a.ID != 0 {
		in = f.findInstallation(a.ID)
	}
	if in == nil || in.status != running {
		return fmt.Errorf("no such installation runs")
	}
	select {
	case <-in.release:
	default:
		close(in.release)
	}
	return nil
}

// operatorHardRotation recreates everything at once, with downtime: the way out
// of a broken foundation.
func (f *Foundation) operatorHardRotation(Action) error {
	if f.runningInstallation() != nil {
		return fmt.Errorf("an installation runs")
	}
	f.seedInstallation(kindUnchanged, f.clock.event(), usualRoll)
	if err := f.operatorRedeploy(Action{Recreate: true}); err != nil && len(f.outsiders) > 0 {
		return err
	}
	f.clock.pass(2 * time.Hour)
	return nil
}
