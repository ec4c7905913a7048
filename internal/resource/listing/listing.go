// Package listing lists certificates for a get, by the inventory of them: as a report,
// and with who has to act for what expires. Of the resource's programs only in links
// it, for the pages of a report are large.
package listing

import (
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/inventory"
	"github.com/opsman-ca/opsman-ca/internal/resource"
)

// Certificates is a resource.Lister.
type Certificates struct{}

// Report has the files of the report by their names, redacted.
func (Certificates) Report(e evidence.Evidence, redact func(string) string) (map[string][]byte, error) {
	return inventory.Files(inventory.Of(inventory.Redacted(e, redact)))
}

// Members are the certificates that expire soon, what expires first first, redacted.
func (Certificates) Members(e evidence.Evidence, redact func(string) string, soon func(time.Time) bool) []resource.Member {
	type found struct {
		inventory.Entry
		group inventory.Group
	}
	var all []found
	for _, g := range inventory.Of(inventory.Redacted(e, redact)).Groups {
		for _, c := range g.Certificates {
			if soon(c.Until()) {
				all = append(all, found{c, g})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return a.Compare(b.Entry) })
	members := make([]resource.Member, 0, len(all))
	for _, f := range all {
		members = append(members, resource.Member{
			Name: f.Name, Kind: f.Kind, Product: f.Product, ProductName: f.ProductName, Expires: f.Expires,
			Procedure: f.group.Procedure, Category: string(f.group.Category), URL: f.group.URL,
			Rotated: f.group.Rotated, Who: f.group.Who, How: f.group.How,
		})
	}
	return members
}
