package metrics_test

import (
	"bytes"
	"context"
	"errors"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/metrics"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

const (
	guidOld = "aaaa18f34f2a7a9403c3"
	guidNew = "bbbb01e33e3e3e3303e3"
)

var (
	madeOld = time.Date(2023, 1, 9, 8, 0, 0, 0, time.UTC)
	madeNew = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	now     = madeNew.AddDate(0, 0, 7)
)

// opsManager is an Ops Manager with TAS, whose state a spec moves on.
type opsManager struct {
	at           time.Time
	cas          []evidence.CA
	history      []evidence.Installation
	certificates evidence.Certificates
	excluded     []string
	broken       error
	asked        int
	// hangs tells that a call waits for an answer that never comes.
	hangs chan struct{}
}

func (o *opsManager) ask() error {
	o.asked++
	return o.broken
}

func (o *opsManager) Info(context.Context) (opsman.Info, error) {
	return opsman.Info{Version: "3.1.2-build.5"}, o.ask()
}

func (o *opsManager) CertificateAuthorities(ctx context.Context) ([]evidence.CA, error) {
	if o.hangs != nil {
		o.hangs <- struct{}{}
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return o.cas, o.ask()
}

func (o *opsManager) DeployedProducts(context.Context) (evidence.Products, error) {
	return evidence.Products{Asked: true, List: []evidence.Product{{GUID: "cf-1", Type: "cf", Label: "TAS"}}}, o.ask()
}

func (o *opsManager) Installations(context.Context, func(evidence.Installation) bool) (evidence.History, error) {
	return evidence.History{Asked: true, Complete: true, List: o.history}, o.ask()
}

func (o *opsManager) PendingChanges(context.Context) (evidence.Pending, error) {
	return evidence.Pending{Asked: true}, o.ask()
}

func (o *opsManager) Certificates(context.Context) (evidence.Certificates, error) {
	return o.certificates, o.ask()
}

func (o *opsManager) ExcludedCertificates(context.Context) (evidence.Certificates, error) {
	var rows []evidence.Certificate
	for _, name := range o.excluded {
		rows = append(rows, evidence.Certificate{Name: name})
	}
	return evidence.Certificates{Source: evidence.SourceV0, List: rows}, o.ask()
}

func (o *opsManager) ServerTime() time.Time { return o.at }

func ca(guid string, made time.Time, active bool) evidence.CA {
	return evidence.CA{GUID: guid, Active: active, CreatedOn: evidence.Stamp{Time: made}, ExpiresOn: evidence.Stamp{Time: made.AddDate(4, 0, 0)}}
}

// installed is an installation that deployed TAS.
func installed(id int, at time.Time, status string) evidence.Installation {
	deployed := evidence.DeploymentSuccessful
	if status == evidence.InstallationFailed {
		deployed = evidence.DeploymentFailed
	}
	return evidence.Installation{
		ID: id, Status: status, StartedAt: at, FinishedAt: at.Add(time.Hour),
		Changes: []evidence.Change{{GUID: "cf-1", Type: evidence.ChangeUnchanged, Status: deployed, StartedAt: at, FinishedAt: at.Add(time.Minute)}},
	}
}

func leaf(name string, days int) evidence.Certificate {
	return evidence.Certificate{Name: name, ProductGUID: "cf-1", ValidFrom: madeNew.AddDate(-1, 0, 0), ValidUntil: now.AddDate(0, 0, days)}
}

// settled is a foundation at rest.
func settled() *opsManager {
	return &opsManager{
		at: now, cas: []evidence.CA{ca(guidOld, madeOld, true)}, history: []evidence.Installation{installed(8, madeOld.AddDate(1, 0, 0), evidence.InstallationSucceeded)},
		certificates: evidence.Certificates{Source: evidence.SourceV1, List: []evidence.Certificate{leaf("/cf/router", 400)}},
	}
}

// generated is one with a candidate.
func generated() *opsManager {
	o := settled()
	o.cas = append(o.cas, ca(guidNew, madeNew, false))
	o.certificates.List = append(o.certificates.List, evidence.Certificate{Name: ".properties.root_ca." + guidNew, IsCA: true})
	return o
}

var errGone = errors.New("it hung up")

// looker looks at it, at a quarter past two, in two seconds.
func looker(o *opsManager) *metrics.Looker {
	at := time.Unix(1_800_000_000, 0)
	return &metrics.Looker{API: o, Foundation: "prod", Redact: func(text string) string { return text }, Now: func() time.Time {
		at = at.Add(time.Second)
		return at
	}}
}

// families are the metrics of a text, by name, without the prefix.
func families(text []byte) map[string]*dto.MetricFamily {
	GinkgoHelper()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	all, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	Expect(err).NotTo(HaveOccurred())
	short := map[string]*dto.MetricFamily{}
	for name, family := range all {
		Expect(name).To(MatchRegexp(`^opsman_ca_[a-z_]+$`))
		Expect(family.GetHelp()).NotTo(BeEmpty(), name)
		short[name[len("opsman_ca_"):]] = family
	}
	return short
}

// values are a family's, by the labels that tell them apart.
func values(family *dto.MetricFamily, labels ...string) map[string]float64 {
	GinkgoHelper()
	Expect(family).NotTo(BeNil())
	all := map[string]float64{}
	for _, m := range family.GetMetric() {
		key, foundation := "", ""
		for _, wanted := range labels {
			for _, l := range m.GetLabel() {
				if l.GetName() == wanted {
					key += l.GetValue() + " "
				}
			}
		}
		for _, l := range m.GetLabel() {
			if l.GetName() == "foundation" {
				foundation = l.GetValue()
			}
		}
		Expect(foundation).To(Equal("prod"))
		if key != "" {
			key = key[:len(key)-1]
		}
		Expect(all).NotTo(HaveKey(key))
		all[key] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
	}
	return all
}

// shown are the metrics of one look.
func shown(l *metrics.Looker) map[string]*dto.MetricFamily {
	GinkgoHelper()
	text, err := metrics.Text(l.Look(context.Background()))
	Expect(err).NotTo(HaveOccurred())
	return families(text)
}

// InstallationLog implements foundation.Reader.
func (o *opsManager) InstallationLog(context.Context, int) (evidence.Log, error) {
	return evidence.Log{Asked: true, Unknown: "none is kept"}, o.ask()
}

// NoInstallationRunning implements foundation.Reader.
func (o *opsManager) NoInstallationRunning(context.Context) bool { return false }

// DiagnosticReport implements foundation.Reader.
func (o *opsManager) DiagnosticReport(context.Context) (evidence.DiagnosticReport, error) {
	return evidence.DiagnosticReport{Asked: true}, o.ask()
}

// DirectorProperties implements foundation.Reader.
func (o *opsManager) DirectorProperties(context.Context) (evidence.DirectorProperties, error) {
	return evidence.DirectorProperties{Asked: true}, o.ask()
}

// PreDeployCheck implements foundation.Reader.
func (o *opsManager) PreDeployCheck(_ context.Context, guid, identifier string) (evidence.PreDeployCheck, error) {
	return evidence.PreDeployCheck{GUID: guid, Identifier: identifier, Complete: true}, o.ask()
}

// Scopes implements foundation.Reader.
func (o *opsManager) Scopes() evidence.Scopes { return evidence.Scopes{Asked: true} }
