package rotation_test

import (
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// claim is what a decision says, and the situation that it says it of.
type claim struct {
	situation
	seen  view
	step  rotation.Phase
	from  rotation.Version
	state rotation.Observation
	alone bool
}

// deployedSince tells whether the product was deployed, as far as Ops Manager
// remembers, by an installation above the id that says something.
func (w world) deployedSince(product, id int) bool {
	for n, i := range w.installations {
		if n < w.pruned || w.id(n) <= id || i.products[product] != done || i.status == evidence.InstallationRunning {
			continue
		}
		if i.status == evidence.InstallationSucceeded || slices.Contains(i.products[:], fails) {
			return true
		}
	}
	return false
}

// allSince tells it of every product.
func (w world) allSince(id int) bool {
	return w.deployedSince(theDirector, id) && w.deployedSince(theTile, id)
}

// before is the newest installation that started before the tick.
func (w world) before(tick int) int {
	id := 0
	for n, i := range w.installations {
		if i.started < tick {
			id = w.id(n)
		}
	}
	return id
}

func (w world) ca(number int) modelCA {
	for _, ca := range w.cas {
		if ca.number == number {
			return ca
		}
	}
	return modelCA{}
}

// anyVMs tells whether it is so of some deployment.
func (w world) anyVMs(so func(modelVMs) bool) bool { return slices.ContainsFunc(w.deployments[:], so) }

func (w world) distrusted(number int) bool {
	return w.anyVMs(func(d modelVMs) bool { return d.trust>>number&1 == 0 })
}

// leavesOf tells whether a leaf that the CA signed is deployed or in store.
func (w world) leavesOf(other func(signer int) bool) bool {
	return w.anyVMs(func(d modelVMs) bool { return other(d.leaf) || d.newest != unmade && other(d.newest) })
}

// rank is the place in a rotation; renewed is before one, as settled is.
func rank(p rotation.State) int {
	if p == rotation.Renewed {
		return 0
	}
	return slices.Index(rotation.States(), p)
}

// truths say of every reason when it is true, of the foundation itself and of how
// Ops Manager answered, independently of the code that gives it.
var truths = map[rotation.Reason]func(claim) bool{
	rotation.ReasonNoCAs:         func(c claim) bool { return len(c.cas) == 0 },
	rotation.ReasonNoneActive:    func(c claim) bool { return c.activeCA() == none },
	rotation.ReasonSeveralActive: func(c claim) bool { return len(c.cas) > 1 && c.cas[0].active && c.cas[1].active },
	rotation.ReasonTooManyCAs:    func(c claim) bool { return len(c.cas) > 2 },
	rotation.ReasonEqualCreation: func(c claim) bool { return c.dateOnly && len(c.cas) == 2 && c.cas[0].number > 0 },
	rotation.ReasonExpiredCA: func(c claim) bool {
		// Of two with one bare date, a version alone tells which is retiring.
		alike := c.dateOnly && len(c.cas) == 2 && c.cas[0].number > 0
		return c.late && slices.ContainsFunc(c.cas, func(ca modelCA) bool { return ca.short && (ca.active || ca.number > c.activeCA() || alike) })
	},

	rotation.ReasonPartialGeneration: func(c claim) bool {
		return c.from.Reason == rotation.ReasonPartialGeneration && c.lists(c.from.Candidate)
	},
	rotation.ReasonPartialActivation: func(c claim) bool {
		return c.from.Reason == rotation.ReasonPartialActivation && numberOf(c.from.Active) == c.activeCA()
	},
	// A CA that another operator has made since mends nothing of it.
	rotation.ReasonPartialDeletion: func(c claim) bool {
		return c.from.Reason == rotation.ReasonPartialDeletion && numberOf(c.from.Active) == c.activeCA()
	},

	rotation.ReasonReady:       func(claim) bool { return true }, // what it leads to is judged: see stepHarm
	rotation.ReasonAlreadyDone: alreadyDone,
	rotation.ReasonProven:      proven,
	rotation.ReasonNotDue:      nil, // asked with expires_within alone
	rotation.ReasonNoRotation:  nil, // asked with if_rotating alone

	rotation.ReasonForeignVersion: func(c claim) bool { return !c.lists(c.from.Active) },
	rotation.ReasonFinishedRotation: func(c claim) bool {
		other := c.from.Candidate + c.from.Retiring
		retired := c.from.State == rotation.Retired || c.from.Was == rotation.Retired
		return !c.lists(c.from.Active) || other != "" && !c.lists(other) || retired && len(c.cas) == 2
	},
	rotation.ReasonSetBack: func(c claim) bool {
		return c.lists(c.from.Active) && numberOf(c.from.Retiring) == c.activeCA()
	},
	rotation.ReasonCandidateGone: func(c claim) bool { return !c.lists(c.from.Candidate) },
	rotation.ReasonTooEarly:      tooEarly,
	rotation.ReasonUnderWay: func(c claim) bool {
		return len(c.cas) == 2 || c.state.State == rotation.Retired && (c.seen != plainly || !c.v1 || !c.allSince(number(c.state.Version.Installation)))
	},
	rotation.ReasonNotReached: notReached,
	rotation.ReasonUntrusted: func(c claim) bool {
		// Proof is missing, or the trust; a bare date proves nothing on its day.
		return c.dateOnly || c.seen == blind || c.clustersUnshown() ||
			c.signed != vendors && (!c.allSince(c.state.Trust.Since) || c.lastFailed()) ||
			// A CA that a snapshot brought back is another one that lacks somewhere.
			c.again && c.v1 && c.distrusted(c.inactiveCA()) || c.distrusted(c.activeCA()) || !c.allSince(c.before(c.ca(c.activeCA()).made))
	},
	rotation.ReasonTrustUnknown: func(c claim) bool {
		// No record is left, or a bare date does not tell: never where one speaks against it.
		return c.pruned > 0 || c.dateOnly || c.mute || c.again || c.signed != vendors
	},
	rotation.ReasonInstances: func(c claim) bool {
		// Nothing shows the errand: it did not run, or its log tells nothing and the
		// record of ours is not of it.
		return !c.tkgi && (!c.v1 || c.seen == deaf)
	},
	rotation.ReasonClusters: func(c claim) bool {
		// A cluster lacks something or, without certificates v1, nothing shows that it
		// does not.
		return c.tkgi && (!c.v1 || c.seen == deaf || c.clustersWait())
	},
	rotation.ReasonUndatedCA:      func(c claim) bool { return c.signed != vendors && len(c.cas) == 2 },
	rotation.ReasonNotRecreated:   claim.unrecreated,
	rotation.ReasonRecreateNeeded: func(c claim) bool { return c.old },
	rotation.ReasonStrayLeaves: func(c claim) bool {
		return c.leavesOf(func(signer int) bool { return signer == c.inactiveCA() })
	},
	rotation.ReasonOutdated: func(c claim) bool {
		for n, d := range c.deployments {
			if c.v1 && (d.awaits || c.listed()&^d.told != 0) && (n != theInstances || !c.tkgi) {
				return true
			}
		}
		return false
	},
	rotation.ReasonOldLeaves: func(c claim) bool {
		return c.leavesOf(func(signer int) bool { return signer != c.activeCA() }) || c.alone && c.stubborn
	},
	rotation.ReasonLeavesOnRetiring: func(c claim) bool {
		return c.excluded == c.inactiveCA() || c.leavesOf(func(signer int) bool { return signer == c.inactiveCA() })
	},
	rotation.ReasonInstallationRunning: func(c claim) bool { return c.running() },
	rotation.ReasonInstallationFailed:  func(c claim) bool { return c.lastFailed() },
	rotation.ReasonPendingChanges:      func(c claim) bool { return c.staged != nothing },
	rotation.ReasonUpgraded:            func(c claim) bool { return c.upgraded },
	rotation.ReasonConfigurable: func(c claim) bool {
		return c.configured == c.inactiveCA() || c.configured != none && !c.v1
	},
	rotation.ReasonCertificatesUnknown:  func(c claim) bool { return c.seen == deaf },
	rotation.ReasonCandidateExpiresSoon: func(c claim) bool { return c.ca(c.inactiveCA()).short },
	rotation.ReasonClockUnknown:         func(c claim) bool { return c.seen == timeless },
	rotation.ReasonNoProducts:           func(c claim) bool { return c.seen == blind },

	rotation.ReasonConfigurableAhead: func(c claim) bool { return c.v1 && c.configured == c.activeCA() },
	// The model has nothing of these: prerequisites_test.go has tables.
	rotation.ReasonStemcellsUnknown: nil, rotation.ReasonCustomerCAs: nil, rotation.ReasonAutomaticDNS: nil, rotation.ReasonAutomaticDNSUnknown: nil,
	rotation.ReasonPreDeployCheck: nil, rotation.ReasonNoWriteScope: nil, rotation.ReasonOpsManagerVersion: nil, rotation.ReasonFullApply: nil, rotation.ReasonHandSet: nil, rotation.ReasonOrphans: nil, rotation.ReasonNewTile: nil,
	rotation.ReasonWeakerChecks: nil, rotation.ReasonOtherDeployments: nil, rotation.ReasonServiceErrands: nil, rotation.ReasonOtherCertificates: nil,
	rotation.ReasonBackup: nil, rotation.ReasonOtherPipelines: nil, rotation.ReasonDuration: nil, rotation.ReasonWayBack: nil,
}

// alreadyDone: nothing is left of what the phase is for.
func alreadyDone(c claim) bool {
	switch c.step {
	case rotation.Generate:
		return len(c.cas) == 2
	case rotation.Activate:
		return c.inactiveCA() < c.activeCA()
	case rotation.Regenerate:
		// An activation that was undone and repeated shows at the next verify, and
		// with certificates v0 never; a regenerate that a snapshot has lost, at the next
		// verify.
		return c.undone || c.again || !c.anyVMs(func(d modelVMs) bool { return d.newest != unmade && d.newest != c.activeCA() })
	case rotation.Delete:
		return len(c.cas) == 1
	}
	return false
}

// proven: what the state stands for is true of every deployment.
func proven(c claim) bool {
	switch {
	case c.accepted:
		return true // and what follows from it is judged: see stepHarm
	case c.undone && (!c.v1 || c.seen != plainly):
		return true // nothing shows it
	case c.alone:
		return !c.running() && c.staged == nothing && !c.lastFailed() && c.seen != deaf && !c.leavesWait()
	case c.state.State == rotation.Trusted:
		return !c.reachedNot(func(d modelVMs) bool { return d.trust>>c.inactiveCA()&1 == 0 })
	case c.state.State == rotation.Activated:
		return !c.reachedNot(func(d modelVMs) bool { return d.trust>>c.activeCA()&1 == 0 })
	case c.state.State == rotation.Replaced:
		return !c.reachedNot(func(d modelVMs) bool { return d.leaf != c.activeCA() })
	case c.state.State == rotation.Settled && c.from.State != rotation.Settled && c.state.Version.Removed != "":
		return !c.reachedNot(func(d modelVMs) bool { return d.trust>>numberOf(c.state.Version.Removed)&1 == 1 })
	}
	return c.state.State == rotation.Settled
}

// renewed tells that the claim is of leaves that the version knows to be regenerated.
func (c claim) renewed() bool { return c.state.State == rotation.Renewed }

// leavesWait tells whether a leaf is known to wait for an apply changes:
// by a renewal that was handed over or, where it is made and not of instances that
// certificates v0 does not tell of, by the list.
func (c claim) leavesWait() bool {
	for n, d := range c.deployments {
		listed := c.v1 && d.newest != unmade
		renewed := c.renewed() && n != theInstances && !c.time(d.newBorn).After(at(c.state.Version.Renewed).Add(time.Minute))
		leftBehind := c.renewed() && c.stubborn && n == theInstances
		if d.awaits && (listed || renewed) || leftBehind {
			return true
		}
	}
	return false
}

// reachedNot tells whether it is so of a deployment that a proof can tell of: what
// an errand left behind shows in certificates v1 alone, and there of what is
// listed, not of the trust of a deleted CA.
func (c claim) reachedNot(so func(modelVMs) bool) bool {
	for n, d := range c.deployments {
		hidden := n == theInstances && (c.givenUp || c.seen == deaf || c.state.State == rotation.Settled || c.state.State == rotation.Activated)
		if so(d) && !hidden {
			return true
		}
	}
	return false
}

// tooEarly: the recorded state is before the phase's, and fits the CAs.
func tooEarly(c claim) bool {
	before := map[rotation.Phase]rotation.State{rotation.Activate: rotation.Trusted, rotation.Regenerate: rotation.Activated, rotation.Delete: rotation.Replaced}
	if c.step == rotation.Generate {
		return c.state.State != rotation.Settled && len(c.cas) == 1
	}
	fits := c.state.Candidate != nil == (c.inactiveCA() > c.activeCA())
	return rank(c.state.State) < rank(before[c.step]) && fits
}

// notReached: a product has no deployment that says something since the proof's
// beginning.
func notReached(c claim) bool {
	switch {
	case c.seen == blind:
		return true
	case c.renewed():
		return !c.allSince(number(c.state.Version.Installation))
	case c.alone:
		return c.younger(theDirector) || c.younger(theTile) || !c.mute && (!c.v1 || c.seen == deaf)
	}
	// Or a log shows that an errand did not run, where nothing else tells of instances.
	return !c.allSince(c.state.Awaited().Since) || !c.mute && (!c.v1 || c.seen == deaf)
}

// younger: the product's leaf is younger than the beginning of the last installation
// that is known to have deployed it, or waits.
func (w world) younger(product int) bool {
	d := w.deployments[product]
	for n, i := range slices.Backward(w.installations) {
		if n >= w.pruned && w.deployedSince(product, w.id(n)-1) {
			return d.awaits || max(d.born, d.newBorn) > i.started
		}
	}
	return d.awaits
}

// lastFailed: the newest installation failed, or a product's newest attempt.
func (w world) lastFailed() bool {
	shown := w.shown()
	if len(shown) > 0 && shown[len(shown)-1].status == evidence.InstallationFailed {
		return true
	}
	for product := range 2 {
		for _, i := range slices.Backward(shown) {
			if status := i.products[product]; status == done || status == fails || status == evidence.DeploymentRunning {
				if status == fails || i.status == evidence.InstallationFailed && !slices.Contains(i.products[:], fails) {
					return true
				}
				break
			}
		}
	}
	return false
}
