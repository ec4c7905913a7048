package rotation_test

import (
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// view is how Ops Manager answers at the moment.
type view byte

const (
	plainly view = iota
	// deaf: the certificates endpoint fails.
	deaf
	// blind: the deployed products come as an empty list.
	blind
	// timeless: its answers have no date.
	timeless
	views = 4
)

func (v view) String() string {
	return [...]string{"", " (no certificates)", " (no products)", " (no date)"}[v]
}

const (
	modelVersion = "3.0.25-build.1"
	newerVersion = "3.0.26-build.1"
)

var (
	modelDay   = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	modelTicks [64]time.Time
	modelTile  = evidence.Product{GUID: "cf-1", Type: "cf"}
)

func init() {
	for i := range modelTicks {
		modelTicks[i] = modelDay.Add(time.Duration(i) * time.Minute)
	}
}

func (w world) time(tick int) time.Time { return modelTicks[tick] }

// evidence is what Ops Manager tells of the world.
func (w world) evidence(seen view) evidence.Evidence {
	e := evidence.Evidence{At: w.time(w.tick), OpsManager: modelVersion}
	if w.late {
		e.At = modelDay.AddDate(0, 0, 40)
	}
	theDirector := evidence.Product{GUID: "p-bosh-1", Type: "p-bosh", Version: modelVersion}
	if w.upgraded {
		e.OpsManager = newerVersion
	}
	e.Products = evidence.Products{Asked: true, List: []evidence.Product{theDirector, modelTile}}
	w.showAuthorities(&e)
	w.showHistory(&e)
	w.showPending(&e)
	w.showCertificates(&e)
	if w.applied > 0 {
		e.Applied = evidence.Applied{Installation: w.applied, Errands: map[string][]string{modelTile.GUID: {modelErrand}}}
	}
	e.Director = evidence.DirectorProperties{Asked: true}
	w.showKinds(&e)
	switch seen {
	case deaf:
		e.Certificates = evidence.Certificates{Unknown: "500"}
	case blind:
		e.Products.List = nil
	case timeless:
		e.At = time.Time{}
	case plainly:
	}
	return e
}

// checked is what a check sees of it: no staged products and no logs.
func checked(e evidence.Evidence) evidence.Evidence {
	e.Pending, e.Applied = evidence.Pending{}, evidence.Applied{}
	e.History.List = slices.Clone(e.History.List)
	for n := range e.History.List {
		e.History.List[n].Log = evidence.Log{}
	}
	return e
}

func (w world) showAuthorities(e *evidence.Evidence) {
	for _, ca := range w.cas {
		made, lasts := w.createdOn(ca), modelDay.AddDate(4, 0, 0)
		if ca.short {
			lasts = modelDay.AddDate(0, 0, 20)
		}
		e.CAs = append(e.CAs, evidence.CA{GUID: modelGUID(ca.number), CreatedOn: made, Active: ca.active, ExpiresOn: evidence.Stamp{Time: lasts}})
	}
}

func (w world) showHistory(e *evidence.Evidence) {
	e.History = evidence.History{Asked: true, Complete: true}
	for n := len(w.installations) - 1; n >= w.pruned; n-- {
		i := w.installations[n]
		record := evidence.Installation{ID: w.id(n), Status: i.status, StartedAt: w.time(i.started)}
		if i.finished > 0 {
			record.FinishedAt = w.time(i.finished)
		}
		if i.status != evidence.InstallationRunning {
			record.Log = i.log(w.rules)
		}
		for p, status := range i.products {
			record.Changes = append(record.Changes, evidence.Change{GUID: [...]string{"p-bosh-1", "cf-1"}[p], Identifier: [...]string{"p-bosh", "cf"}[p],
				Type: evidence.ChangeUnchanged, Status: status})
		}
		e.History.List = append(e.History.List, record)
	}
}

func (w world) showPending(e *evidence.Evidence) {
	action := "unchanged"
	if w.staged == anUpdate {
		action = "update"
	}
	e.Pending = evidence.Pending{Asked: true, List: []evidence.PendingChange{
		{GUID: "p-bosh-1", Identifier: "p-bosh", Action: "unchanged"},
		{GUID: "cf-1", Identifier: "cf", Action: action, Errands: []evidence.Errand{{Name: modelErrand, PostDeploy: "default"}}, Stemcells: newStemcells(modelTile), WantedListed: true},
	}}
	if w.staged == aNewTile {
		e.Pending.List = append(e.Pending.List, evidence.PendingChange{GUID: "redis-1", Identifier: "redis", Action: "install"})
	}
}

var (
	modelNames   = [...]string{"/p-bosh/leaf", "/cf/leaf", "/cf/service-instance/leaf"}
	modelTargets = [...]string{"p-bosh-1", "cf-1", "service-instance_1"}
)

// modelErrand brings new certificates to the tile's instances.
const modelErrand = "upgrade-all-service-instances"

// log is what an installation's log tells.
func (i modelInstallation) log(r rules) evidence.Log {
	log := evidence.Log{Asked: true}
	if r.mute {
		log.Unknown = "its log has no marks"
		return log
	}
	if i.errand == errandRan || i.errand == errandFailed {
		c := evidence.Command{Deployment: modelTile.GUID, Errand: modelErrand, Finished: true}
		if i.errand == errandFailed {
			c.ExitStatus = 1
		}
		log.Commands = append(log.Commands, c)
	}
	if r.old {
		log.Commands = append(log.Commands, i.commands()...)
	}
	return log
}

// signedBy is how certificates v1 nests what a CA has signed.
func (w world) signedBy(number int) []string {
	if !w.v1 {
		return nil
	}
	return []string{".properties.root_ca." + modelGUID(number)}
}

func (w world) showCertificates(e *evidence.Evidence) {
	e.Certificates.Source = evidence.SourceV0
	authority := evidence.Certificate{Name: "/cf/ca", IsCA: true}
	for n, d := range w.deployments {
		c := evidence.Certificate{Name: modelNames[n], ValidFrom: w.time(d.born)}
		if !d.awaits {
			c.ValidFrom = w.time(d.newBorn) // also where no VM took it: see reach
		}
		if n < theInstances {
			c.Location, c.ProductGUID = "ops_manager", modelTargets[n]
		}
		if w.v1 {
			e.Certificates.Source = evidence.SourceV1
			signer := d.leaf
			if d.newest != unmade {
				signer, c.ValidFrom = d.newest, w.time(d.newBorn)
			}
			c.SignedBy = w.signedBy(signer)
			c.Deployments = []string{modelTargets[n]}
			if d.awaits && d.newest != unmade {
				c.OutdatedDeployments = []string{modelTargets[n]}
			}
			if w.listed()&^d.told != 0 {
				authority.OutdatedDeployments = append(authority.OutdatedDeployments, modelTargets[n])
			}
		}
		e.Certificates.List = append(e.Certificates.List, c)
	}
	if w.v1 {
		e.Certificates.List = append(e.Certificates.List, authority)
		for _, ca := range w.cas {
			e.Certificates.List = append(e.Certificates.List, rootRow(modelGUID(ca.number)))
		}
	}
	if w.configured != none {
		e.Certificates.List = append(e.Certificates.List, evidence.Certificate{Name: ".cf.configured", Configurable: true,
			ValidFrom: w.time(w.configuredAt), SignedBy: w.signedBy(w.configured)})
	}
	if w.excluded != none {
		e.Certificates.List = append(e.Certificates.List, evidence.Certificate{Name: "/cf/excluded", Excluded: true,
			ValidFrom: w.time(w.excludedAt), SignedBy: w.signedBy(w.excluded), Deployments: modelTargets[theTile : theTile+1]})
	}
}

// shown are the records that Ops Manager has not forgotten.
func (w world) shown() []modelInstallation { return slices.Clone(w.installations[w.pruned:]) }
