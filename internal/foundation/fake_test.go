package foundation_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

const (
	guidOld = "aaaa18f34f2a7a9403c3"
	guidNew = "bbbb01e33e3e3e3303e3"
)

// The foundation's moments: the old CA and the new one appear, installations
// start after it, and now.
var (
	madeOld = time.Date(2023, 1, 9, 8, 0, 0, 0, time.UTC)
	madeNew = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	later   = madeNew.Add(time.Hour)
	now     = madeNew.AddDate(0, 0, 7)
)

// opsManager is an Ops Manager that writes down what it is asked.
type opsManager struct {
	cas          []evidence.CA
	history      []evidence.Installation
	certificates evidence.Certificates
	excluded     []string
	// excludedRows are excluded beside them.
	excludedRows []evidence.Certificate
	// untold is why it cannot tell what is excluded.
	untold string
	// staged are the pending changes, one of TAS where there are none.
	staged []evidence.PendingChange
	// logs are those that it keeps.
	logs map[int]evidence.Log
	// broken is the question that fails.
	broken string

	asked []string
	// read is how many installations were needed.
	read int
}

var errBroken = errors.New("it hung up")

func (o *opsManager) ask(question string) error {
	o.asked = append(o.asked, question)
	if question == o.broken {
		return errBroken
	}
	return nil
}

// Info implements foundation.Reader.
func (o *opsManager) Info(context.Context) (opsman.Info, error) {
	return opsman.Info{Version: "3.1.2-build.5"}, o.ask("info")
}

// CertificateAuthorities implements foundation.Reader.
func (o *opsManager) CertificateAuthorities(context.Context) ([]evidence.CA, error) {
	return o.cas, o.ask("authorities")
}

// DeployedProducts implements foundation.Reader.
func (o *opsManager) DeployedProducts(context.Context) (evidence.Products, error) {
	return evidence.Products{Asked: true, List: []evidence.Product{
		{GUID: "p-bosh-1", Type: evidence.Director, Label: "BOSH Director"}, {GUID: "cf-1", Type: "cf", Label: "TAS"},
	}}, o.ask("products")
}

// Installations implements foundation.Reader.
func (o *opsManager) Installations(_ context.Context, enough func(evidence.Installation) bool) (evidence.History, error) {
	h := evidence.History{Asked: true}
	for _, i := range o.history {
		h.List = append(h.List, i)
		o.read++
		if enough(i) {
			return h, o.ask("installations")
		}
	}
	h.Complete = true
	return h, o.ask("installations")
}

// PendingChanges implements foundation.Reader.
func (o *opsManager) PendingChanges(context.Context) (evidence.Pending, error) {
	list := o.staged
	if list == nil {
		list = []evidence.PendingChange{{GUID: "cf-1", Action: "update"}}
	}
	return evidence.Pending{Asked: true, List: list}, o.ask("pending changes")
}

// Certificates implements foundation.Reader.
func (o *opsManager) Certificates(context.Context) (evidence.Certificates, error) {
	return o.certificates, o.ask("certificates")
}

// ExcludedCertificates implements foundation.Reader.
func (o *opsManager) ExcludedCertificates(context.Context) (evidence.Certificates, error) {
	if o.untold != "" {
		return evidence.Certificates{Unknown: o.untold}, o.ask("excluded certificates")
	}
	var rows []evidence.Certificate
	for _, name := range o.excluded {
		rows = append(rows, evidence.Certificate{Name: name})
	}
	return evidence.Certificates{Source: evidence.SourceV0, List: append(rows, o.excludedRows...)}, o.ask("excluded certificates")
}

// ServerTime implements foundation.Reader.
func (o *opsManager) ServerTime() time.Time { return now }

func old(active bool) evidence.CA {
	return evidence.CA{GUID: guidOld, Active: active, CreatedOn: evidence.Stamp{Time: madeOld}, ExpiresOn: evidence.Stamp{Time: madeOld.AddDate(4, 0, 0)}}
}

func fresh(active bool) evidence.CA {
	return evidence.CA{GUID: guidNew, Active: active, CreatedOn: evidence.Stamp{Time: madeNew}, ExpiresOn: evidence.Stamp{Time: madeNew.AddDate(4, 0, 0)}}
}

// installed is an installation that deployed everything.
func installed(id int, at time.Time) evidence.Installation {
	i := evidence.Installation{ID: id, Status: evidence.InstallationSucceeded, StartedAt: at, FinishedAt: at.Add(time.Hour)}
	for _, guid := range []string{"p-bosh-1", "cf-1"} {
		i.Changes = append(i.Changes, evidence.Change{GUID: guid, Type: evidence.ChangeUnchanged, Status: evidence.DeploymentSuccessful, StartedAt: at, FinishedAt: at.Add(time.Minute)})
	}
	return i
}

// settledOn is a foundation at rest.
func settledOn(ca evidence.CA) *opsManager {
	return &opsManager{
		cas: []evidence.CA{ca}, history: []evidence.Installation{installed(8, madeOld.AddDate(1, 0, 0)), installed(7, madeOld.Add(time.Hour))},
		certificates: evidence.Certificates{Source: evidence.SourceV1, List: []evidence.Certificate{{Name: "/cf/router", ValidFrom: later, ValidUntil: later.AddDate(2, 0, 0)}}},
	}
}

func version(v rotation.Version) *rotation.Version { return &v }

// InstallationLog implements foundation.Reader.
func (o *opsManager) InstallationLog(_ context.Context, id int) (evidence.Log, error) {
	log, kept := o.logs[id]
	if !kept {
		log = evidence.Log{Asked: true, Unknown: "none is kept"}
	}
	return log, o.ask(fmt.Sprintf("log %d", id))
}

// NoInstallationRunning implements foundation.Reader.
func (o *opsManager) NoInstallationRunning(context.Context) bool { return false }

// DiagnosticReport implements foundation.Reader.
func (o *opsManager) DiagnosticReport(context.Context) (evidence.DiagnosticReport, error) {
	return evidence.DiagnosticReport{Asked: true, Products: []evidence.ProductStemcells{{GUID: "cf-1", Listed: true}}}, o.ask("diagnostic report")
}

// DirectorProperties implements foundation.Reader.
func (o *opsManager) DirectorProperties(context.Context) (evidence.DirectorProperties, error) {
	return evidence.DirectorProperties{Asked: true}, o.ask("director's properties")
}

// PreDeployCheck implements foundation.Reader.
func (o *opsManager) PreDeployCheck(_ context.Context, guid, identifier string) (evidence.PreDeployCheck, error) {
	return evidence.PreDeployCheck{GUID: guid, Identifier: identifier, Complete: true}, o.ask("check " + guid)
}

// Scopes implements foundation.Reader.
func (o *opsManager) Scopes() evidence.Scopes {
	return evidence.Scopes{Asked: true, List: []string{"opsman.admin"}}
}
