package sim

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

// Action is something that a second operator does in the UI.
type Action struct {
	// Do names it; see Actions for the list.
	Do string `json:"do"`
	// GUID of a root CA. activate without one takes the newest inactive CA,
	// delete without one the oldest.
	GUID string `json:"guid,omitempty"`
	// Product is an identifier or GUID.
	Product string `json:"product,omitempty"`
	// Deployment is the name of one that recreate or redeploy is about.
	Deployment string `json:"deployment,omitempty"`
	// Path of a CA in CredHub.
	Path string `json:"path,omitempty"`
	// Stemcell to stage, ubuntu-xenial/621.171.
	Stemcell string `json:"stemcell,omitempty"`
	// Products limits apply to those (the director is always deployed).
	Products []string `json:"products,omitempty"`
	// FailAt is the product at which apply fails.
	FailAt string `json:"fail_at,omitempty"`
	// Force is force_latest_variables, Recreate recreates all VMs.
	Force    bool `json:"force,omitempty"`
	Recreate bool `json:"recreate,omitempty"`
	// Checks evaluates the safety checks that the operator otherwise skips.
	Checks bool `json:"checks,omitempty"`
	// Version to upgrade Ops Manager to.
	Version string `json:"version,omitempty"`
	// For is how long: UAA's restart, or how far the clock moves.
	For faults.Duration `json:"for,omitempty"`
	// Keep is how many installations prune and restart-ids leave.
	Keep int `json:"keep,omitempty"`
	// Errand and On set an errand of Product.
	Errand string `json:"errand,omitempty"`
	On     bool   `json:"on,omitempty"`
	// ID of an installation: the one to cancel or to orphan, or the newest that
	// restart-ids leaves.
	ID int `json:"id,omitempty"`
	// Wait until an installation that the action started has ended.
	Wait bool `json:"wait,omitempty"`
}

// operatorName is the user of the second operator's installations.
const operatorName = "operator"

// operator is the second operator, who works in the UI while the pipeline runs: what it
// does with the foundation, each deed by its name.
type operator struct{ *Foundation }

type deed func(operator, Action) error

// deeds run under mu.
var deeds = map[string]deed{
	"generate":             operator.generate,
	"activate":             operator.activate,
	"regenerate":           operator.regenerate,
	"delete":               operator.delete,
	"apply":                operator.apply,
	"stage":                operator.stage,
	"stemcell":             operator.stemcell,
	"recreate":             operator.recreate,
	"redeploy":             operator.redeploy,
	"revert":               func(o operator, _ Action) error { o.revert(false); return nil },
	"errand":               operator.errand,
	"upgrade":              operator.upgrade,
	"replace-configurable": operator.replaceConfigurable,
	"lock":                 func(o operator, _ Action) error { o.locked = true; o.uaa.Forget(); return nil },
	"restart-uaa":          operator.restartUAA,
	"revoke-tokens":        func(o operator, _ Action) error { o.uaa.Forget(); return nil },
	"prune":                operator.prune,
	"cancel":               operator.cancel,
	"advance":              func(o operator, a Action) error { o.clock.advance(time.Duration(a.For)); return nil },
	"hard-rotation":        operator.hardRotation,
	"orphan":               operator.orphan,
	"restart-ids":          operator.restartIDs,
	"create-instance":      operator.createInstance,
	"delete-instance":      operator.deleteInstance,
	"regenerate-ca":        operator.regenerateCA,
	"credhub-set":          operator.credHubSet,
	"add-tile":             operator.addTile,
	"delete-tile":          operator.deleteTile,
	"delete-orphans":       operator.deleteOrphans,
}

// Actions are the names that Action.Do knows.
func Actions() []string { return slices.Sorted(maps.Keys(deeds)) }

// Operator does what a second operator clicks. Safety checks are skipped unless
// asked for. It waits, where the action says so, for two minutes at most.
func (f *Foundation) Operator(a Action) error {
	ctx, cancel := context.WithTimeout(f.ctx, waitLimit)
	defer cancel()
	return f.OperatorContext(ctx, a)
}

// OperatorContext is Operator with a context that ends the waiting.
func (f *Foundation) OperatorContext(ctx context.Context, a Action) error {
	do, known := deeds[a.Do]
	if !known {
		return fmt.Errorf("action %q is not known: expected one of %s", a.Do, strings.Join(Actions(), ", "))
	}
	f.mu.Lock()
	before := f.history.lastID
	err := do(operator{f}, a)
	started := f.history.lastID
	f.signal()
	f.mu.Unlock()
	if err != nil {
		return fmt.Errorf("operator: %s: %w", a.Do, err)
	}
	if a.Wait && started != before {
		if err := f.WaitInstallation(ctx, started); err != nil {
			return fmt.Errorf("operator: %s: %w", a.Do, err)
		}
	}
	return nil
}

func (a Action) call() rotationCall { return rotationCall{by: operatorName, skipChecks: !a.Checks} }

func (o operator) apply(a Action) error {
	r := applyRequest{force: a.Force}
	if a.Recreate {
		r.recreate = &a.Recreate
	}
	for _, name := range a.Products {
		p, err := o.product(name)
		if err != nil {
			return err
		}
		r.only, r.selected = append(r.only, p), true
	}
	if a.FailAt != "" {
		p, err := o.product(a.FailAt)
		if err != nil {
			return err
		}
		r.failAt = p
	}
	_, err := o.start(r, operatorName)
	return err
}

func (o operator) product(name string) (*product, error) {
	if p := o.findProduct(name); p != nil {
		return p, nil
	}
	var known []string
	for _, p := range o.products {
		known = append(known, p.identifier)
	}
	return nil, fmt.Errorf("there is no product %q: expected one of %s", name, strings.Join(known, ", "))
}
