package apply

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/pivotal-cf/om/api"
)

// errandConfig is om's errand configuration, as strict as om is not: om drops
// unknown keys, so that a misspelled errand silently does not run.
type errandConfig struct {
	Errands map[string]productErrands `yaml:"errands"`
}

type productErrands struct {
	RunPostDeploy map[string]any `yaml:"run_post_deploy"`
	RunPreDelete  map[string]any `yaml:"run_pre_delete"`
}

const errandExample = `, such as
  errands:
    p.mysql:
      run_post_deploy:
        upgrade-all-service-instances: true`

// checkErrands compares the errand configuration with the staged products
// before om gets it, and lists every problem at once.
func (s *supervision) checkErrands(ctx context.Context) error {
	path := s.req.ErrandsFile
	if path == "" {
		return nil
	}
	config, err := readErrands(path)
	if err != nil {
		return err
	}
	staged, err := s.deps.Errands.ListStagedProducts()
	if err != nil {
		return s.cannotCheck(ctx, path, err)
	}
	guids := map[string]string{}
	for _, p := range staged.Products {
		guids[p.Type] = p.GUID
	}
	var problems []error
	for _, product := range sortedKeys(config.Errands) {
		guid, found := guids[product]
		if !found {
			problems = append(problems, fmt.Errorf("%s: there is no product %q; staged are %s", path, product, orNone(sortedKeys(guids))))
			continue
		}
		list, err := s.deps.Errands.ListStagedProductErrands(guid)
		if err != nil {
			return s.cannotCheck(ctx, path, err)
		}
		problems = append(problems, config.Errands[product].check(path, product, list.Errands)...)
	}
	return errors.Join(problems...)
}

// cannotCheck says it in one line: om's library puts whole HTTP answers into
// its errors.
func (s *supervision) cannotCheck(ctx context.Context, path string, err error) error {
	return s.beforeStart(ctx, 0, fmt.Errorf("cannot check the errand configuration %s, so nothing was started: %s",
		path, s.secrets.Replace(sentence(err.Error(), nil))))
}

func readErrands(path string) (errandConfig, error) {
	var config errandConfig
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return config, fmt.Errorf("cannot read the errand configuration: %w", err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text), yaml.DisallowUnknownField())
	if err := decoder.Decode(&config); err != nil {
		if errors.Is(err, io.EOF) {
			return config, fmt.Errorf("the errand configuration %s is empty: give errands%s", path, errandExample)
		}
		return config, fmt.Errorf("the errand configuration %s is not what om expects%s\n%s", path, errandExample, yaml.FormatError(err, false, true))
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return config, fmt.Errorf("the errand configuration %s has more than one YAML document: om would read the first only", path)
	}
	if len(config.Errands) == 0 {
		return config, fmt.Errorf("the errand configuration %s names no errands: give some%s", path, errandExample)
	}
	return config, nil
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
			at := fmt.Sprintf("%s: errands.%s.%s.%s", path, product, kind.key, name)
			if !slices.Contains(names, name) {
				problems = append(problems, fmt.Errorf("%s: %s has no such errand; it has %s", at, product, orNone(names)))
			}
			if value := kind.wanted[name]; value != true && value != false && value != "default" {
				problems = append(problems, fmt.Errorf("%s is %v: expected true, false or default", at, value))
			}
		}
	}
	if len(e.RunPostDeploy)+len(e.RunPreDelete) == 0 {
		problems = append(problems, fmt.Errorf("%s: errands.%s is empty: give run_post_deploy or run_pre_delete", path, product))
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
