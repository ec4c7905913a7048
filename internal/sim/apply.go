package sim

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// errGone ends an installation that nobody carries on: the simulator was closed,
// or the process behind the record died.
var errGone = errors.New("nobody carries the installation on any more")

// start begins an installation in the background. The caller holds mu.
func (f *Foundation) start(r applyRequest, user string) (*installation, error) {
	if other := f.runningInstallation(); other != nil {
		return nil, &refusal{
			status: http.StatusUnprocessableEntity,
			errors: []string{fmt.Sprintf("Installation %d is already in progress.", other.id)},
		}
	}
	in := f.newInstallation(f.newPlan(r), user, f.clock.event())
	f.runner.Go(func() { f.run(in) })
	f.signal()
	return in, nil
}

// run deploys the products, in turn or, where the plan says so, together.
func (f *Foundation) run(in *installation) {
	deploy := f.deployInTurn
	if in.plan.parallel {
		deploy = f.deployTogether
	}
	err := deploy(in)
	if errors.Is(err, errGone) {
		return
	}
	status, exit := succeeded, 0
	if err != nil {
		status, exit = failed, 1
	}
	f.update(func() {
		if in.dead {
			return
		}
		for _, c := range in.changes {
			if c.status == pending {
				c.status = skipped
			}
		}
		f.consumeRecreate(in)
		in.settleStemcells()
		in.logf("Exited with %d.\n", exit)
		in.finish(status, f.clock.event())
		if f.opts.HandsOn && status == succeeded {
			f.byHand(in.plan)
		}
	})
}

// deployInTurn has the errands of a product behind its deployment, and ends with
// the first failure.
func (f *Foundation) deployInTurn(in *installation) error {
	for _, c := range in.changes {
		err := f.deploy(in, c)
		if err == nil {
			err = f.runErrands(in, c)
		}
		if err := f.settle(c, err); err != nil {
			return err
		}
	}
	return nil
}

// settle notes how a product's part ended.
func (f *Foundation) settle(c *change, err error) error {
	if errors.Is(err, errGone) {
		return err
	}
	f.update(func() {
		c.status, c.finished = successful, f.clock.now()
		if err != nil {
			c.status = failed
		}
	})
	return err
}

// update changes state and tells those who wait.
func (f *Foundation) update(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
	f.signal()
}

// deploy brings one product to the plan's state, or removes it.
func (f *Foundation) deploy(in *installation, c *change) error {
	f.update(func() { c.status, c.started = running, f.clock.now() })
	if c.kind == kindDeletion {
		return f.step(in, c.product, "deleting", func() error { return f.deleteProduct(in, c.product) })
	}
	return f.step(in, c.product, "deploying", func() error {
		if err := f.command(in, c.product.deployCommand(in.plan), func() error { return f.rollProduct(in, c.product) }); err != nil {
			return err
		}
		f.update(func() {
			c.product.deployed = true
			if c.product.isDirector() {
				f.autoDNS = in.plan.autoDNS
			}
			c.product.deployedVersion, c.product.deployedRevision = c.version, in.plan.revisions[c.product]
			c.product.shows, c.product.had = in.plan.stemcells[c.product], in.plan.stemcells[c.product]
			f.deploys++
			c.product.deployedAt = f.deploys
		})
		return nil
	})
}

// rollProduct rolls the product's own VMs.
func (f *Foundation) rollProduct(in *installation, p *product) error {
	if err := f.stuck(in, p); err != nil {
		return err
	}
	if err := f.checkExpiry(p, in.plan); err != nil {
		return err
	}
	if err := f.firstDeployment(in, p); err != nil {
		return err
	}
	return f.rollAll(in, p, []*deployment{p.main}, in.plan.recreates(p))
}

// checkExpiry fails the director when the active CA has expired: no agent
// accepts what it says. A CA below it that has expired fails its product.
func (f *Foundation) checkExpiry(p *product, by *plan) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if a := f.active(); p.isDirector() && a != nil && a.expired(f.clock.now()) {
		return fmt.Errorf("deploying %s: x509: certificate has expired or is not yet valid: root CA %s ended %s", p.guid, a.guid, a.expires.Format(time.RFC3339))
	}
	return f.checkSubCAs(p, by)
}

// runErrands runs those that the plan has for a product; a deletion has had its
// own by then.
func (f *Foundation) runErrands(in *installation, c *change) error {
	if c.kind == kindDeletion {
		return nil
	}
	for _, e := range in.plan.errands[c.product] {
		if err := f.runErrand(in, c.product, e); err != nil {
			return err
		}
	}
	return nil
}

// runErrand runs one; those that upgrade or recreate roll the service instances.
func (f *Foundation) runErrand(in *installation, p *product, e ErrandSpec) error {
	return f.command(in, p.boshCommand("run-errand "+e.Name), func() error {
		var broken *fault
		f.update(func() { broken = f.takeInstallationFault(FailErrand, p, e.Name) })
		if broken != nil {
			return fmt.Errorf("errand '%s' of %s exited with 1", e.Name, p.guid)
		}
		if !e.reachesInstances() {
			return nil
		}
		f.update(func() { in.summary(p, e) })
		return f.rollAll(in, p, p.known(), e.recreates())
	})
}

// rollAll rolls the VMs of deployments one by one; a deployment has its new
// CredHub certificates when its last VM has.
func (f *Foundation) rollAll(in *installation, p *product, deployments []*deployment, recreate bool) error {
	fail, err := f.failurePoint(in, p, deployments)
	if err != nil {
		return err
	}
	done := 0
	for _, d := range deployments {
		remade := false
		f.update(func() { remade = in.plan.remakes(d) })
		for _, v := range d.vms {
			if done == fail {
				return fmt.Errorf("deploying %s: '%s' is not running after update. Review logs for failed jobs", p.guid, v.name())
			}
			if err := f.rollVM(in, v, recreate); err != nil {
				return err
			}
			done++
		}
		f.update(func() { d.take(in.plan, remade) })
	}
	return nil
}

// failurePoint is the number of VMs after which the deployment is meant to
// fail: half of them; -1 when it is not.
func (f *Foundation) failurePoint(in *installation, p *product, deployments []*deployment) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	total := 0
	for _, d := range deployments {
		total += len(d.vms)
	}
	if in.plan.failAt != p && f.takeInstallationFault(FailProduct, p, "") == nil {
		return -1, nil
	}
	if total == 0 {
		return -1, fmt.Errorf("deploying %s: failed", p.guid)
	}
	return total / 2, nil
}

// rollVM deploys one VM and lets it shake hands.
func (f *Foundation) rollVM(in *installation, v *vm, recreate bool) error {
	if err := f.pause(in); err != nil {
		return err
	}
	var meetings []meeting
	f.update(func() {
		f.roll(v, in.plan, recreate)
		in.logf("Updating instance %s/%d (%s)\n", v.job, v.index, v.deployment.name)
		meetings = f.meetings(v)
	})
	return f.shakeHands(in, v, meetings)
}

// pause is the time that the roll of one VM takes.
func (f *Foundation) pause(in *installation) error {
	f.mu.Lock()
	delay := f.vmDelay
	f.mu.Unlock()
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		if f.ctx.Err() != nil || in.abandoned() {
			return errGone
		}
		return nil
	case <-in.killed:
		return errGone
	case <-f.ctx.Done():
		return errGone
	}
}

// stuck blocks while a fault says that the installation never ends.
func (f *Foundation) stuck(in *installation, p *product) error {
	f.mu.Lock()
	held := f.takeInstallationFault(Stuck, p, "")
	f.mu.Unlock()
	if held == nil {
		return nil
	}
	select {
	case <-in.release:
		return fmt.Errorf("deploying %s: cancelled", p.guid)
	case <-held.released:
		return nil
	case <-in.killed:
		return errGone
	case <-f.ctx.Done():
		return errGone
	}
}
