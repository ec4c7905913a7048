package inventory_test

import (
	"fmt"
	"io"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/inventory"
)

const guidOld = "aaaa18f34f2a7a9403c3"

var (
	plain = console.New(io.Discard, console.Options{Color: console.ColorNever}).Styles
	now   = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	root  = evidence.CA{
		GUID: guidOld, Issuer: "Pivotal", Active: true,
		CreatedOn: evidence.Stamp{Time: time.Date(2023, 1, 9, 8, 0, 0, 0, time.UTC)}, ExpiresOn: evidence.Stamp{Time: time.Date(2027, 1, 9, 8, 0, 0, 0, time.UTC)},
	}
)

// certificate is a leaf of TAS that expires so many days from now.
func certificate(name string, days int) evidence.Certificate {
	return evidence.Certificate{Name: name, ProductGUID: "cf-1", ValidUntil: now.AddDate(0, 0, days)}
}

// foundationOf is a foundation with a root CA, TAS, and these certificates.
func foundationOf(list ...evidence.Certificate) evidence.Evidence {
	return evidence.Evidence{
		At: now, OpsManager: "3.1.2-build.5", CAs: []evidence.CA{root},
		Products:     evidence.Products{Asked: true, List: []evidence.Product{{GUID: "cf-1", Type: "cf", Label: "TAS"}}},
		Certificates: evidence.Certificates{Source: evidence.SourceV1, List: list},
	}
}

func of(list ...evidence.Certificate) inventory.Inventory {
	return inventory.Of(foundationOf(list...))
}

// many are so many certificates of six years and three procedures.
func many(n int) []evidence.Certificate {
	list := make([]evidence.Certificate, 0, n)
	for i := range n {
		c := certificate(fmt.Sprintf("/p-bosh/cf-5f3a9c1e7b2d4a6f8c0e/component_%05d_tls_certificate", i), i*37%2200-20)
		c.RotationProcedure, c.RotationProcedureURL = "Standard Leaf Procedure", "https://example.com/leaf"
		switch i % 10 {
		case 0:
			c.Configurable, c.RotationProcedure = true, "Configurable Leaf Procedure"
		case 1:
			c.IsCA, c.RotationProcedure = true, "Standard CA Procedure"
		}
		list = append(list, c)
	}
	return list
}
