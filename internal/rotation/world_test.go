package rotation_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// rules are how one Ops Manager differs from another in the model.
type rules struct {
	// dateOnly: created_on is a bare date, and all happens on one day.
	dateOnly bool
	// v1: the certificates endpoint shows signers and outdated deployments.
	v1 bool
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
	return strings.Join(words, ", ")
}

const unmade = -1 // a leaf that the next apply makes (lazy)

// modelCA is a CA of the model; its number stands for its GUID.
type modelCA struct {
	number, made int
	active       bool
}

// modelProduct is what a product's VMs run, and the leaf that Ops Manager has in
// store for them.
type modelProduct struct {
	trust            uint8
	leaf, born       int
	newest, newBorn  int
	awaitsDeployment bool
}

type modelInstallation struct {
	started  int
	status   string
	products [2]string
	carried  uint8 // the CAs listed when it started
}

// world is a foundation of two products with its true state, which evidence
// shows in part only.
type world struct {
	rules
	tick          int
	made          int
	cas           []modelCA
	products      [2]modelProduct
	installations []modelInstallation
}

func newWorld(r rules) world {
	w := world{rules: r, tick: 2, made: 1, cas: []modelCA{{number: 0, active: true}}}
	w.products = [2]modelProduct{{trust: 1, born: 1}, {trust: 1, born: 1}}
	w.installations = []modelInstallation{{started: 1, status: evidence.InstallationSucceeded,
		products: [2]string{evidence.DeploymentSuccessful, evidence.DeploymentSuccessful}, carried: 1}}
	for i := range w.products {
		w.products[i].newBorn = 1
	}
	return w
}

func (w world) clone() world {
	w.cas = slices.Clone(w.cas)
	w.installations = slices.Clone(w.installations)
	return w
}

func (w *world) now() int { w.tick++; return w.tick }

func modelGUID(number int) string { return [...]string{guidA, guidB, guidC, guidX}[number] }

func (w world) listed() (bits uint8) {
	for _, ca := range w.cas {
		bits |= 1 << ca.number
	}
	return bits
}

func (w world) activeCA() int {
	for _, ca := range w.cas {
		if ca.active {
			return ca.number
		}
	}
	return unmade
}

func (w world) running() bool {
	return w.installations[len(w.installations)-1].status == evidence.InstallationRunning
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
	for i := range w.products {
		p := &w.products[i]
		p.newest, p.newBorn, p.awaitsDeployment = w.activeCA(), w.tick+1, true
		if w.lazy {
			p.newest = unmade
		}
	}
	w.tick++
}

func (w *world) remove(number int) {
	w.cas = slices.DeleteFunc(w.cas, func(ca modelCA) bool { return ca.number == number })
}

// deploy gives a product what an installation with these CAs carries.
func (w *world) deploy(p *modelProduct, carried uint8) {
	if p.newest == unmade {
		p.newest = w.activeCA()
	}
	p.trust, p.leaf, p.born, p.awaitsDeployment = carried, p.newest, p.newBorn, false
}

func (w *world) start() {
	w.installations = append(w.installations, modelInstallation{started: w.now(), status: evidence.InstallationRunning,
		products: [2]string{evidence.DeploymentPending, evidence.DeploymentPending}, carried: w.listed()})
}

// finish ends the running installation with what became of each product.
func (w *world) finish(outcome [2]string) {
	i := &w.installations[len(w.installations)-1]
	i.status, i.products = evidence.InstallationSucceeded, outcome
	for n, status := range outcome {
		switch status {
		case evidence.DeploymentSuccessful:
			w.deploy(&w.products[n], i.carried)
		case evidence.DeploymentFailed:
			i.status = evidence.InstallationFailed
		}
	}
}

var everything = [2]string{evidence.DeploymentSuccessful, evidence.DeploymentSuccessful}

func (w *world) apply(outcome [2]string) {
	w.start()
	w.finish(outcome)
}

// safe tells whether no handshake fails now nor while the next apply rolls,
// whatever products it has reached.
func (w world) safe() bool {
	for reached := range 1 << len(w.products) {
		mixed := w.products
		for n := range mixed {
			if reached>>n&1 == 1 {
				w.deploy(&mixed[n], w.listed())
			}
		}
		for _, one := range mixed {
			for _, other := range mixed {
				if other.trust>>one.leaf&1 == 0 {
					return false
				}
			}
		}
	}
	return true
}

// activeTrusted tells whether every product trusts the active CA. Where one does
// not, the next apply changes cuts it off: the director comes up with an identity
// of the active CA, whatever the leaves are.
func (w world) activeTrusted() bool {
	for _, p := range w.products {
		if p.trust>>w.activeCA()&1 == 0 {
			return false
		}
	}
	return true
}

var modelDay = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

func (w world) time(tick int) time.Time { return modelDay.Add(time.Duration(tick) * time.Minute) }

// evidence is what Ops Manager tells of the world.
func (w world) evidence() evidence.Evidence {
	e := evidence.Evidence{At: w.time(w.tick)}
	products := []evidence.Product{{GUID: "p-bosh-1", Type: "p-bosh"}, {GUID: "cf-1", Type: "cf"}}
	e.Products = evidence.Products{Asked: true, List: products}
	e.Pending.Asked = true
	for _, ca := range w.cas {
		made := evidence.Stamp{Time: w.time(ca.made)}
		switch {
		case ca.number == 0:
			made.Time = modelDay.AddDate(-3, 0, 0)
		case w.dateOnly:
			made = evidence.Stamp{Time: modelDay, DateOnly: true}
		}
		e.CAs = append(e.CAs, evidence.CA{GUID: modelGUID(ca.number), CreatedOn: made, Active: ca.active,
			ExpiresOn: evidence.Stamp{Time: modelDay.AddDate(4, 0, 0)}})
	}
	e.History = evidence.History{Asked: true, Complete: true}
	for n, i := range w.installations {
		record := evidence.Installation{ID: n + 1, Status: i.status, StartedAt: w.time(i.started)}
		for p, status := range i.products {
			record.Changes = append(record.Changes, evidence.Change{GUID: products[p].GUID, Identifier: products[p].Type,
				Type: evidence.ChangeUnchanged, Status: status})
		}
		e.History.List = append([]evidence.Installation{record}, e.History.List...)
	}
	e.Certificates.Source = evidence.SourceV0
	for n, p := range w.products {
		c := evidence.Certificate{Name: fmt.Sprintf("/%s/leaf", products[n].Type), ValidFrom: w.time(p.born)}
		if w.v1 {
			e.Certificates.Source = evidence.SourceV1
			signer := p.leaf
			if p.newest != unmade {
				signer, c.ValidFrom = p.newest, w.time(p.newBorn)
			}
			c.SignedBy = []string{".properties.root_ca." + modelGUID(signer)}
			if p.awaitsDeployment {
				c.OutdatedDeployments = []string{products[n].GUID}
			}
		}
		e.Certificates.List = append(e.Certificates.List, c)
	}
	return e
}

// act calls Ops Manager for a step that may go, as the resource does, and gives
// the version that it leaves: read after the call, so that whatever runs by then
// proves nothing about it.
func (w *world) act(step rotation.Step, s rotation.State) rotation.Version {
	switch step {
	case rotation.Generate:
		w.generate()
	case rotation.Activate:
		w.activate(numberOf(s.Candidate.GUID))
	case rotation.Regenerate:
		w.regenerate()
	case rotation.Delete:
		w.remove(numberOf(s.Retiring.GUID))
	}
	e := w.evidence()
	return rotation.Observe(e, rotation.After(s, step, e)).Version
}

func numberOf(guid string) int {
	return slices.Index([]string{guidA, guidB, guidC, guidX}, guid)
}
