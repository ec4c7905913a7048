package rotation_test

import "github.com/opsman-ca/opsman-ca/internal/rotation"

// harm is what a phase must never do to a foundation.
type harm string

const (
	harmless       harm = ""
	breaksNow      harm = "a handshake breaks, at once or while the next apply changes rolls"
	cutsOff        harm = "the next apply changes cuts off what does not trust the active CA"
	expiresSoon    harm = "the active CA expires soon"
	onExpired      harm = "the CAs change although the active one has expired"
	secondOne      harm = "a second candidate"
	wrongOne       harm = "a CA is deleted that is not the retiring one"
	midway         harm = "the CAs change in the middle of an installation"
	overHalf       harm = "the CAs change over a deployment that was left half done"
	overUpgrade    harm = "the CAs change together with an undeployed upgrade of Ops Manager"
	withStaged     harm = "the CAs change together with another operator's staged changes"
	deploysStaged  harm = "another operator's staged changes are deployed unasked"
	foreignVersion harm = "a phase runs for a version of another rotation or foundation"
	falseClaim     harm = "it says proven, and it is not"
	renewsOnBroken harm = "leaves are renewed where the next apply changes breaks handshakes"
)

// broken are the handshakes that fail now (first) and while the next apply rolls,
// for each set of deployments that it has reached: a bit per pair.
func (w world) broken() (all [8]uint16) {
	carried := w.listed()
	rolled := w.deployments
	for n := range rolled {
		w.deploy(&rolled[n], carried)
	}
	for reached := range all {
		mixed := w.deployments
		for n := range mixed {
			if reached>>n&1 == 1 {
				mixed[n] = rolled[n]
			}
		}
		for i, one := range mixed {
			for j, other := range mixed {
				if w.givenUp && (i == theInstances || j == theInstances) {
					continue
				}
				if other.trust>>one.leaf&1 == 0 {
					all[reached] |= 1 << (3*i + j)
				}
			}
			// Everyone meets the tile's other leaves as well.
			for bit, signer := range []int{w.configured, w.excluded} {
				if w.givenUp && i == theInstances {
					continue
				}
				if signer != none && one.trust>>signer&1 == 0 {
					all[reached] |= 1 << (9 + 3*bit + i)
				}
			}
		}
	}
	return all
}

// safe tells whether no handshake fails now nor while the next apply rolls,
// whatever it has reached.
func (w world) safe() bool { return w.broken() == [8]uint16{} }

// activeTrusted tells whether everything trusts the active CA. What does not is
// cut off by the next apply changes: the director comes up with an identity of the
// active CA, whatever the leaves are.
func (w world) activeTrusted() bool {
	for n, d := range w.deployments {
		if d.trust>>w.activeCA()&1 == 0 && (n != theInstances || !w.givenUp) {
			return false
		}
	}
	return true
}

func (w world) activeExpires() bool {
	for _, ca := range w.cas {
		if ca.active {
			return ca.short
		}
	}
	return false
}

func (w world) half() bool {
	for _, d := range w.deployments {
		if d.half {
			return true
		}
	}
	return false
}

// stepHarm is what a phase of ours did that led from one world to the other. What
// another operator had broken before is not ours.
func stepHarm(before, after world, phase rotation.Phase, from rotation.Version, alone bool) harm {
	more := false
	was, is := before.broken(), after.broken()
	for i := range is {
		more = more || is[i]&^was[i] != 0
	}
	switch {
	case phase == rotation.Generate && len(before.cas) > 1:
		return secondOne
	case from.Active != "" && !before.lists(from.Active):
		return foreignVersion
	case phase == rotation.Delete && (len(before.cas) != 2 || after.activeCA() == none || before.inactiveCA() > before.activeCA()):
		return wrongOne
	case more:
		return breaksNow
	case len(after.cas) == 2 && !after.activeTrusted() && before.activeTrusted():
		return cutsOff
	case alone && !after.safe() && was[0] == 0 && !before.anyVMs(func(d modelVMs) bool { return d.awaits }):
		return renewsOnBroken
	case before.late && before.activeExpires():
		return onExpired
	case after.activeExpires() && !before.activeExpires():
		return expiresSoon
	case before.running():
		return midway
	case before.upgraded:
		return overUpgrade
	case before.staged == aNewTile, before.staged == anUpdate && phase != rotation.Regenerate:
		return withStaged
	case before.half() && !alone:
		// Leaves alone are renewed over it: each of them is good with every peer.
		return overHalf
	}
	return harmless
}

// applyHarm is what an apply changes of ours does in this world.
func applyHarm(w world) harm {
	switch {
	case len(w.cas) == 2 && !w.activeTrusted():
		return cutsOff
	case w.staged != nothing:
		return deploysStaged
	case !w.safe():
		return breaksNow
	}
	return harmless
}
