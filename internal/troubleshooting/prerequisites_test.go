package troubleshooting_test

import (
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

const (
	rootGUID  = "8a1f3c5e7b9d2f4a6c8e"
	tasGUID   = "cf-3f1c7a9be2d4506f8a1b"
	mysqlGUID = "p.mysql-0c9a8b7d6e5f41324a5b"
)

func day(y int, m time.Month, d, hour int) time.Time {
	return time.Date(y, m, d, hour, 0, 0, 0, time.UTC)
}

// healthy is a foundation that a rotation may begin on.
func healthy() evidence.Evidence {
	products := []evidence.Product{
		{GUID: "p-bosh-1a2b3c4d5e6f708192a3", Type: evidence.Director, Label: "BOSH Director", Version: "3.1.2-build.5"},
		{GUID: tasGUID, Type: "cf", Label: "TAS", Version: "6.0.3"}, {GUID: mysqlGUID, Type: "p.mysql", Label: "MySQL", Version: "3.2.0"},
	}
	e := evidence.Evidence{
		At: day(2026, 11, 29, 12), OpsManager: "3.1.2-build.5",
		CAs:          []evidence.CA{{GUID: rootGUID, Active: true, Issuer: "Pivotal", CreatedOn: evidence.Stamp{Time: day(2024, 11, 28, 8)}, ExpiresOn: evidence.Stamp{Time: day(2028, 11, 28, 8)}}},
		Products:     evidence.Products{Asked: true, List: products},
		Certificates: evidence.Certificates{Source: evidence.SourceV1, List: []evidence.Certificate{{Name: ".properties.root_ca." + rootGUID, IsCA: true}}},
		Pending:      evidence.Pending{Asked: true}, History: evidence.History{Asked: true, Complete: true},
		Director: evidence.DirectorProperties{Asked: true}, Checks: evidence.PreDeployChecks{Asked: true}, Scopes: evidence.Scopes{Asked: true, List: []string{"opsman.admin"}},
	}
	i := evidence.Installation{ID: 41, User: "admin", Status: evidence.InstallationSucceeded, StartedAt: day(2026, 11, 20, 8), FinishedAt: day(2026, 11, 20, 11)}
	for _, p := range products {
		change := evidence.PendingChange{GUID: p.GUID, Identifier: p.Type, Label: p.Label, Action: "unchanged"}
		change.Stemcells = evidence.ProductStemcells{GUID: p.GUID, Listed: true, List: []evidence.Stemcell{{OS: "ubuntu-jammy", Version: "1.390"}}}
		if p.GUID == mysqlGUID {
			change.Errands = []evidence.Errand{{Name: "upgrade-all-service-instances", PostDeploy: "false"}}
		}
		e.Pending.List = append(e.Pending.List, change)
		i.Changes = append(i.Changes, evidence.Change{GUID: p.GUID, Identifier: p.Type, Label: p.Label, Type: evidence.ChangeUnchanged, Status: evidence.DeploymentSuccessful})
	}
	e.History.List = []evidence.Installation{i}
	return e
}

func stemcell(e *evidence.Evidence, system, version string) {
	e.Pending.List[1].Stemcells.List = []evidence.Stemcell{{OS: system, Version: version}}
}

func lists(e *evidence.Evidence, c ...evidence.Certificate) {
	e.Certificates.List = append(e.Certificates.List, c...)
}

var _ = DescribeTable("what keeps a rotation from beginning is quoted in the guide as it is written:",
	func(code rotation.Reason, disturb func(*evidence.Evidence), options rotation.Options) {
		e := healthy()
		disturb(&e)
		s := rotation.Observe(e, nil)
		d := rotation.Decide(rotation.Question{Phase: rotation.Generate, From: s.Version, Observed: s, Evidence: e, Options: options})
		Expect(d.Reason).To(Equal(code), d.Message)
		expectQuoted(troubleshooting.OfReason(code), (&foundation.RefusedError{Phase: rotation.Generate, Decision: d}).Error())
	},
	func(code rotation.Reason, _ func(*evidence.Evidence), _ rotation.Options) string { return string(code) },
	Entry(nil, rotation.ReasonRecreateNeeded, func(e *evidence.Evidence) { stemcell(e, "ubuntu-xenial", "621.125") }, rotation.Options{}),
	Entry(nil, rotation.ReasonStemcellsUnknown, func(e *evidence.Evidence) { stemcell(e, "ubuntu-bionic", "1.97") }, rotation.Options{}),
	Entry(nil, rotation.ReasonCustomerCAs, func(e *evidence.Evidence) {
		lists(e, evidence.Certificate{Name: "/corp/gateway_ca", Location: rotation.CredHub, IsCA: true, Configurable: true})
	}, rotation.Options{}),
	Entry(nil, rotation.ReasonExpiredCA, func(e *evidence.Evidence) {
		lists(e, evidence.Certificate{Name: "/opsmgr/bosh_dns/tls_ca", Location: rotation.CredHub, IsCA: true, ValidUntil: day(2026, 11, 3, 8)})
	}, rotation.Options{}),
	Entry(nil, rotation.ReasonAutomaticDNS, func(e *evidence.Evidence) { on := true; e.Director.AutomaticRotation = &on }, rotation.Options{}),
	Entry(nil, rotation.ReasonAutomaticDNSUnknown, func(e *evidence.Evidence) {
		e.Director = evidence.DirectorProperties{Asked: true, Unknown: "403 Forbidden"}
	}, rotation.Options{}),
	Entry(nil, rotation.ReasonConfigurableAhead, func(e *evidence.Evidence) {
		lists(e, evidence.Certificate{Name: ".properties.networking_poe_ssl_certs", ProductGUID: tasGUID, Configurable: true, SignedBy: []string{".properties.root_ca." + rootGUID}})
	}, rotation.Options{}),
	Entry(nil, rotation.ReasonPreDeployCheck, func(e *evidence.Evidence) {
		e.Checks.List = []evidence.PreDeployCheck{{GUID: tasGUID, Problems: []string{"stemcell ubuntu-jammy 1.404 is not uploaded"}}}
	}, rotation.Options{}),
	Entry(nil, rotation.ReasonNoWriteScope, func(e *evidence.Evidence) { e.Scopes.List = []string{"opsman.full_view"} }, rotation.Options{}),
	Entry(nil, rotation.ReasonOpsManagerVersion, func(e *evidence.Evidence) {
		e.OpsManager, e.Products.List[0].Version, e.Certificates.Source = "2.8.16-build.3", "2.8.16-build.3", evidence.SourceV0
	}, rotation.Options{}),
	Entry(nil, rotation.ReasonNewTile, func(e *evidence.Evidence) {
		e.Pending.List = append(e.Pending.List, evidence.PendingChange{GUID: "p-redis-1", Identifier: "p-redis", Label: "Redis", Action: "install"})
	}, rotation.Options{Accept: []rotation.Reason{rotation.ReasonPendingChanges}}),
	Entry(nil, rotation.ReasonOrphans, func(e *evidence.Evidence) {
		e.History.List[0].Log = evidence.Log{Asked: true, Commands: []evidence.Command{{Deployment: mysqlGUID, Errand: "upgrade-all-service-instances", Finished: true, Counted: true, Orphans: 1}}}
	}, rotation.Options{}),
	Entry(nil, rotation.ReasonFullApply, func(e *evidence.Evidence) { e.At = day(2027, 2, 1, 8) }, rotation.Options{RequireFullApply: true}),
)

var _ = DescribeTable("what is worth knowing before a rotation is quoted in the guide as it is written:",
	func(code rotation.Reason, disturb func(*evidence.Evidence)) {
		e := healthy()
		disturb(&e)
		all := rotation.Prerequisites(e, rotation.Options{})
		at := slices.IndexFunc(all, func(f rotation.Finding) bool { return f.Code == code })
		Expect(at).To(BeNumerically(">=", 0))
		Expect(all[at].Status).To(Equal(rotation.StatusNote))
		expectQuoted(troubleshooting.OfReason(code), all[at].Message+"; "+all[at].Next)
	},
	func(code rotation.Reason, _ func(*evidence.Evidence)) string { return string(code) },
	Entry(nil, rotation.ReasonWeakerChecks, func(e *evidence.Evidence) {
		e.Products.List = append(e.Products.List, evidence.Product{GUID: "pks-1", Type: rotation.TKGI, Label: "TKGI"})
	}),
	Entry(nil, rotation.ReasonOtherDeployments, func(e *evidence.Evidence) {
		lists(e, evidence.Certificate{Name: "/opsmgr/bosh_dns/tls_ca", IsCA: true, Deployments: []string{tasGUID, "concourse"}})
	}),
	Entry(nil, rotation.ReasonServiceErrands, func(*evidence.Evidence) {}),
	Entry(nil, rotation.ReasonOtherCertificates, func(e *evidence.Evidence) {
		lists(e, evidence.Certificate{Name: "/services/tls_ca", Location: rotation.CredHub, IsCA: true, ValidUntil: day(2026, 12, 24, 8)})
	}),
	Entry(nil, rotation.ReasonBackup, func(*evidence.Evidence) {}),
	Entry(nil, rotation.ReasonOtherPipelines, func(*evidence.Evidence) {}),
	Entry(nil, rotation.ReasonDuration, func(*evidence.Evidence) {}),
	Entry(nil, rotation.ReasonWayBack, func(*evidence.Evidence) {}),
)
