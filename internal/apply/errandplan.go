package apply

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/pivotal-cf/om/api"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/console/terminal"
)

// Service instances are deployments of their own: only an errand of their tile
// reaches them. Names vary by tile; these beginnings are common to them.
var (
	upgradesAll  = regexp.MustCompile(`^upgrade-all`)
	recreatesAll = regexp.MustCompile(`^recreate-all`)
)

// PlannedErrand is an errand of the next apply changes that somebody has asked
// for. All others run as their tile's own setting says.
type PlannedErrand struct {
	// Product is its identifier: "p.mysql".
	Product string `json:"product"`
	Errand  string `json:"errand"`
	// Run is true, false or default, the tile's own setting.
	Run string `json:"run"`
	Why string `json:"why"`
}

// ErrandPlan are the errands that somebody has asked for, and om's
// configuration of them.
type ErrandPlan struct {
	Planned []PlannedErrand
	// Warnings are worth saying before an apply changes.
	Warnings []string

	config errandConfig
	// added tells that the configuration has more than the operator's.
	added bool
}

// PlanErrands finds the errands of the request's apply changes, and checks the
// operator's own configuration, whose settings win. It lists every problem.
func PlanErrands(from Errands, r Request) (ErrandPlan, error) {
	plan := ErrandPlan{config: errandConfig{Errands: map[string]productErrands{}}}
	if r.ErrandsFile != "" {
		config, err := readErrands(r.ErrandsFile)
		if err != nil {
			return plan, &errandError{err}
		}
		plan.config = config
	}
	if !r.ServiceErrands {
		plan.Warnings = append(plan.Warnings, "the errands that bring new certificates to service instances are switched off: those whose tile does not run them by itself stay behind, and the next step is refused or, on Ops Manager 2.10, breaks them")
		if r.ErrandsFile == "" {
			return plan, nil
		}
	}
	staged, err := stagedProducts(from)
	if err != nil {
		return plan, cannotList("the staged products", err)
	}
	problems, err := staged.checkErrands(r.ErrandsFile, plan.config)
	if err != nil {
		return plan, cannotList("the errands", err)
	}
	if len(problems) > 0 {
		return plan, &errandError{errors.Join(problems...)}
	}
	plan.operators(r.ErrandsFile)
	if !r.ServiceErrands {
		return plan, nil
	}
	for _, product := range sortedKeys(staged.guids) {
		errands, err := staged.of(product)
		if err != nil {
			return plan, cannotList("the errands of "+product, err)
		}
		for _, errand := range errands {
			plan.service(product, errand, r)
		}
	}
	return plan, nil
}

// cannotList says it in one line: om's library puts whole HTTP answers into its
// errors.
func cannotList(what string, err error) error {
	return fmt.Errorf("cannot list %s: %s", what, sentence(err.Error(), nil))
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

// service adds the errand if it reaches service instances and nobody has
// decided about it.
func (p *ErrandPlan) service(product string, errand api.Errand, r Request) {
	why := ""
	switch {
	case errand.PostDeploy == nil:
	case upgradesAll.MatchString(errand.Name):
		why = "brings trust and new certificates to the service instances"
	case r.RecreateVMs && recreatesAll.MatchString(errand.Name):
		why = "VMs are recreated, and the service instances' with them"
	}
	if why == "" {
		return
	}
	config := p.config.Errands[product]
	if setting, decided := config.RunPostDeploy[errand.Name]; decided {
		if setting == false {
			p.Warnings = append(p.Warnings, fmt.Sprintf("%s of %s is switched off in %s: its service instances stay behind", errand.Name, product, r.ErrandsFile))
		}
		return
	}
	if config.RunPostDeploy == nil {
		config.RunPostDeploy = map[string]any{}
	}
	config.RunPostDeploy[errand.Name] = true
	p.config.Errands[product] = config
	p.added = true
	p.Planned = append(p.Planned, PlannedErrand{Product: product, Errand: errand.Name, Run: "true", Why: why})
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
		return nil
	}
	if _, wrong := errors.AsType[*errandError](err); wrong {
		return errors.Unwrap(err)
	}
	return s.beforeStart(ctx, 0, fmt.Errorf("cannot tell which errands to run, so nothing was started: %s", s.secrets.Replace(err.Error())))
}

// showErrands says which errands will run before they do.
func (s *supervision) showErrands() {
	for _, warning := range s.errands.Warnings {
		s.warn(warning)
	}
	if len(s.errands.Planned) > 0 {
		s.out.Println(ErrandTable(s.out.Styles, s.errands.Planned))
	}
}
