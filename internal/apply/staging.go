package apply

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/pivotal-cf/om/api"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// staging is what Ops Manager has staged and deployed: the GUIDs of products by
// identifier, and their errands, asked for once.
type staging struct {
	from            Errands
	guids, deployed map[string]string
	errands         map[string][]api.Errand
}

// unprintable tells a name that would not stay within its line.
func unprintable(name string) bool {
	return len(name) > 1024 || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}

func stagedProducts(from Errands) (*staging, error) {
	s := &staging{from: from, guids: map[string]string{}, deployed: map[string]string{}, errands: map[string][]api.Errand{}}
	products, err := from.ListStagedProducts()
	if err != nil {
		return nil, cannotList("the staged products", err)
	}
	for _, p := range products.Products {
		if !evidence.ProductGUID.Matches(p.GUID) || unprintable(p.Type) {
			return nil, cannotList("the staged products", errors.New("Ops Manager lists a staged product without a proper name and GUID")) //nolint:staticcheck // a name begins it
		}
		s.guids[p.Type] = p.GUID
	}
	deployed, err := from.ListDeployedProducts()
	if err != nil {
		return nil, cannotList("the deployed products", err)
	}
	for _, p := range deployed {
		if !evidence.ProductGUID.Matches(p.GUID) || unprintable(p.Type) {
			return nil, cannotList("the deployed products", errors.New("Ops Manager lists a deployed product without a proper name and GUID")) //nolint:staticcheck // a name begins it
		}
		s.deployed[p.Type] = p.GUID
	}
	return s, nil
}

// products are those that may have errands in a configuration.
func (s *staging) products() []string {
	all := maps.Clone(s.guids)
	maps.Copy(all, s.deployed)
	return sortedKeys(all)
}

// missing is an answer of 404, as om's library tells it.
var missing = regexp.MustCompile(`HTTP/[\d.]+ 404\b`)

// of are the errands of a product. One that is staged for deletion is staged no
// more: only the pending changes have its errands.
func (s *staging) of(product string) ([]api.Errand, error) {
	if known, found := s.errands[product]; found {
		return known, nil
	}
	var errands []api.Errand
	guid, staged := s.guids[product]
	if staged {
		list, err := s.from.ListStagedProductErrands(guid)
		if err != nil && (product != evidence.Director || !missing.MatchString(err.Error())) {
			return nil, err
		}
		errands = list.Errands
	} else {
		pending, err := s.from.ListStagedPendingChanges()
		if err != nil {
			return nil, err
		}
		for _, change := range pending.ChangeList {
			if change.GUID == s.deployed[product] {
				errands = change.Errands
			}
		}
	}
	if slices.ContainsFunc(errands, func(e api.Errand) bool { return unprintable(e.Name) }) {
		return nil, errors.New("Ops Manager lists an errand without a proper name") //nolint:staticcheck // a name begins it
	}
	s.errands[product] = errands
	return errands, nil
}
