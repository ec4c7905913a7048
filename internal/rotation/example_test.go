package rotation_test

import (
	"fmt"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// afterGenerate is a foundation of the director and one tile, on the third of March,
// with a CA that was generated the day before and the installations so far.
func afterGenerate(installations ...evidence.Installation) evidence.Evidence {
	year := func(y int) evidence.Stamp {
		return evidence.Stamp{Time: time.Date(y, time.March, 2, 10, 0, 0, 0, time.UTC)}
	}
	return evidence.Evidence{
		At: time.Date(2026, time.March, 3, 12, 0, 0, 0, time.UTC),
		CAs: []evidence.CA{
			{GUID: "0ld", Active: true, Issuer: "Pivotal", CreatedOn: year(2023), ExpiresOn: year(2027)},
			{GUID: "n3w", Issuer: "Pivotal", CreatedOn: year(2026), ExpiresOn: year(2030)},
		},
		Products: evidence.Products{Asked: true, List: []evidence.Product{
			{GUID: "p-bosh-1", Type: evidence.Director, Label: "BOSH Director"}, {GUID: "cf-1", Type: "cf", Label: "TAS"},
		}},
		Pending: evidence.Pending{Asked: true, List: []evidence.PendingChange{
			unchanged("p-bosh-1", evidence.Director), unchanged("cf-1", "cf"),
		}},
		Certificates: evidence.Certificates{Source: evidence.SourceV1, List: []evidence.Certificate{
			{Name: ".properties.root_ca.0ld", IsCA: true}, {Name: ".properties.root_ca.n3w", IsCA: true},
		}},
		History: evidence.History{Asked: true, Complete: true, List: installations},
	}
}

// unchanged is a product with nothing staged, on a stemcell whose VMs take new
// certificates.
func unchanged(guid, identifier string) evidence.PendingChange {
	return evidence.PendingChange{
		GUID: guid, Identifier: identifier, Action: "unchanged",
		Stemcells: evidence.ProductStemcells{GUID: guid, Listed: true, List: []evidence.Stemcell{{OS: "ubuntu-jammy", Version: "1.390"}}},
	}
}

// applied is an installation of the third of March, with what became of the tile.
func applied(id int, tile string) evidence.Installation {
	status := evidence.InstallationSucceeded
	if tile == evidence.DeploymentFailed {
		status = evidence.InstallationFailed
	}
	return evidence.Installation{
		ID: id, Status: status, StartedAt: time.Date(2026, time.March, 3, 8, 0, 0, 0, time.UTC),
		Changes: []evidence.Change{
			{GUID: "p-bosh-1", Identifier: evidence.Director, Label: "BOSH Director", Status: evidence.DeploymentSuccessful},
			{GUID: "cf-1", Identifier: "cf", Label: "TAS", Status: tile},
		},
	}
}

// Evidence and a wanted phase lead to an answer. "Delete the inactive CA" is the worst mistake of
// a rotation before activate: the inactive one is the new one then.
func ExampleDecide() {
	e := afterGenerate(applied(7, evidence.DeploymentFailed))
	s := rotation.Observe(e, nil)
	for _, phase := range []rotation.Phase{rotation.Generate, rotation.Verify, rotation.Delete} {
		d := rotation.Decide(rotation.Question{Phase: phase, From: s.Version, Observed: s, Evidence: e})
		fmt.Printf("%s: %s (%s)\n  %s\n", phase, d.Verdict, d.Reason, d.Message)
	}
	// Output:
	// generate: done (already-done)
	//   nothing to do: generate is done already (state generated, active 0ld, candidate n3w)
	// verify: refuse (not-reached)
	//   not proven yet (state generated, active 0ld, candidate n3w): since installation 0 it has reached 1 of 2 products; missing: TAS (failed in installation 7)
	// delete: refuse (too-early)
	//   delete is for state replaced, and this rotation is at state generated, active 0ld, candidate n3w; deleting the inactive CA n3w now would delete the new one; since installation 0 it has reached 1 of 2 products; missing: TAS (failed in installation 7)
}

// What comes next on the way of a whole rotation, asked again behind each move.
func ExampleNext() {
	for _, tile := range []string{evidence.DeploymentSkipped, evidence.DeploymentSuccessful} {
		e := afterGenerate(applied(7, tile))
		s := rotation.Observe(e, nil)
		m := rotation.Next(rotation.Way{Observed: s, Evidence: e})
		fmt.Printf("TAS was %s: %s %s\n  %s\n", tile, m.Kind, m.Phase, m.Why)
	}
	// Output:
	// TAS was skipped: apply verify
	//   the rotation is at generated and has reached 1 of 2 products
	// TAS was successful: phase activate
	//   activate may run: state trusted, active 0ld, candidate n3w
}
