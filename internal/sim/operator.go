package sim

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
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
	For Duration `json:"for,omitempty"`
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

type deed func(*Foundation, Action) error

// deeds run under mu.
var deeds = map[string]deed{
	"generate":             (*Foundation).operatorGenerate,
	"activate":             (*Foundation).operatorActivate,
	"regenerate":           (*Foundation).operatorRegenerate,
	"delete":               (*Foundation).operatorDelete,
	"apply":                (*Foundation).operatorApply,
	"stage":                (*Foundation).operatorStage,
	"stemcell":             (*Foundation).operatorStemcell,
	"recreate":             (*Foundation).operatorRecreate,
	"redeploy":             (*Foundation).operatorRedeploy,
	"revert":               func(f *Foundation, _ Action) error { f.revert(false); return nil },
	"errand":               (*Foundation).operatorErrand,
	"upgrade":              (*Foundation).operatorUpgrade,
	"replace-configurable": (*Foundation).operatorReplaceConfigurable,
	"lock":                 func(f *Foundation, _ Action) error { f.locked = true; f.uaa.forget(); return nil },
	"restart-uaa":          (*Foundation).operatorRestartUAA,
	"revoke-tokens":        func(f *Foundation, _ Action) error { f.uaa.forget(); return nil },
	"prune":                (*Foundation).operatorPrune,
	"cancel":               (*Foundation).operatorCancel,
	"advance":              func(f *Foundation, a Action) error { f.clock.advance(time.Duration(a.For)); return nil },
	"hard-rotation":        (*Foundation).operatorHardRotation,
	"orphan":               (*Foundation).operatorOrphan,
	"restart-ids":          (*Foundation).operatorRestartIDs,
	"add-tile":             (*Foundation).operatorAddTile,
	"delete-tile":          (*Foundation).operatorDeleteTile,
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
	before := f.lastID
	err := do(f, a)
	started := f.lastID
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

func (f *Foundation) operatorGenerate(a Action) error {
	_, _, err := f.addAuthority(a.call(), nil, nil)
	return err
}

func (f *Foundation) operatorActivate(a Action) error {
	if a.GUID == "" {
		for _, ca := range f.authorities {
			if !ca.active {
				a.GUID = ca.guid
			}
		}
	}
	_, err := f.activate(a.call(), a.GUID)
	return err
}

func (f *Foundation) operatorRegenerate(a Action) error {
	_, err := f.regenerate(a.call())
	return err
}

func (f *Foundation) operatorDelete(a Action) error {
	if a.GUID == "" {
		if i := slices.IndexFunc(f.authorities, func(ca *authority) bool { return !ca.active }); i >= 0 {
			a.GUID = f.authorities[i].guid
		}
	}
	_, err := f.remove(a.call(), a.GUID)
	return err
}

func (f *Foundation) operatorApply(a Action) error {
	r := applyRequest{force: a.Force}
	if a.Recreate {
		r.recreate = &a.Recreate
	}
	for _, name := range a.Products {
		p, err := f.product(name)
		if err != nil {
			return err
		}
		r.only, r.selected = append(r.only, p), true
	}
	if a.FailAt != "" {
		p, err := f.product(a.FailAt)
		if err != nil {
			return err
		}
		r.failAt = p
	}
	_, err := f.start(r, operatorName)
	return err
}

func (f *Foundation) product(name string) (*product, error) {
	if p := f.findProduct(name); p != nil {
		return p, nil
	}
	var known []string
	for _, p := range f.products {
		known = append(known, p.identifier)
	}
	return nil, fmt.Errorf("there is no product %q: expected one of %s", name, strings.Join(known, ", "))
}
