// Package foundation looks at a foundation and acts on it: it gathers evidence
// from Ops Manager, one request at a time and no more of them than the question
// needs (look.go), and runs one phase of a rotation: it looks, decides, acts, and
// reads back what became of it (phase.go, act.go). The resource's put and the
// command's phases are both made of it.
package foundation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/customca"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/setting"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// API is what a phase asks of Ops Manager; *opsman.Client is one.
type API interface {
	Reader
	Generate(ctx context.Context, exclude []string) (opsman.Created, error)
	Create(ctx context.Context, certPEM, privateKeyPEM string, exclude []string) (opsman.Created, error)
	Activate(ctx context.Context, guid string) (opsman.Report, error)
	Regenerate(ctx context.Context) (opsman.Report, error)
	Delete(ctx context.Context, guid string) (opsman.Report, error)
}

// Runner runs phases on one foundation.
type Runner struct {
	API     API
	Console *console.Console
	// Sleep waits between two looks, or returns early with the context's error.
	Sleep func(context.Context, time.Duration) error
	// Unrotated are names of certificates that Ops Manager is known not to
	// rotate; see Without.
	Unrotated []string
	// Names are what the operator calls the keys that sentences speak of.
	Names setting.Names
	// Applied is the record of the last apply changes of ours, zero where there is none.
	Applied evidence.Applied
}

// Request is the phase that is wanted.
type Request struct {
	Phase rotation.Phase
	// From is the version that the phase starts from; nil takes the state that
	// Ops Manager shows, the earlier state when in doubt.
	From *rotation.Version
	// Custom is the operator's own root CA for generate, nil for none.
	Custom  *customca.CA
	Options rotation.Options
	// DryRun decides, and changes nothing.
	DryRun bool
}

// Outcome is what a phase came to. Sent is right also when Run fails.
type Outcome struct {
	Phase    rotation.Phase
	Decision rotation.Decision
	// View is the state afterwards.
	View View
	// Summary is the outcome as half a sentence.
	Summary string
	Notes   []string
	// Report is what Ops Manager answered to the phase's call, nil for no call.
	Report *opsman.Report
	// Sent tells that a call that changes something was sent.
	Sent bool
	// Partly is set when the call was carried out, and failed for some certificates:
	// the version keeps it from going on, and who runs a command has to be told.
	Partly *PartlyDoneError
}

// RefusedError is a phase that must not run now.
type RefusedError struct {
	Phase    rotation.Phase
	Decision rotation.Decision
	// Names are those of the Runner.
	Names setting.Names
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s refused (%s): %s; %s", e.Phase, e.Decision.Reason, e.Decision.Message, e.Decision.Advice(e.Names))
}

// Troubleshooting implements troubleshooting.Entry.
func (e *RefusedError) Troubleshooting() []troubleshooting.Code {
	return []troubleshooting.Code{troubleshooting.OfReason(e.Decision.Reason)}
}

// run is one request on its way.
type run struct {
	Runner
	Request
	outcome Outcome
	// accepted is what the version that is gone on with leaves behind.
	accepted string
	// exclusions are sent with generate, none for no list.
	exclusions exclusions
}

// Run compares before it swaps: it reads the state again, and runs the phase only
// if the version that it was handed is of the same rotation, the phase's turn has
// come, and every guard agrees. A refusal is a *RefusedError.
func (r Runner) Run(ctx context.Context, wanted Request) (Outcome, error) {
	var accepted string
	wanted.From, accepted = rotation.Accepting(wanted.From, wanted.Options.Accept)
	this := &run{Runner: r, Request: wanted, accepted: accepted}
	err := this.attempt(ctx)
	if turnedAway, ok := errors.AsType[*opsman.NotPerformedError](err); ok {
		// Nothing was done, so once more from the look on, with a new token.
		r.Console.Println(r.Console.Warn("turned away:"), turnedAway.Error())
		err = this.attempt(ctx)
	}
	return this.outcome, err
}

// attempt looks, decides and acts.
func (r *run) attempt(ctx context.Context) error {
	view, decision, err := r.question(ctx)
	if err != nil {
		return err
	}
	r.announce(decision)
	r.outcome = Outcome{
		Phase: r.Phase, Decision: decision, View: view, Sent: r.outcome.Sent,
		Summary: string(decision.Verdict) + ": " + decision.Message, Notes: decision.Notes,
	}
	if decision.Version != nil && !r.DryRun {
		r.outcome.View.Observed = rotation.Observe(view.Evidence, decision.Version)
	}
	switch {
	case decision.Verdict == rotation.Refuse:
		return &RefusedError{Phase: r.Phase, Decision: decision, Names: r.Names}
	case decision.Verdict != rotation.Go, decision.Version != nil && !r.DryRun:
	case r.DryRun:
		r.outcome.Summary = "dry run, nothing was changed: " + decision.Message
		r.Console.Println(r.Console.Warn("dry run:"), "nothing was changed")
	default:
		if err := r.act(ctx, view); err != nil {
			return err
		}
	}
	r.conclude(decision)
	return nil
}

// conclude says where the rotation stands now. Of what was done in part the caller
// has to say it: as an error, or beside a version.
func (r *run) conclude(d rotation.Decision) {
	switch {
	case r.outcome.Partly != nil:
	case r.DryRun && r.Options.LeafOnly && r.Phase == rotation.Regenerate && d.Verdict == rotation.Go:
		r.Console.Println(r.Console.Muted(fmt.Sprintf("next: regenerate with %s, and without %s", r.Names.Of(setting.LeafOnly), r.Names.Of(setting.DryRun))))
	default:
		Explain(r.Console, r.outcome.View.Observed)
	}
}

// question looks and decides.
func (r *run) question(ctx context.Context) (View, rotation.Decision, error) {
	reader := Without(r.API, r.Unrotated)
	view, err := WholeWithin(ctx, reader, r.From, r.Options.Within)
	if err != nil {
		return View{}, rotation.Decision{}, err
	}
	view, recalled := view.Recall(r.Applied, r.From)
	// Whether errands left out service instances, of which verify of leaf certificates alone asks.
	if _, err := view.readLogs(ctx, reader, mostLogs, func() int { return rotation.LogForRenewal(r.about(view)) }); err != nil {
		return View{}, rotation.Decision{}, err
	}
	decision := r.decide(view)
	if r.Custom != nil && decision.Verdict == rotation.Go {
		if err := r.Custom.Valid(view.Evidence.At); err != nil {
			return View{}, rotation.Decision{}, fmt.Errorf("%w; nothing was changed", input.Named(err, r.Names))
		}
	}
	if r.Phase == rotation.Generate && decision.Verdict == rotation.Go {
		if decision, err = r.prepared(ctx, reader, &view); err != nil {
			return View{}, rotation.Decision{}, err
		}
	}
	for _, note := range []string{recalled, r.accepted} {
		if note != "" {
			decision.Notes = append([]string{note}, decision.Notes...)
		}
	}
	return view, decision, nil
}

// prepared decides once more, with what a rotation depends on before it begins.
// Nothing of it is asked before the phase may run for all that was seen so far.
func (r *run) prepared(ctx context.Context, reader Reader, view *View) (rotation.Decision, error) {
	if err := Prerequisites(ctx, reader, r.From, r.Options, view); err != nil {
		return rotation.Decision{}, err
	}
	if err := PreDeployChecks(ctx, reader, view); err != nil {
		return rotation.Decision{}, err
	}
	decision := r.decide(*view)
	if decision.Verdict != rotation.Go {
		return decision, nil
	}
	exclusions, notes, refused := exclude(*view, r.Options)
	if refused != nil {
		refused.Notes = decision.Notes
		return *refused, nil
	}
	r.exclusions, decision.Notes = exclusions, append(decision.Notes, notes...)
	return decision, nil
}

func (r *run) decide(view View) rotation.Decision { return rotation.Preliminary(r.about(view)) }

// about is what is asked of a view.
func (r *run) about(view View) rotation.Question {
	from := view.Observed.Version
	if r.From != nil {
		from = *r.From
	}
	return rotation.Question{Phase: r.Phase, From: from, Observed: view.Observed, Evidence: view.Evidence, Options: r.Options}
}
