package rotation_test

import (
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// rules are how one Ops Manager differs from another in the model.
type rules struct {
	// dateOnly: created_on is a bare date, and all happens on one day.
	dateOnly bool
	// v1: the certificates endpoint shows signers and outdated deployments.
	v1 bool
	// mute: an installation's log does not show which errands it ran.
	mute bool
	// tkgi: the tile is TKGI, and its instances are clusters.
	tkgi bool
	// signed: the CAs that are added are an operator's own.
	signed signing
	// restarts: the ids of installations may start again.
	restarts bool
	// old: the tile's stemcells are, so that VMs have to be recreated.
	old bool
	// without is a rule that the walk is done without, "" for none.
	without string
	// lazy: regenerate drops the leaves and the next apply makes new ones, by
	// whatever CA is active then; otherwise regenerate makes them itself.
	lazy bool
}

func (r rules) String() string {
	words := []string{"created_on with time", "certificates v0", "leaves made by regenerate"}
	if r.dateOnly {
		words[0] = "created_on date-only"
	}
	if r.v1 {
		words[1] = "certificates v1"
	}
	if r.lazy {
		words[2] = "leaves made by the next apply"
	}
	if r.mute {
		words = append(words, "logs that tell nothing")
	}
	if r.tkgi {
		words = append(words, "TKGI")
	}
	if r.signed != vendors {
		words = append(words, [...]string{"", "own root CAs of long ago", "own root CAs of lately"}[r.signed])
	}
	if r.restarts {
		words = append(words, "ids that start again")
	}
	if r.old {
		words = append(words, "old stemcells")
	}
	if r.without != "" {
		words = append(words, "without the rule that "+r.without)
	}
	return strings.Join(words, ", ")
}

const (
	unmade = -1 // a leaf that the next apply makes (lazy)
	none   = -1 // no CA
)

// modelCA is a CA of the model; its number stands for its GUID.
type modelCA struct {
	number, made int
	active       bool
	// short: it expires soon.
	short bool
}

// The deployments of the model. The third one is what a product has that its own
// success does not tell of: the VMs after the one that failed, and the service
// instances, which an errand reaches.
const (
	theDirector = iota
	theTile
	theInstances
)

// modelVMs are what a deployment's VMs run, and the leaf that Ops Manager has in
// store for them.
type modelVMs struct {
	// told is the trust that Ops Manager takes for deployed: see reach.
	trust, told     uint8
	leaf, born      int
	newest, newBorn int
	// awaits: the leaf in store is not deployed; half: the last attempt to deploy
	// failed here.
	awaits, half bool
}

// outcome is what becomes of an installation: of the director, of the tile, and
// of the errand that reaches the tile's instances.
type outcome struct {
	name     string
	products [2]string
	errand   string
	// recreated: VMs were, those of instances by an errand of their own.
	recreated bool
}

const (
	errandRan, errandFailed, errandOff = "ran", "failed", "off"
	done, fails                        = evidence.DeploymentSuccessful, evidence.DeploymentFailed
)

var (
	everything   = outcome{name: "everything", products: [2]string{done, done}, errand: errandRan}
	directorOnly = outcome{name: "the director alone", products: [2]string{done, evidence.DeploymentSkipped}, errand: errandOff}
	tileFails    = outcome{name: "the tile fails midway", products: [2]string{done, fails}, errand: errandOff}
	nothingDone  = outcome{name: "the director fails", products: [2]string{fails, evidence.DeploymentPending}, errand: errandOff}
	errandFails  = outcome{name: "an errand fails", products: [2]string{done, done}, errand: errandFailed}
	errandLeft   = outcome{name: "the errand is off", products: [2]string{done, done}, errand: errandOff}
)

type modelInstallation struct {
	started, finished int
	status            string
	products          [2]string
	errand            string
	carried           uint8 // the CAs listed when it started
	recreated         bool
}

// staged is what another operator has staged.
type staged byte

const (
	nothing   staged = iota
	anUpdate         // of the tile
	aNewTile         // whose installation waits
	allStaged = 3
)

// world is a foundation with its true state, which evidence shows in part only.
type world struct {
	rules
	tick          int
	made          int
	cas           []modelCA
	deployments   [3]modelVMs
	installations []modelInstallation
	// pruned is how many of the installations Ops Manager has forgotten.
	pruned int
	// upgraded: Ops Manager is newer than the director that it deployed.
	upgraded bool
	staged   staged
	// configured and excluded are the CAs that signed a configurable leaf of the
	// tile and one that is excluded from rotation; none for none.
	configured, configuredAt int
	excluded, excludedAt     int
	// stubborn: the leaves of the instances are not regenerated.
	stubborn bool
	// applied is the installation of ours that left a record, 0 for none.
	applied int
	// offset is what the ids of installations begin behind.
	offset int
	// again: they have started again.
	again bool
	// givenUp: our operator has accepted that clusters are not upgraded, who were not:
	// what breaks at them is his.
	givenUp bool
	// late: so much time has passed that what expires soon has expired.
	late bool
}

func newWorld(r rules) world {
	w := world{rules: r, tick: 2, offset: offsetOf(r), made: 1, cas: []modelCA{{number: 0, active: true}}, configured: none, excluded: none}
	for i := range w.deployments {
		w.deployments[i] = modelVMs{trust: 1, told: 1, born: 1, newBorn: 1}
	}
	w.installations = []modelInstallation{{started: 1, finished: 2, status: evidence.InstallationSucceeded, products: everything.products, errand: everything.errand, carried: 1}}
	return w
}

func offsetOf(r rules) int {
	if r.restarts {
		return firstOfRestarted
	}
	return 0
}

func (w world) clone() world {
	w.cas = slices.Clone(w.cas)
	w.installations = slices.Clone(w.installations)
	return w
}

func (w *world) now() int { w.tick++; return w.tick }

func modelGUID(number int) string { return [...]string{guidA, guidB, guidC, guidX}[number] }

func numberOf(guid string) int {
	return slices.Index([]string{guidA, guidB, guidC, guidX}, guid)
}

func (w world) listed() (bits uint8) {
	for _, ca := range w.cas {
		bits |= 1 << ca.number
	}
	return bits
}

func (w world) lists(guid string) bool {
	return slices.ContainsFunc(w.cas, func(ca modelCA) bool { return modelGUID(ca.number) == guid })
}

func (w world) activeCA() int {
	for _, ca := range w.cas {
		if ca.active {
			return ca.number
		}
	}
	return none
}

// inactiveCA is the inactive one of two.
func (w world) inactiveCA() int {
	if len(w.cas) != 2 {
		return none
	}
	return w.cas[0].number + w.cas[1].number - w.activeCA()
}

func (w world) running() bool {
	return len(w.installations) > 0 && w.installations[len(w.installations)-1].status == evidence.InstallationRunning
}

func (w *world) generate() {
	w.cas = append(w.cas, modelCA{number: w.made, made: w.now()})
	w.made++
}

func (w *world) activate(number int) {
	for i := range w.cas {
		w.cas[i].active = w.cas[i].number == number
	}
}

func (w *world) regenerate() {
	born := w.now()
	for i := range w.deployments {
		if i == theInstances && w.stubborn {
			continue
		}
		d := &w.deployments[i]
		d.newest, d.newBorn, d.awaits = w.activeCA(), born, true
		if w.lazy {
			d.newest = unmade
		}
	}
}

func (w *world) remove(number int) {
	w.cas = slices.DeleteFunc(w.cas, func(ca modelCA) bool { return ca.number == number })
}

// configure is "Generate RSA Certificate" for a configurable leaf of the tile.
func (w *world) configure() { w.configured, w.configuredAt = w.activeCA(), w.now() }

// exclude is a leaf of the tile that the rotation leaves out.
func (w *world) exclude() { w.excluded, w.excludedAt = w.activeCA(), w.now() }

// deploy gives a deployment what an installation with these CAs carries.
func (w *world) deploy(d *modelVMs, carried uint8) {
	if d.newest == unmade {
		d.newest = w.activeCA()
	}
	d.trust, d.told, d.leaf, d.born, d.awaits, d.half = carried, carried, d.newest, d.newBorn, false, false
}

func (w *world) start() {
	w.installations = append(w.installations, modelInstallation{started: w.now(), status: evidence.InstallationRunning,
		products: [2]string{evidence.DeploymentPending, evidence.DeploymentPending}, carried: w.listed()})
}

// finish ends the running installation.
func (w *world) finish(o outcome) {
	i := &w.installations[len(w.installations)-1]
	i.status, i.products, i.errand, i.recreated, i.finished = evidence.InstallationSucceeded, o.products, o.errand, o.recreated, w.now()
	if o.errand == errandFailed || slices.Contains(o.products[:], fails) {
		i.status = evidence.InstallationFailed
	}
	switch o.products[theDirector] {
	case done:
		w.reach(theDirector, i.carried, o.recreated)
		w.upgraded = false
	case fails:
		w.deployments[theDirector].half = true
	}
	switch o.products[theTile] {
	case done:
		w.reach(theTile, i.carried, o.recreated)
		w.deployments[theInstances].half = false // the VMs that it had left out
		w.staged = nothing
	case fails:
		// Its first VMs were updated, the rest was not.
		w.reach(theTile, i.carried, o.recreated)
		w.deployments[theTile].half, w.deployments[theInstances].half = true, true
	}
	switch o.errand {
	case errandRan:
		w.reach(theInstances, i.carried, o.recreated)
	case errandFailed:
		w.deployments[theInstances].half = true
	}
}

func (w *world) apply(o outcome) {
	w.start()
	w.finish(o)
}

// act calls Ops Manager for a phase that may go, as the resource does, and gives
// the version that it leaves: read after the call, so that whatever runs by then
// proves nothing about it. Meanwhile is what another operator does between
// the two.
func (w *world) act(phase rotation.Phase, s rotation.Observation, meanwhile ...func(*world)) rotation.Version {
	switch phase {
	case rotation.Generate:
		w.generate()
	case rotation.Activate:
		w.activate(numberOf(s.Candidate.GUID))
	case rotation.Regenerate:
		w.regenerate()
	case rotation.Delete:
		w.remove(numberOf(s.Retiring.GUID))
	}
	for _, do := range meanwhile {
		do(w)
	}
	e := w.evidence(plainly)
	return w.observe(e, rotation.After(s, phase, e)).Version
}

// renew is act for leaves alone.
func (w *world) renew(s rotation.Observation, meanwhile ...func(*world)) rotation.Version {
	at := w.evidence(plainly).At
	w.regenerate()
	for _, do := range meanwhile {
		do(w)
	}
	e := w.evidence(plainly)
	return w.observe(e, rotation.Renew(s, at, e)).Version
}
