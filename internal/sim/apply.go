package sim

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
	"github.com/opsman-ca/opsman-ca/internal/sim/outcome"
)

// errGone ends an installation that no process carries on: the simulator was closed,
// or the process behind the record died.
var errGone = errors.New("no process carries on the installation any more")

// applying is an installation that runs: it deploys the products, has their errands run,
// rolls their VMs and lets them shake hands. It runs in the background and takes the
// foundation's lock for each change.
type applying struct {
	*Foundation
	in *installation
}

// start begins an installation in the background. The caller holds mu.
func (f *Foundation) start(r applyRequest, user string) (*installation, error) {
	if other := f.history.running(); other != nil {
		return nil, &outcome.Refusal{
			Status: http.StatusUnprocessableEntity,
			Errors: []string{fmt.Sprintf("Installation %d is already in progress.", other.id)},
		}
	}
	in := f.history.add(f.newPlan(r), user, f.clock.event())
	f.runner.Go(applying{f, in}.run)
	f.signal()
	return in, nil
}

// run deploys the products, in turn or, where the plan says so, together.
func (ap applying) run() {
	deploy := ap.deployInTurn
	if ap.in.plan.parallel {
		deploy = ap.deployTogether
	}
	err := deploy()
	if errors.Is(err, errGone) {
		return
	}
	status, exit := succeeded, 0
	if err != nil {
		status, exit = failed, 1
	}
	ap.update(func() {
		if ap.in.dead {
			return
		}
		for _, c := range ap.in.changes {
			if c.status == pending {
				c.status = skipped
			}
		}
		ap.consumeRecreate(ap.in)
		ap.in.settleStemcells()
		ap.in.logf("Exited with %d.\n", exit)
		ap.in.finish(status, ap.clock.event())
		if ap.opts.HandsOn && status == succeeded {
			operator{ap.Foundation}.byHand(ap.in.plan)
		}
		if status == succeeded {
			ap.bearLater()
		}
	})
}

// deployInTurn has the errands of a product behind its deployment, and ends with
// the first failure.
func (ap applying) deployInTurn() error {
	for _, c := range ap.in.changes {
		err := ap.deploy(c)
		if err == nil {
			err = ap.runErrands(c)
		}
		if err := ap.settle(c, err); err != nil {
			return err
		}
	}
	return nil
}

// settle notes how a product's part ended.
func (ap applying) settle(c *change, err error) error {
	if errors.Is(err, errGone) {
		return err
	}
	ap.update(func() {
		c.status, c.finished = successful, ap.clock.now()
		if err != nil {
			c.status = failed
		}
	})
	return err
}

// deploy brings one product to the plan's state, or removes it.
func (ap applying) deploy(c *change) error {
	ap.update(func() { c.status, c.started = running, ap.clock.now() })
	if c.kind == kindDeletion {
		return ap.step(c.product, "deleting", func() error { return ap.deleteProduct(c.product) })
	}
	return ap.step(c.product, "deploying", func() error {
		if err := ap.command(c.product.deployCommand(ap.in.plan), func() error { return ap.rollProduct(c.product) }); err != nil {
			return err
		}
		ap.update(func() {
			c.product.deployed = true
			if c.product.isDirector() {
				ap.autoDNS = ap.in.plan.autoDNS
			}
			c.product.deployedVersion, c.product.deployedRevision = c.version, ap.in.plan.revisions[c.product]
			c.product.shows, c.product.had = ap.in.plan.stemcells[c.product], ap.in.plan.stemcells[c.product]
			ap.deploys++
			c.product.deployedAt = ap.deploys
		})
		return nil
	})
}

// rollProduct rolls the product's own VMs.
func (ap applying) rollProduct(p *product) error {
	if err := ap.stuck(p); err != nil {
		return err
	}
	if err := ap.checkExpiry(p, ap.in.plan); err != nil {
		return err
	}
	if err := ap.firstDeployment(p); err != nil {
		return err
	}
	return ap.rollAll(p, []*deployment{p.main}, ap.in.plan.recreates(p))
}

// checkExpiry fails the director when the active CA has expired: no agent
// accepts what it says. A CA below it that has expired fails its product.
func (ap applying) checkExpiry(p *product, by *plan) error {
	ap.mu.Lock()
	defer ap.mu.Unlock()
	if a := ap.authorities.Active(); p.isDirector() && a != nil && a.Expired(ap.clock.now()) {
		return fmt.Errorf("deploying %s: x509: certificate has expired or is not yet valid: root CA %s ended %s", p.guid, a.GUID, a.Expires.Format(time.RFC3339))
	}
	return ap.credhub.CheckExpiry(ap.clock.now(), by.credhub, inCredHub(p.deployments()))
}

// runErrands runs those that the plan has for a product; a deletion has had its
// own by then.
func (ap applying) runErrands(c *change) error {
	if c.kind == kindDeletion {
		return nil
	}
	for _, e := range ap.in.plan.errands[c.product] {
		if err := ap.runErrand(c.product, e); err != nil {
			return err
		}
	}
	return nil
}

// runErrand runs one; those that upgrade or recreate roll the service instances.
func (ap applying) runErrand(p *product, e ErrandSpec) error {
	return ap.command(p.boshCommand("run-errand "+e.Name), func() error {
		var broken *faults.Active
		ap.update(func() { broken = ap.takeInstallationFault(faults.FailErrand, p, e.Name) })
		if broken != nil {
			return fmt.Errorf("errand '%s' of %s exited with 1", e.Name, p.guid)
		}
		if !e.reachesInstances() {
			return nil
		}
		ap.update(func() { ap.in.summary(p, e) })
		return ap.rollAll(p, p.known(), e.recreates())
	})
}

// rollAll rolls the VMs of deployments one by one; a deployment has its new
// CredHub certificates when its last VM has.
func (ap applying) rollAll(p *product, deployments []*deployment, recreate bool) error {
	fail, err := ap.failurePoint(p, deployments)
	if err != nil {
		return err
	}
	done := 0
	for _, d := range deployments {
		remade := false
		ap.update(func() { remade = ap.in.plan.remakes(d) })
		for _, v := range d.vms {
			if done == fail {
				return fmt.Errorf("deploying %s: '%s' is not running after update. Review logs for failed jobs", p.guid, v.name())
			}
			if err := ap.rollVM(v, recreate); err != nil {
				return err
			}
			done++
		}
		ap.update(func() { d.take(ap.in.plan, remade) })
	}
	return nil
}

// failurePoint is the number of VMs after which the deployment is meant to
// fail: half of them; -1 when it is not.
func (ap applying) failurePoint(p *product, deployments []*deployment) (int, error) {
	ap.mu.Lock()
	defer ap.mu.Unlock()
	total := 0
	for _, d := range deployments {
		total += len(d.vms)
	}
	if ap.in.plan.failAt != p && ap.takeInstallationFault(faults.FailProduct, p, "") == nil {
		return -1, nil
	}
	if total == 0 {
		return -1, fmt.Errorf("deploying %s: failed", p.guid)
	}
	return total / 2, nil
}

// rollVM deploys one VM and lets it shake hands.
func (ap applying) rollVM(v *vm, recreate bool) error {
	if err := ap.pause(); err != nil {
		return err
	}
	var meetings []meeting
	ap.update(func() {
		ap.roll(v, ap.in.plan, recreate)
		ap.in.logf("Updating instance %s/%d (%s)\n", v.job, v.index, v.deployment.Name)
		meetings = ap.meetings(v)
	})
	return ap.shakeHands(v, meetings)
}

// pause is the time that the roll of one VM takes.
func (ap applying) pause() error {
	ap.mu.Lock()
	delay := ap.vmDelay
	ap.mu.Unlock()
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		if ap.ctx.Err() != nil || ap.in.abandoned() {
			return errGone
		}
		return nil
	case <-ap.in.killed:
		return errGone
	case <-ap.ctx.Done():
		return errGone
	}
}

// stuck blocks while a fault says that the installation never ends.
func (ap applying) stuck(p *product) error {
	ap.mu.Lock()
	held := ap.takeInstallationFault(faults.Stuck, p, "")
	ap.mu.Unlock()
	if held == nil {
		return nil
	}
	select {
	case <-ap.in.release:
		return fmt.Errorf("deploying %s: cancelled", p.guid)
	case <-held.Released():
		return nil
	case <-ap.in.killed:
		return errGone
	case <-ap.ctx.Done():
		return errGone
	}
}
