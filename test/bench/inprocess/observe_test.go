package inprocess_test

import (
	"testing"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// BenchmarkObserve finds the state in evidence with a long history: a candidate that
// the newest installation brought to every product.
func BenchmarkObserve(b *testing.B) {
	now := time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) evidence.Stamp { return evidence.Stamp{Time: now.Add(-d)} }
	const year = 365 * 24 * time.Hour
	e := evidence.Evidence{
		At: now,
		CAs: []evidence.CA{
			{GUID: "aaaa18f34f2a7a9403c3", Active: true, CreatedOn: ago(2 * year), ExpiresOn: ago(-2 * year)},
			{GUID: "bbbb01e33e3e3e3303e3", CreatedOn: ago(90 * time.Minute), ExpiresOn: ago(-4 * year)},
		},
		Products: evidence.Products{Asked: true},
		Pending:  evidence.Pending{Asked: true},
		// v0 tells nothing of what is outdated: the history is all there is.
		Certificates: evidence.Certificates{Source: evidence.SourceV0, List: []evidence.Certificate{{Name: "/cf/router"}}},
		History:      evidence.History{Asked: true, Complete: true},
	}
	for _, guid := range []string{"p-bosh-1", "cf-2", "p-mysql-3", "p-rabbitmq-4"} {
		e.Products.List = append(e.Products.List, evidence.Product{GUID: guid, Type: guid[:len(guid)-2]})
		e.Pending.List = append(e.Pending.List, evidence.PendingChange{GUID: guid, Action: "unchanged"})
	}
	for i := range 10_000 {
		in := evidence.Installation{ID: 10_000 - i, Status: evidence.InstallationSucceeded, StartedAt: now.Add(-time.Duration(i+1) * time.Hour)}
		for _, p := range e.Products.List {
			in.Changes = append(in.Changes, evidence.Change{GUID: p.GUID, Type: evidence.ChangeUpdate, Status: evidence.DeploymentSuccessful})
		}
		e.History.List = append(e.History.List, in)
	}
	b.ReportAllocs()
	for b.Loop() {
		if s := rotation.Observe(e, nil); s.State != rotation.Trusted {
			b.Fatal(s.State, s.Reason, s.Trust.Missing())
		}
	}
}
