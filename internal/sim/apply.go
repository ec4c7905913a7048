package sim

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

var errClosed = errors.New("the simulator was closed")

// start begins an installation in the background. The caller holds mu.
func (f *Foundation) start(r applyRequest, user string) (*installation, error) {
	if other := f.runningInstallation(); other != nil {
		return nil, &refusal{
			status: http.StatusUnprocessableEntity,
			errors: []string{fmt.Sprintf("Installation %d is already in progress.", other.id)},
		}
	}
	p := f.newPlan(r)
	in := f.newInstallation(p, user, f.clock.event())
	in.logf("===== %s Running \"/usr/local/bin/bosh --no-color --non-interactive --tty environment\"\n", in.started.Format(time.RFC3339))
	f.runner.Go(func() { f.run(in) })
	f.signal()
	return in, nil
}

// run deploys the products one by one.
func (f *Foundation) run(in *installation) {
	status, exit := succeeded, 0
	for _, c := range in.changes {
		if status == failed {
			f.update(func() { c.status = skipped })
			continue
		}
		if err := f.deploy(in, c); err != nil {
			if errors.Is(err, errClosed) {
				return
			}
			status, exit = failed, 1
			f.update(func() {
				in.logf("%v\n", err)
				c.status, c.finished = failed, f.clock.now()
			})
		}
	}
	f.update(func() {
		f.consumeRecreate(in)
		in.logf("Exited with %d.\n", exit)
		in.finish(status, f.clock.event())
	})
}

// update changes state and tells those who wait.
func (f *Foundation) update(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
	f.signal()
}

// deploy brings one product to the plan's state.
func (f *Foundation) deploy(in *installation, c *change) error {
	f.update(func() {
		c.status, c.started = running, f.clock.now()
		in.logf("===== Deploying %s (%s)\n", c.product.label, c.product.guid)
	})
	if err := f.stuck(in, c.product); err != nil {
		return err
	}
	if err := f.checkExpiry(c.product); err != nil {
		return err
	}
	recreate := in.plan.recreate
	if c.product.isDirector() {
		recreate = in.plan.recreateDirector
	}
	if err := f.rollAll(in, c.product, []*deployment{c.product.main}, recreate); err != nil {
		return err
	}
	f.update(func() {
		c.product.deployedVersion, c.product.deployedRevision = c.version, in.plan.revisions[c.product]
		f.deploys++
		c.product.deployedAt = f.deploys
	})
	for _, e := range in.plan.errands[c.product] {
		if err := f.runErrand(in, c.product, e); err != nil {
			return err
		}
	}
	f.update(func() {
		c.status, c.finished = successful, f.clock.now()
		in.logf("Succeeded: %s\n", c.product.guid)
	})
	return nil
}

// checkExpiry fails the director when the active CA has expired: no agent
// accepts what it says.
func (f *Foundation) checkExpiry(p *product) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if a := f.active(); p.isDirector() && a != nil && a.expired(f.clock.now()) {
		return fmt.Errorf("deploying %s: x509: certificate has expired or is not yet valid: root CA %s ended %s", p.guid, a.guid, a.expires.Format(time.RFC3339))
	}
	return nil
}

func (f *Foundation) runErrand(in *installation, p *product, e ErrandSpec) error {
	var broken *fault
	f.update(func() {
		in.logf("===== Running errand %s for %s\n", e.Name, p.guid)
		broken = f.takeInstallationFault(FailErrand, p, e.Name)
	})
	if broken != nil {
		return fmt.Errorf("errand '%s' of %s exited with 1", e.Name, p.guid)
	}
	if !e.upgrades() && !e.recreates() {
		return nil
	}
	return f.rollAll(in, p, p.instances, e.recreates())
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
		for _, v := range d.vms {
			if done == fail {
				return fmt.Errorf("deploying %s: '%s' is not running after update. Review logs for failed jobs", p.guid, v.name())
			}
			if err := f.rollVM(in, v, recreate); err != nil {
				return err
			}
			done++
		}
		f.update(func() { d.take(in.plan) })
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
	if err := f.pause(); err != nil {
		return err
	}
	var meetings []meeting
	f.update(func() {
		v.roll(in.plan, recreate, f.opts.OldStemcells)
		in.logf("Updating instance %s/%d (%s)\n", v.job, v.index, v.deployment.name)
		meetings = f.meetings(v)
	})
	return f.shakeHands(in, v, meetings)
}

func (f *Foundation) pause() error {
	f.mu.Lock()
	delay := f.vmDelay
	f.mu.Unlock()
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		if f.ctx.Err() != nil {
			return errClosed
		}
		return nil
	case <-f.ctx.Done():
		return errClosed
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
	case <-f.ctx.Done():
		return errClosed
	}
}
