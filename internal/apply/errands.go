package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/pivotal-cf/om/api"
	"gopkg.in/yaml.v2"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/console/terminal"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/setting"
	"github.com/opsman-ca/opsman-ca/internal/shorten"
)

// PlannedErrand is an errand of the next apply changes that an operator or the
// rotation has asked for. All others run as their tile's own setting says.
type PlannedErrand struct {
	// Product is its identifier: "p.mysql".
	Product string `json:"product"`
	Errand  string `json:"errand"`
	// Run is true, false or default, the tile's own setting.
	Run string `json:"run"`
	Why string `json:"why"`
}

// ErrandPlan are the errands that an operator or the rotation has asked for, and om's
// configuration of them.
type ErrandPlan struct {
	Planned []PlannedErrand
	// Warnings are worth saying before an apply changes.
	Warnings []string

	config errandConfig
	// changed tells that the configuration is not the operator's as it is.
	changed bool
	// deployed are the GUIDs of the deployed products by identifier.
	deployed map[string]string
}

// PlanErrands finds the errands of the request's apply changes, and checks the
// operator's own configuration, whose settings win. It lists every problem.
func PlanErrands(from Errands, r Request) (ErrandPlan, error) {
	plan := ErrandPlan{config: errandConfig{Errands: map[string]productErrands{}}}
	if r.hasErrands() {
		config, warnings, err := readErrands(r)
		if err != nil {
			return plan, &errandError{err}
		}
		plan.config, plan.Warnings = config, warnings
		plan.changed = r.ErrandsText != "" // there is no file that om could read
	}
	if !r.ServiceErrands {
		plan.Warnings = append(plan.Warnings, "the errands that bring new certificates to service instances are switched off: those whose tile does not run them by itself stay behind, and the next step is refused or, on Ops Manager 2.10, breaks them")
		if !r.hasErrands() {
			return plan, nil
		}
	}
	staged, err := stagedProducts(from)
	if err != nil {
		return plan, err
	}
	plan.deployed = staged.deployed
	problems, warnings, err := staged.checkErrands(r.errandsAt(), plan.config)
	if err != nil {
		return plan, cannotList("the errands", err)
	}
	plan.Warnings = append(plan.Warnings, warnings...)
	if len(problems) > 0 {
		return plan, &errandError{errors.Join(problems...)}
	}
	plan.leaveOut(r.errandsName())
	plan.operators(r.errandsName())
	if !r.ServiceErrands {
		return plan, nil
	}
	for _, product := range sortedKeys(staged.guids) {
		if product == evidence.Director {
			// It has no service instances, and some versions answer 404.
			continue
		}
		errands, err := staged.of(product)
		if err != nil {
			return plan, cannotList("the errands of "+product, err)
		}
		for _, errand := range errands {
			plan.service(product, errand, r)
		}
		if r.RecreateVMs && has(errands, rotation.UpgradesInstances) && !has(errands, rotation.RecreatesInstances) {
			plan.Warnings = append(plan.Warnings, fmt.Sprintf("%s has no errand that recreates its service instances: recreate each of them after this apply changes (bosh -d service-instance_… recreate)", product))
		}
	}
	return plan, nil
}

// CheckErrands is what an apply changes would refuse about the operator's configuration
// of errands; nil where there is none. It asks Ops Manager for the staged products.
func CheckErrands(from Errands, r Request) error {
	if !r.hasErrands() {
		return nil
	}
	_, err := PlanErrands(from, r)
	return err
}

// has tells whether a post-deploy errand is of a kind.
func has(errands []api.Errand, kind func(string) bool) bool {
	return slices.ContainsFunc(errands, func(e api.Errand) bool { return e.PostDeploy != nil && kind(e.Name) })
}

// leaveOut takes the products out of the operator's configuration that were never
// deployed: Ops Manager answers 422 to errands of theirs.
func (p *ErrandPlan) leaveOut(path string) {
	for _, product := range sortedKeys(p.config.Errands) {
		if _, deployed := p.deployed[product]; !deployed {
			delete(p.config.Errands, product)
			p.changed = true
			p.Warnings = append(p.Warnings, fmt.Sprintf("the errands of %s in %s are left out, as it was never deployed and Ops Manager takes none for such a product: they run as its tile says", product, path))
		}
	}
}

// cannotList says it in one line: om's library puts whole HTTP answers into its
// errors.
func cannotList(what string, err error) error {
	return input.Reworded(fmt.Sprintf("cannot list %s: %s", what, sentence(err.Error(), nil)), err)
}

// errandError is a configuration that is wrong, as opposed to one that could not
// be checked.
type errandError struct{ error }

func (e *errandError) Unwrap() error { return e.error }

// operators adds what the operator's own file asks for.
func (p *ErrandPlan) operators(path string) {
	for _, product := range sortedKeys(p.config.Errands) {
		config := p.config.Errands[product]
		for _, kind := range []struct {
			settings map[string]any
			why      string
		}{{config.RunPostDeploy, "asked for in " + path}, {config.RunPreDelete, "asked for in " + path + ", before a deletion"}} {
			for _, name := range sortedKeys(kind.settings) {
				p.Planned = append(p.Planned, PlannedErrand{Product: product, Errand: name, Run: fmt.Sprint(kind.settings[name]), Why: kind.why})
			}
		}
	}
}

// service adds the errand if it reaches service instances and no operator
// has decided about it.
func (p *ErrandPlan) service(product string, errand api.Errand, r Request) {
	why := ""
	switch {
	case errand.PostDeploy == nil:
	case rotation.UpgradesInstances(errand.Name):
		why = "brings trust and new certificates to the service instances"
	case r.RecreateVMs && rotation.RecreatesInstances(errand.Name):
		why = "VMs are recreated, and the service instances' with them"
	}
	if why == "" {
		return
	}
	config := p.config.Errands[product]
	if run, decided := config.RunPostDeploy[errand.Name]; decided {
		if run == false {
			p.Warnings = append(p.Warnings, fmt.Sprintf("%s of %s is switched off in %s: its service instances stay behind", errand.Name, product, r.errandsName()))
		}
		return
	}
	if _, deployed := p.deployed[product]; !deployed {
		p.Warnings = append(p.Warnings, fmt.Sprintf("%s of %s runs as its tile says: the product was never deployed, and Ops Manager takes errands for deployed products alone", errand.Name, product))
		return
	}
	if product == rotation.TKGI {
		// Clusters are not upgraded unasked.
		p.Warnings = append(p.Warnings, fmt.Sprintf("%s of TKGI (%s) runs as its tile says, as it upgrades every cluster: its clusters stay unproven where it does not run; to run it, set it to true in the errand configuration (%s)", errand.Name, product, r.Names.Of(setting.ErrandConfig)))
		return
	}
	if config.RunPostDeploy == nil {
		config.RunPostDeploy = map[string]any{}
	}
	config.RunPostDeploy[errand.Name] = true
	p.config.Errands[product] = config
	p.changed = true
	p.Planned = append(p.Planned, PlannedErrand{Product: product, Errand: errand.Name, Run: "true", Why: why})
}

// forced are the post-deploy errands that the request makes run, by the product's
// GUID.
func (p ErrandPlan) forced() map[string][]string {
	forced := map[string][]string{}
	for product, config := range p.config.Errands {
		for _, name := range sortedKeys(config.RunPostDeploy) {
			if guid := p.deployed[product]; guid != "" && config.RunPostDeploy[name] == true {
				forced[guid] = append(forced[guid], name)
			}
		}
	}
	return forced
}

// ErrandTable shows the errands, for people.
func ErrandTable(s console.Styles, planned []PlannedErrand) string {
	run := map[string]string{"true": s.OK("runs"), "false": s.Warn("does not run"), "default": s.Muted("as its tile says")}
	rows := make([][]string, 0, len(planned))
	for _, e := range planned {
		rows = append(rows, []string{e.Product, e.Errand, run[e.Run], e.Why})
	}
	return terminal.Table(s, []string{"product", "errand", "", "why"}, rows)
}

// planErrands is PlanErrands before anything is started.
func (s *supervision) planErrands(ctx context.Context) error {
	var err error
	if s.errands, err = PlanErrands(s.deps.Errands, s.req); err == nil {
		s.planned = true
		return nil
	}
	if _, wrong := errors.AsType[*errandError](err); wrong {
		return errors.Unwrap(err)
	}
	return s.beforeStart(ctx, 0, input.Reworded("cannot tell which errands to run, so nothing was started: "+s.deps.OpsManager.Redact(err.Error()), err))
}

// showErrands says which errands will run before they do, once.
func (s *supervision) showErrands() {
	table := ""
	if len(s.errands.Planned) > 0 {
		table = ErrandTable(s.out.Styles, s.errands.Planned)
	}
	text := strings.Join(append(slices.Clone(s.errands.Warnings), table), "\n")
	if text == s.errandsShown {
		return
	}
	s.errandsShown = text
	for _, warning := range s.errands.Warnings {
		s.warn(warning)
	}
	if table != "" {
		s.out.Println(table)
	}
}

// errandConfig is om's errand configuration.
type errandConfig struct {
	Errands map[string]productErrands `yaml:"errands"`
}

type productErrands struct {
	RunPostDeploy map[string]any `yaml:"run_post_deploy,omitempty"`
	RunPreDelete  map[string]any `yaml:"run_pre_delete,omitempty"`
}

// mostProblems are as many as an operator reads at once.
const mostProblems = 20

// checkErrands compares the operator's errand configuration with the staged
// products before om gets it, and lists every problem at once.
func (s *staging) checkErrands(at string, config errandConfig) (problems []error, warnings []string, err error) {
	for _, product := range sortedKeys(config.Errands) {
		if !slices.Contains(s.products(), product) {
			problems = append(problems, fmt.Errorf("%s: errands.%s: there is no such product; staged are %s", at, input.Name(product), orNone(s.products())))
			continue
		}
		existing, err := s.of(product)
		if err != nil {
			return nil, nil, err
		}
		_, stays := s.guids[product]
		wrong, unknown := config.Errands[product].check(at, product, existing, stays)
		problems, warnings = append(problems, wrong...), append(warnings, unknown...)
	}
	problems, more := shorten.Few(problems, mostProblems)
	if more > 0 {
		problems = append(problems, fmt.Errorf("%s: there are %d more problems of this kind", at, more))
	}
	return problems, warnings, nil
}

// check compares with the errands that Ops Manager lists of the product. Of one
// that is staged for deletion it need not list those of either kind.
func (e productErrands) check(file, product string, existing []api.Errand, stays bool) (problems []error, warnings []string) {
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
		listed := stays || len(names) > 0
		if !listed && len(kind.wanted) > 0 {
			warnings = append(warnings, fmt.Sprintf("%s: errands.%s.%s is given to Ops Manager unchecked: the product is staged for deletion, and no such errands are listed of it", file, product, kind.key))
		}
		for _, name := range sortedKeys(kind.wanted) {
			at := fmt.Sprintf("%s: errands.%s.%s.%s", file, product, kind.key, input.Name(name))
			if listed && !slices.Contains(names, name) {
				problems = append(problems, fmt.Errorf("%s: %s has no such errand; it has %s", at, product, orNone(names)))
			}
			if value := kind.wanted[name]; value != true && value != false && value != "default" {
				problems = append(problems, fmt.Errorf("%s is neither true, false nor default: expected one of them without quotes, for example true", at))
			}
		}
	}
	return problems, warnings
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return join(names)
}

// file is the configuration for om: the operator's own where it says all, else
// a temporary one with what was added to it or left out of it. done removes what was made.
func (p ErrandPlan) file(operators string) (path string, done func(), err error) {
	switch {
	case !p.changed:
		return operators, func() {}, nil
	case len(p.config.Errands) == 0:
		return "", func() {}, nil
	}
	text, err := yaml.Marshal(p.config)
	if err != nil {
		return "", nil, fmt.Errorf("cannot write the errand configuration for om: %w", err)
	}
	// CreateTemp makes files that no other user may read.
	file, err := os.CreateTemp("", "opsman-ca-errands-*.yml")
	if err != nil {
		return "", nil, fmt.Errorf("cannot make the errand configuration for om: %w", err)
	}
	done = func() { _ = os.Remove(file.Name()) }
	_, err = file.Write(text)
	if err := errors.Join(err, file.Close()); err != nil {
		done()
		return "", nil, fmt.Errorf("cannot write the errand configuration for om: %w", err)
	}
	return file.Name(), done, nil
}
