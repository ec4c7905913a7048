package rotation_test

import (
	"fmt"
	"slices"
	"sync"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// mutants are the rules of the code, each taken out alone: whatever the rest lets
// pass then, where the whole refuses, is looked at for harm.
type mutants struct {
	// caught is the path to the harm that each did, by its name.
	caught sync.Map
}

func (m *mutants) catch(name, how string, values ...any) {
	m.caught.LoadOrStore(name, fmt.Sprintf(how, values...))
}

// harmOf is the path to the harm that the mutant did, "" for none so far.
func (m *mutants) harmOf(name string) string {
	how, _ := m.caught.Load(name)
	path, _ := how.(string)
	return path
}

func guardKey(g rotation.GuardName, phase rotation.Phase) string {
	return fmt.Sprintf("%s: guard %q of %s", g.List, g.Name, phase)
}

// tabled are guards about what the model does not have. A table shows of each that a
// rotation would begin without it: prerequisites_test.go.
var tabled = []string{"version", "scope", "ending", "customers", "set by hand", "stemcells", "dns", "dns known", "orphans", "full apply", "check"}

// droppable are the keys of every guard of the code's own lists but those, once for
// each of its phases.
var droppable = func() (all []string) {
	for _, g := range rotation.GuardNames() {
		if slices.Contains(tabled, g.Name) {
			continue
		}
		for _, phase := range g.Phases {
			all = append(all, guardKey(g, phase))
		}
	}
	return all
}()

// asked is a question as the mutant sees it.
type asked struct {
	rotation.Question
	hand
	world *situation
}

// again looks anew, at other evidence or with another cursor.
func (q *asked) again() { q.Observed = rotation.Observe(q.Evidence, q.cursor) }

// changeCertificates puts each certificate through a change.
func (q *asked) changeCertificates(change func(*evidence.Certificate)) {
	q.Evidence.Certificates.List = slices.Clone(q.Evidence.Certificates.List)
	for n := range q.Evidence.Certificates.List {
		change(&q.Evidence.Certificates.List[n])
	}
}

// changedHistory is the history with each record put through a change.
func changedHistory(e evidence.Evidence, change func(*evidence.Installation)) evidence.Evidence {
	e.History.List = slices.Clone(e.History.List)
	for n := range e.History.List {
		i := &e.History.List[n]
		i.Changes = slices.Clone(i.Changes)
		change(i)
	}
	return e
}

func blamed(i evidence.Installation) bool {
	return slices.ContainsFunc(i.Changes, func(c evidence.Change) bool { return c.Status == evidence.DeploymentFailed })
}

// beliefs are the rules that are in no list of guards: what would be believed
// without each of them. Guards are asked of the true evidence all the same.
var beliefs = []struct {
	name    string
	believe func(*asked)
}{
	{"the version handed over is compared", func(q *asked) { q.From = q.Observed.Version }},
	{"trust is proven before the activation", func(q *asked) {
		if q.Observed.State == rotation.Generated {
			q.Observed.State, q.Observed.Version.State = rotation.Trusted, rotation.Trusted
		}
	}},
	{"an activation without trust stops everything", func(q *asked) {
		q.Observed.Trust.Installation, q.Observed.Trust.Outdated = 1, nil
	}},
	{"the new leaves are proven before the delete", func(q *asked) {
		if q.Observed.State == rotation.Regenerated {
			q.Observed.State, q.Observed.Version.State = rotation.Replaced, rotation.Replaced
		}
	}},
	{"regenerate comes before the delete", func(q *asked) {
		if q.Observed.State == rotation.Activated && q.cursor != nil && q.cursor.State == rotation.Activated {
			q.Observed.State, q.Observed.Version.State = rotation.Replaced, rotation.Replaced
		}
	}},
	{"leaves that the active CA did not sign are regenerated again", func(q *asked) {
		if q.Observed.State == rotation.Activated && q.Observed.SetBack != "" {
			q.Observed.State, q.Observed.Version.State = rotation.Replaced, rotation.Replaced
		}
	}},
	{"the last deployment is proven before it is settled", func(q *asked) {
		if q.Observed.State == rotation.Retired {
			q.Observed.State, q.Observed.Version.State = rotation.Settled, rotation.Settled
		}
	}},
	{"every product counts", func(q *asked) {
		q.Evidence.Products.List = q.Evidence.Products.List[:min(1, len(q.Evidence.Products.List))]
		q.again()
	}},
	{"a product that failed was not reached", func(q *asked) {
		q.Evidence = changedHistory(q.Evidence, func(i *evidence.Installation) {
			for n := range i.Changes {
				if i.Changes[n].Status == evidence.DeploymentFailed {
					i.Changes[n].Status = evidence.DeploymentSuccessful
					i.Status = evidence.InstallationSucceeded
				}
			}
		})
		q.again()
	}},
	{"a product that was left out was not reached", func(q *asked) {
		q.Evidence = changedHistory(q.Evidence, func(i *evidence.Installation) {
			for n := range i.Changes {
				if i.Changes[n].Status == evidence.DeploymentSkipped {
					i.Changes[n].Status = evidence.DeploymentSuccessful
				}
			}
		})
		q.again()
	}},
	{"an installation whose errand failed proves nothing", func(q *asked) {
		q.Evidence = changedHistory(q.Evidence, func(i *evidence.Installation) {
			if i.Status == evidence.InstallationFailed && !blamed(*i) {
				i.Status = evidence.InstallationSucceeded
			}
		})
		q.again()
	}},
	{"an installation from before the change proves nothing", func(q *asked) {
		if q.cursor != nil && q.cursor.Installation != "" {
			early := *q.cursor
			early.Installation = "0"
			q.cursor = &early
			q.again()
		}
	}},
	{withoutOwnCAs, func(q *asked) {
		if q.world.signed == vendors {
			return
		}
		q.Evidence.CAs = slices.Clone(q.Evidence.CAs)
		for n := range q.Evidence.CAs {
			q.Evidence.CAs[n].Issuer = "Pivotal"
		}
		q.changeCertificates(func(c *evidence.Certificate) { c.Configurable = c.Configurable && !c.IsCA })
		q.again()
	}},
	{"the row of an own root CA counts", func(q *asked) {
		q.changeCertificates(func(c *evidence.Certificate) {
			if c.IsCA && c.Configurable {
				c.OutdatedDeployments = nil
			}
		})
		q.again()
	}},
	{"a cluster of TKGI whose errand is not forced is not proven", func(q *asked) {
		if !q.world.tkgi {
			return
		}
		q.changeCertificates(func(c *evidence.Certificate) {
			c.OutdatedDeployments = slices.DeleteFunc(slices.Clone(c.OutdatedDeployments), func(d string) bool { return d == modelTargets[theInstances] })
		})
		q.Evidence.Pending.List = slices.Clone(q.Evidence.Pending.List)
		for n := range q.Evidence.Pending.List {
			q.Evidence.Pending.List[n].Errands = nil
		}
		q.again()
	}},
	{"what ids of before a reset have proven is void", func(q *asked) {
		if q.cursor == nil || q.Evidence.History.Highest() >= number(q.cursor.Installation) {
			return
		}
		// As if the ids had gone on.
		q.Evidence.History.List = slices.Clone(q.Evidence.History.List)
		behind := number(q.cursor.Installation) - 1
		for n := range q.Evidence.History.List {
			q.Evidence.History.List[n].ID += behind
		}
		q.again()
	}},
	{"VMs on old stemcells were not reached unless they were recreated", func(q *asked) {
		if !q.world.old {
			return
		}
		q.Evidence = changedHistory(q.Evidence, func(i *evidence.Installation) {
			i.Log = evidence.Log{Asked: true, Commands: slices.Clone(i.Log.Commands)}
			for n := range i.Log.Commands {
				i.Log.Commands[n].Recreate = true
			}
			if slices.ContainsFunc(i.Log.Commands, func(c evidence.Command) bool { return c.Errand == modelErrand && c.ExitStatus == 0 }) {
				i.Log.Commands = append(i.Log.Commands, evidence.Command{Deployment: modelTile.GUID, Errand: recreateErrand, Finished: true})
			}
		})
		q.again()
	}},
	{"deployments that certificates v1 calls outdated were not reached", func(q *asked) {
		q.changeCertificates(func(c *evidence.Certificate) { c.OutdatedDeployments = nil })
		q.again()
	}},
}

// try looks at what would become of a refused phase without each rule.
func (m *mutants) try(s *situation, h hand, c claim, q rotation.Question, refused rotation.Decision) {
	// Without any other guard than the one that refuses, nothing changes.
	if g, found := rotation.RefusedBy(q); found {
		if key := guardKey(g, q.Phase); m.harmOf(key) == "" {
			m.judge(key, s, h, c, q, refused, rotation.DecideWithout(q, g))
		}
	}
	for _, b := range beliefs {
		if m.harmOf(b.name) != "" {
			continue
		}
		other := asked{Question: q, hand: h, world: s}
		b.believe(&other)
		if other.Observed.State == rotation.Blocked {
			continue
		}
		m.judge(b.name, s, h, c, other.Question, refused, rotation.Decide(other.Question))
	}
}

func (m *mutants) judge(name string, s *situation, h hand, c claim, q rotation.Question, refused, d rotation.Decision) {
	did := harmless
	switch {
	case d.Verdict == rotation.Go && (q.Observed.Candidate != nil || q.Phase != rotation.Activate):
		before := *s
		// What was accepted of clusters was so for the phase before.
		before.givenUp = before.givenUp && refused.Reason != rotation.ReasonClusters
		acted := before.does("", func(a *situation) {
			if c.alone {
				a.regenerate()
				return
			}
			a.act(q.Phase, q.Observed)
		})
		did = stepHarm(before.world, acted.world, q.Phase, c.from, c.alone)
	case d.Verdict == rotation.Done && d.Reason == rotation.ReasonProven:
		c.state = q.Observed
		if !proven(c) {
			did = falseClaim
		}
	}
	if did != harmless {
		m.catch(name, "%s: %s%s from %s%s (else %s): %s", s.path(), h.name, q.Phase, q.From.State, c.seen, refused.Reason, did)
	}
}

// The rules of apply changes.
const (
	untrustedApply = "no apply changes while the active CA is not trusted"
	strayApply     = "no apply changes that deploys leaves of an untrusted candidate"
	stagedApply    = "no apply changes that deploys another operator's staged changes"
)

var applyRules = []string{untrustedApply, strayApply, stagedApply}

func (m *mutants) tryApply(s *situation, state rotation.Observation, refused, interferes bool) {
	if state.State == rotation.Blocked {
		return
	}
	did := applyHarm(s.world)
	name := stagedApply
	switch {
	case refused && interferes || !refused && !interferes:
		return
	case refused && len(state.Strays) > 0:
		name = strayApply
	case refused:
		name = untrustedApply
	}
	if did != harmless {
		m.catch(name, "%s: apply: %s", s.path(), did)
	}
}
