package rotation_test

import (
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// signing is since when an operator's own root CA is valid. Ops Manager gives that
// day as created_on, and the CA was added later.
type signing byte

const (
	// vendors: every CA is one that Ops Manager made.
	vendors signing = iota
	// longAgo: years before the CA that it follows was made.
	longAgo
	// lately: after that, and before the installations that are known.
	lately
)

// What a walk is done without, one at a time, to show that it is needed.
const (
	withoutOwnCAs     = "an operator's own CA is told from one of Ops Manager"
	withoutCredHub    = "what CredHub holds is left out where TKGI is"
	withoutRestart    = "installation ids that start again are taken for a reset"
	withoutBack       = "a CA that comes back is not taken for new"
	withoutRecreation = "VMs on old stemcells have to be recreated"
	withoutClusters   = "TKGI's clusters are a reason of their own, which can be accepted"
	firstOfRestarted  = 100
)

// showKinds makes of the evidence what this kind of Ops Manager shows.
func (w world) showKinds(e *evidence.Evidence) {
	if w.tkgi {
		w.showClusters(e)
	}
	if w.old {
		w.showStemcells(e)
	}
	if w.signed != vendors && w.without != withoutOwnCAs {
		for n := range e.Certificates.List {
			// Their own rows say what lacks them.
			if e.Certificates.List[n].IsCA {
				e.Certificates.List[n].OutdatedDeployments = nil
			}
		}
		for _, ca := range w.cas {
			w.showOwn(e, ca)
		}
	}
}

// createdOn is the date that Ops Manager gives of the CA.
func (w world) createdOn(ca modelCA) evidence.Stamp {
	if ca.number == 0 {
		return evidence.Stamp{Time: modelDay.AddDate(-3, 0, 0)}
	}
	made := evidence.Stamp{Time: w.time(ca.made), DateOnly: w.dateOnly}
	switch w.signed {
	case longAgo:
		made.Time = modelDay.AddDate(-5-ca.number, 0, 0)
	case lately:
		made.Time = modelDay.Add(time.Duration(ca.number-10) * time.Minute)
	case vendors:
	}
	if w.dateOnly {
		made.Time = made.Time.Truncate(24 * time.Hour)
	}
	return made
}

// showOwn shows a CA as its operator's own, and that its own row says what lacks it.
func (w world) showOwn(e *evidence.Evidence, ca modelCA) {
	if ca.number == 0 {
		return
	}
	guid := modelGUID(ca.number)
	for n := range e.CAs {
		if e.CAs[n].GUID == guid {
			e.CAs[n].Issuer = "Example"
		}
	}
	if !w.v1 {
		return
	}
	list := e.Certificates.List
	row := slices.IndexFunc(list, func(c evidence.Certificate) bool { return c.Name == rootRow(guid).Name })
	list[row].Configurable = true
	for n, d := range w.deployments {
		if d.trust>>ca.number&1 == 0 {
			list[row].OutdatedDeployments = append(list[row].OutdatedDeployments, modelTargets[n])
		}
	}
}

// showClusters shows the tile as TKGI and its instances as clusters. Its errand is not
// forced, and this rotation renews nothing that CredHub holds.
func (w world) showClusters(e *evidence.Evidence) {
	e.Products.List[1].Type = rotation.TKGI
	e.Applied.Errands = nil
	for n := range e.History.List {
		e.History.List[n].Changes[1].Identifier = rotation.TKGI
	}
	e.Pending.List[1].Identifier = rotation.TKGI
	for n := range e.Certificates.List {
		if c := &e.Certificates.List[n]; slices.Contains(c.Deployments, modelTargets[theInstances]) && w.without != withoutClusters {
			c.ProductGUID = modelTile.GUID
		}
	}
	held := evidence.Certificate{Name: "/cf/credhub/leaf", Location: rotation.CredHub, ValidFrom: modelDay.AddDate(-4, 0, 0), Deployments: modelTargets[theInstances:]}
	if w.without == withoutCredHub {
		held.Location = "ops_manager"
	}
	e.Certificates.List = append(e.Certificates.List, held)
}

// observe looks at the evidence, without the rule that the walk is done without.
func (r rules) observe(e evidence.Evidence, cursor *rotation.Version) rotation.Observation {
	if r.without == withoutRestart && cursor != nil && e.History.Asked && e.History.Highest() < number(cursor.Installation) {
		e.History.List = append(slices.Clone(e.History.List), evidence.Installation{ID: number(cursor.Installation), Status: evidence.InstallationSucceeded, StartedAt: modelDay})
	}
	if r.without == withoutBack && cursor != nil {
		early := *cursor
		early.Removed = guidX
		e.CAs = slices.Clone(e.CAs)
		for n := range e.CAs {
			if e.CAs[n].GUID == cursor.Removed {
				e.CAs[n].CreatedOn = evidence.Stamp{Time: e.At}
			}
		}
		if cursor.Removed != "" && len(e.CAs) > 1 {
			cursor = &early
		}
	}
	return rotation.Observe(e, cursor)
}

// id is what Ops Manager calls an installation, by its place.
func (w world) id(n int) int { return w.offset + n + 1 }

// ours is what becomes of an apply changes of ours: TKGI's errand is not forced.
func (w world) ours() outcome {
	if w.tkgi {
		return errandLeft
	}
	return everything
}

// upgradeClusters is `tkgi upgrade-cluster` of every cluster: no installation tells of it.
func (w *world) upgradeClusters() {
	d := &w.deployments[theInstances]
	carried := w.deployments[theTile].trust
	w.deploy(d, carried)
	w.givenUp = false
}

// clustersWait tells whether a cluster has not got what it is to get.
func (w world) clustersWait() bool {
	d := w.deployments[theInstances]
	return w.tkgi && (w.listed()&^d.trust != 0 || d.trust&^w.listed() != 0 || d.awaits)
}

// distrustedBut tells whether anything but a cluster, which can be accepted, does not
// trust the CA.
func (w world) distrustedBut(number int) bool {
	for n, d := range w.deployments {
		if d.trust>>number&1 == 0 && (n != theInstances || !w.tkgi) {
			return true
		}
	}
	return false
}

// clustersUnshown: nothing that Ops Manager tells is of clusters that were upgraded one
// by one.
func (c claim) clustersUnshown() bool { return c.tkgi && (!c.v1 || c.seen == deaf) }

// imports is an export that is imported anew: the foundation is the same, and no
// installation is known.
func (w *world) imports() { w.installations, w.offset, w.pruned, w.again = nil, 0, 0, true }

// restores is Ops Manager as it was once, and everything that it has deployed since as
// it is.
func (w *world) restores(once world) {
	once = once.clone()
	w.again = true
	w.cas, w.installations, w.offset, w.pruned = once.cas, once.installations, once.offset, once.pruned
	w.upgraded, w.staged, w.configured, w.configuredAt, w.excluded, w.excludedAt = once.upgraded, once.staged, once.configured, once.configuredAt, once.excluded, once.excludedAt
	for n := range w.deployments {
		d := &w.deployments[n]
		d.newest, d.newBorn = once.deployments[n].newest, once.deployments[n].newBorn
		d.awaits = d.newest != d.leaf || d.newBorn != d.born
	}
}

// snapshots are the worlds on the way here in which Ops Manager was another.
func (s *situation) snapshots() (all []*situation) {
	of := func(w world) string {
		w.deployments, w.applied = [3]modelVMs{}, 0
		return w.identity()
	}
	known := []string{of(s.world)}
	for p := s.parent; p != nil && len(p.cas) > 0; p = p.parent {
		if id := of(p.world); !p.running() && !slices.Contains(known, id) {
			known = append(known, id)
			all = append(all, p)
		}
	}
	return all
}
