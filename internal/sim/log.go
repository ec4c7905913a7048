package sim

import (
	"errors"
	"fmt"
	"time"
)

// The form of an installation's log is documented nowhere. This is how public
// ones look (facts §8): a JSON line at the beginning and at the end of each
// step, and marks around each command, the latter with its duration and exit
// status. Marks around run-errand are expected there and were not seen in public.

// boshCLI is how Ops Manager calls it, the environment aside.
const boshCLI = "/usr/local/bin/bosh --no-color --non-interactive --tty"

// manifests is where Ops Manager keeps the manifests that it deploys.
const manifests = "/var/tempest/workspaces/default/deployments/"

// directorStep is the director's name in the ids of steps.
const directorStep = "bosh_product"

// boshCommand is a command on the product's deployment.
func (p *product) boshCommand(rest string) string {
	return boshCLI + " --environment=10.0.0.5 --deployment=" + p.guid + " " + rest
}

// deployCommand deploys the product; recreating VMs is a flag of the command.
func (p *product) deployCommand(by *plan) string {
	command := p.boshCommand("deploy " + manifests + p.guid + ".yml")
	if p.isDirector() {
		command = boshCLI + " create-env " + manifests + "bosh.yml"
	}
	if by.recreates(p) {
		command += " --recreate"
	}
	return command
}

func (p *product) stepID(what string) string {
	if p.isDirector() {
		return directorStep + "." + what
	}
	return p.guid + "." + what
}

func (p *product) stepName() string {
	if p.isDirector() {
		return "Installing BOSH"
	}
	return "Installing " + p.label
}

func (in *installation) logf(format string, args ...any) { fmt.Fprintf(&in.log, format, args...) }

func (in *installation) stepStarted(id, description string) {
	if in.plain {
		in.logf("%s\n", description)
		return
	}
	in.logf("{\"type\":\"step_started\",\"id\":%q,\"description\":%q}\n", id, description)
}

func (in *installation) stepFinished(id string) {
	if !in.plain {
		in.logf("{\"type\":\"step_finished\",\"id\":%q}\n", id)
	}
}

const markTime = "2006-01-02 15:04:05 MST"

func (in *installation) commandStarted(command string, at time.Time) {
	if !in.plain {
		in.logf("===== %s Running \"%s\"\n", at.UTC().Format(markTime), command)
	}
}

func (in *installation) commandFinished(command string, began, ended time.Time, exit int) {
	if !in.plain {
		in.logf("===== %s Finished \"%s\"; Duration: %ds; Exit Status: %d\n",
			ended.UTC().Format(markTime), command, int(ended.Sub(began).Seconds()), exit)
	}
}

// step writes the lines around a product's part.
func (ap applying) step(p *product, what string, do func() error) error {
	ap.update(func() { ap.in.stepStarted(p.stepID(what), p.stepName()) })
	err := do()
	if err == nil {
		ap.update(func() { ap.in.stepFinished(p.stepID(what)) })
	}
	return err
}

// command writes the marks around a command. One whose process died has only the
// first.
func (ap applying) command(command string, do func() error) error {
	began := ap.clock.now()
	ap.update(func() { ap.in.commandStarted(command, began) })
	err := do()
	if errors.Is(err, errGone) {
		return err
	}
	exit := 0
	if err != nil {
		exit = 1
	}
	ap.update(func() {
		if err != nil {
			ap.in.logf("%v\n", err)
		}
		ap.in.commandFinished(command, began, ap.clock.now(), exit)
	})
	return err
}

// text is the log so far. That of the history is written here: most of it is
// never asked for.
func (in *installation) text() string {
	if in.past && in.log.Len() == 0 {
		in.writePast()
	}
	return in.log.String()
}

// writePast is the log of an installation that succeeded long ago.
func (in *installation) writePast() {
	for _, c := range in.changes {
		p := c.product
		in.stepStarted(p.stepID("deploying"), p.stepName())
		errands := in.plan.errands[p]
		each := c.finished.Sub(c.started) / time.Duration(len(errands)+1)
		at := c.started
		ran := func(command string, says func()) {
			in.commandStarted(command, at)
			says()
			in.commandFinished(command, at, at.Add(each), 0)
			at = at.Add(each)
		}
		ran(p.deployCommand(in.plan), func() {})
		in.stepFinished(p.stepID("deploying"))
		for _, e := range errands {
			ran(p.boshCommand("run-errand "+e.Name), func() { in.summary(p, e) })
		}
	}
	in.logf("Exited with 0.\n")
}

// summary is what the on-demand broker's errands say of the instances; others say
// nothing.
func (in *installation) summary(p *product, e ErrandSpec) {
	if !e.reachesInstances() {
		return
	}
	in.logf("[%s] Upgrade progress summary: Number of successful upgrades so far: %d; Number of CF service instance orphans detected so far: %d; Number of operations in progress (to retry) so far: 0\n",
		UpgradeAllErrand, len(p.known()), p.orphans())
}
