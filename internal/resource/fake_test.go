package resource_test

import (
	"context"
	"errors"
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

const (
	guidOld = "aaaa18f34f2a7a9403c3"
	guidNew = "bbbb01e33e3e3e3303e3"
)

// now is Ops Manager's clock.
var now = time.Date(2026, 3, 9, 10, 0, 0, 0, time.UTC)

// in is so many days from now.
func in(days int) time.Time { return now.AddDate(0, 0, days) }

// opsManager is an Ops Manager that writes down what it is asked.
type opsManager struct {
	at       time.Time
	cas      []evidence.CA
	listed   evidence.Certificates
	excluded []string
	// needsVersion: the certificates are unknown until the version was asked for.
	needsVersion bool
	products     []evidence.Product
	// broken is the question that fails.
	broken string
	asked  []string
}

var errBroken = errors.New("it hung up")

// settled has one CA, of so many days, and certificates.
func settled(days int, list ...evidence.Certificate) *opsManager {
	return &opsManager{at: now, cas: []evidence.CA{ca(guidOld, true, -1000, days)}, listed: evidence.Certificates{Source: evidence.SourceV1, List: list}}
}

func ca(guid string, active bool, created, expires int) evidence.CA {
	return evidence.CA{GUID: guid, Active: active, CreatedOn: evidence.Stamp{Time: in(created)}, ExpiresOn: evidence.Stamp{Time: in(expires)}}
}

// certificate was issued and expires so many days from now.
func certificate(name string, issued, expires int, change ...func(*evidence.Certificate)) evidence.Certificate {
	c := evidence.Certificate{Name: name, ValidFrom: in(issued), ValidUntil: in(expires), ProductGUID: "cf-1"}
	for _, each := range change {
		each(&c)
	}
	return c
}

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
	return evidence.Products{Asked: true, List: o.products}, o.ask("products")
}

// Installations implements foundation.Reader.
func (o *opsManager) Installations(context.Context, func(evidence.Installation) bool) (evidence.History, error) {
	return evidence.History{Asked: true}, o.ask("installations")
}

// PendingChanges implements foundation.Reader.
func (o *opsManager) PendingChanges(context.Context) (evidence.Pending, error) {
	return evidence.Pending{Asked: true}, o.ask("pending changes")
}

// Certificates implements foundation.Reader.
func (o *opsManager) Certificates(context.Context) (evidence.Certificates, error) {
	found := o.listed
	if o.needsVersion && !slices.Contains(o.asked, "info") {
		found = evidence.Certificates{Unknown: "404"}
	}
	found.List = append([]evidence.Certificate{}, found.List...)
	return found, o.ask("certificates")
}

// ExcludedCertificates implements foundation.Reader.
func (o *opsManager) ExcludedCertificates(context.Context) (evidence.Certificates, error) {
	var rows []evidence.Certificate
	for _, name := range o.excluded {
		rows = append(rows, evidence.Certificate{Name: name})
	}
	return evidence.Certificates{Source: evidence.SourceV0, List: rows}, o.ask("excluded certificates")
}

// ServerTime implements foundation.Reader.
func (o *opsManager) ServerTime() time.Time { return o.at }

func span(text string) rotation.Within {
	GinkgoHelper()
	within, err := rotation.ParseWithin(text)
	Expect(err).NotTo(HaveOccurred())
	return within
}

// InstallationLog implements foundation.Reader.
func (o *opsManager) InstallationLog(context.Context, int) (evidence.Log, error) {
	return evidence.Log{Asked: true, Unknown: "none is kept"}, o.ask("installation log")
}

// NoInstallationRunning implements foundation.Reader.
func (o *opsManager) NoInstallationRunning(context.Context) bool { return false }

// DiagnosticReport implements foundation.Reader.
func (o *opsManager) DiagnosticReport(context.Context) (evidence.DiagnosticReport, error) {
	return evidence.DiagnosticReport{Asked: true}, o.ask("diagnostic report")
}

// DirectorProperties implements foundation.Reader.
func (o *opsManager) DirectorProperties(context.Context) (evidence.DirectorProperties, error) {
	return evidence.DirectorProperties{Asked: true}, o.ask("director's properties")
}

// PreDeployCheck implements foundation.Reader.
func (o *opsManager) PreDeployCheck(_ context.Context, guid, identifier string) (evidence.PreDeployCheck, error) {
	return evidence.PreDeployCheck{GUID: guid, Identifier: identifier, Complete: true}, o.ask("pre-deploy check")
}

// Scopes implements foundation.Reader.
func (o *opsManager) Scopes() evidence.Scopes { return evidence.Scopes{Asked: true} }
