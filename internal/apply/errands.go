package apply

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/pivotal-cf/om/api"

	"github.com/opsman-ca/opsman-ca/internal/input"
)

// errandConfig is om's errand configuration, as strict as om is not: om drops
// unknown keys, so that a misspelled errand silently does not run.
type errandConfig struct {
	Errands map[string]productErrands `yaml:"errands"`
}

type productErrands struct {
	RunPostDeploy map[string]any `yaml:"run_post_deploy,omitempty"`
	RunPreDelete  map[string]any `yaml:"run_pre_delete,omitempty"`
}

// staging is what Ops Manager has staged: the GUIDs of products by identifier,
// and their errands, asked for once.
type staging struct {
	from    Errands
	guids   map[string]string
	errands map[string][]api.Errand
}

// productGUID is what a product's GUID is made of, which becomes a part of a path:
// never of dots alone.
var productGUID = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$`)

// unprintable tells a name that would not stay within its line.
func unprintable(name string) bool {
	return len(name) > 1024 || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}

func stagedProducts(from Errands) (*staging, error) {
	products, err := from.ListStagedProducts()
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller says what could not be done
	}
	s := &staging{from: from, guids: map[string]string{}, errands: map[string][]api.Errand{}}
	for _, p := range products.Products {
		if !productGUID.MatchString(p.GUID) || unprintable(p.Type) {
			return nil, errors.New("Ops Manager lists a staged product without a proper name and GUID") //nolint:staticcheck // a name begins it
		}
		s.guids[p.Type] = p.GUID
	}
	return s, nil
}

// of are the errands of a staged product.
func (s *staging) of(product string) ([]api.Errand, error) {
	if known, found := s.errands[product]; found {
		return known, nil
	}
	list, err := s.from.ListStagedProductErrands(s.guids[product])
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller says what could not be done
	}
	if slices.ContainsFunc(list.Errands, func(e api.Errand) bool { return unprintable(e.Name) }) {
		return nil, errors.New("Ops Manager lists an errand without a proper name") //nolint:staticcheck // a name begins it
	}
	s.errands[product] = list.Errands
	return list.Errands, nil
}

// checkErrands compares the operator's errand configuration with the staged
// products before om gets it, and lists every problem at once.
func (s *staging) checkErrands(path string, config errandConfig) ([]error, error) {
	var problems []error
	for _, product := range sortedKeys(config.Errands) {
		if _, found := s.guids[product]; !found {
			problems = append(problems, fmt.Errorf("%s: errands.%s: there is no such product; staged are %s", errandsAt(path), input.Name(product), orNone(sortedKeys(s.guids))))
			continue
		}
		existing, err := s.of(product)
		if err != nil {
			return nil, err
		}
		problems = append(problems, config.Errands[product].check(path, product, existing)...)
	}
	return problems, nil
}

func (e productErrands) check(path, product string, existing []api.Errand) []error {
	var problems []error
	for _, kind := range []struct {
		key    string
		wanted map[string]any
		has    func(api.Errand) bool
	}{
		{"run_post_deploy", e.RunPostDeploy, func(e api.Errand) bool { return e.PostDeploy != nil }},
		{"run_pre_delete", e.RunPreDelete, func(e api.Errand) bool { return e.PreDelete != nil }},
	} {
		var names []string
		for _, errand := range existing {
			if kind.has(errand) {
				names = append(names, errand.Name)
			}
		}
		slices.Sort(names)
		for _, name := range sortedKeys(kind.wanted) {
			at := fmt.Sprintf("%s: errands.%s.%s.%s", errandsAt(path), product, kind.key, input.Name(name))
			if !slices.Contains(names, name) {
				problems = append(problems, fmt.Errorf("%s: %s has no such errand; it has %s", at, product, orNone(names)))
			}
			if value := kind.wanted[name]; value != true && value != false && value != "default" {
				problems = append(problems, fmt.Errorf("%s is neither true, false nor default: expected one of them without quotes, for example true", at))
			}
		}
	}
	if len(e.RunPostDeploy)+len(e.RunPreDelete) == 0 {
		problems = append(problems, fmt.Errorf("%s: errands.%s is empty: give run_post_deploy or run_pre_delete, %s", errandsAt(path), product, errandExample))
	}
	return problems
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return join(names)
}
