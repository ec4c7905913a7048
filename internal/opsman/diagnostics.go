package opsman

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// DiagnosticReport reads the stemcells of the deployed products
// (GET /diagnostic_report). It is unknown, with the reason and no error, where Ops
// Manager cannot tell or our login may not see it; a refused login, a locked or
// unreachable Ops Manager is an error.
func (c *Client) DiagnosticReport(ctx context.Context) (evidence.DiagnosticReport, error) {
	var products []evidence.ProductStemcells
	err := c.call(ctx, &exchange{
		method: http.MethodGet, path: "/api/v0/diagnostic_report", stubborn: certificateTries,
		read: func(ans *answer) (err error) {
			var body struct {
				Added json.RawMessage `json:"added_products"`
			}
			if err := decode(ans.body, &body); err != nil {
				return err
			}
			products, err = deployedOf(body.Added)
			return err
		},
	})
	switch {
	case err == nil:
		return evidence.DiagnosticReport{Asked: true, Products: products}, nil
	case keptFrom(err):
		return evidence.DiagnosticReport{Asked: true, Unknown: err.Error()}, nil
	}
	return evidence.DiagnosticReport{}, err
}

// keptFrom is Ops Manager failing to answer, or answering that this login may not see
// it. Either way the question stays open, and the rest can still be asked.
func keptFrom(err error) bool { return cannotTell(err) || isStatus(err, http.StatusForbidden) }

// reportedProduct is a product in the report. Stemcells came with 2.6; before it was
// the name of one file.
type reportedProduct struct {
	Name      name      `json:"name"`
	GUID      name      `json:"guid"`
	Stemcells stemcells `json:"stemcells"`
	Stemcell  name      `json:"stemcell"`
	// staged tells that it is of what is staged.
	staged bool
}

func (p reportedProduct) evidence() evidence.ProductStemcells {
	found := evidence.ProductStemcells{GUID: string(p.GUID), Identifier: string(p.Name), Listed: p.Stemcells.listed, List: p.Stemcells.list, Wanted: p.staged}
	if !found.Listed && p.Stemcell != "" {
		found.Listed, found.List = true, []evidence.Stemcell{stemcellJSON{Filename: p.Stemcell}.evidence()}
	}
	return found
}

var errNoProducts = errors.New(`it holds no "added_products" of what is deployed`)

// deployedOf reads added_products: an object with a list of what is deployed, or, as
// the reference has it, an array.
func deployedOf(raw json.RawMessage) ([]evidence.ProductStemcells, error) {
	type added struct {
		Deployed []reportedProduct `json:"deployed"`
		Staged   []reportedProduct `json:"staged"`
	}
	if !bytes.HasPrefix(raw, []byte("[")) {
		var object added
		if len(raw) == 0 {
			return nil, errNoProducts
		}
		if err := json.Unmarshal(raw, &object); err != nil {
			return nil, err
		}
		if object.Deployed == nil {
			return nil, errNoProducts
		}
		return reported(withStaged(object.Deployed, object.Staged)), nil
	}
	var elements []struct {
		reportedProduct
		added
	}
	if err := json.Unmarshal(raw, &elements); err != nil {
		return nil, err
	}
	var rows []reportedProduct
	for _, e := range elements {
		rows = append(rows, withStaged(e.Deployed, e.Staged)...)
		if e.Name != "" || e.GUID != "" {
			rows = append(rows, e.reportedProduct)
		}
	}
	if len(rows) == 0 {
		return nil, errNoProducts
	}
	return reported(rows), nil
}

// withStaged are what is deployed, and the stemcells that are staged for it: the next
// apply changes deploys those.
func withStaged(deployed, staged []reportedProduct) []reportedProduct {
	rows := slices.Clone(deployed)
	for _, s := range staged {
		same := func(d reportedProduct) bool { return d.Name == s.Name && d.GUID == s.GUID }
		if s.evidence().Listed && slices.ContainsFunc(deployed, same) {
			s.staged = true
			rows = append(rows, s)
		}
	}
	return rows
}

// reported are the products, each once: an array does not tell what is deployed from
// what is staged, so a product has all the stemcells of its rows.
func reported(rows []reportedProduct) []evidence.ProductStemcells {
	type key struct{ guid, identifier string }
	at := map[key]int{}
	products := []evidence.ProductStemcells{}
	for _, row := range rows {
		p := row.evidence()
		i, known := at[key{p.GUID, p.Identifier}]
		if !known {
			at[key{p.GUID, p.Identifier}] = len(products)
			products = append(products, p)
			continue
		}
		products[i].Listed, products[i].Wanted = products[i].Listed && p.Listed, products[i].Wanted || p.Wanted
		for _, s := range p.List {
			if !slices.Contains(products[i].List, s) {
				products[i].List = append(products[i].List, s)
			}
		}
	}
	return products
}
