package resource

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/observe"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// act sends the one call of the step and reads back what became of it. A lone
// answer is never believed: Ops Manager drops one of two parallel calls without
// an error, and an answer may be lost after the work is done. So the state
// decides in every case, except for regenerate, which leaves no trace in it.
func (p *put) act(ctx context.Context, before observe.View, o *outcome) (observe.View, error) {
	p.sent = true
	report, callErr := p.call(ctx, before.State)
	o.report = &report
	p.tell(report)
	if ctx.Err() != nil {
		return observe.View{}, fmt.Errorf("%s: %w", o.step, context.Cause(ctx))
	}
	_, lost := errors.AsType[*opsman.OutcomeUnknownError](callErr)
	switch {
	case lost && o.step == rotation.Regenerate:
		return observe.View{}, fmt.Errorf("regenerate: %w; run this step again, regenerating twice does no harm", callErr)
	case lost:
		p.console.Println(p.console.Warn("the answer was lost:"), callErr.Error())
	case callErr != nil:
		return observe.View{}, fmt.Errorf("%s failed: %w", o.step, callErr)
	}
	after, err := p.readBack(ctx, before, lost)
	if err != nil {
		return observe.View{}, fmt.Errorf("%s was sent, and its effect could not be read back: %w; run this step again, it looks first", o.step, err)
	}
	switch reached := after.State.Phase == target(o.step); {
	case !reached && lost:
		return observe.View{}, fmt.Errorf("%s has had no effect so far (phase %s, CAs %s): %w; "+
			"Ops Manager may still be working on it: wait a few minutes, then run this step again", o.step, after.State.Phase, after.State.Version.CAs, callErr)
	case !reached:
		return observe.View{}, fmt.Errorf("%s was accepted by Ops Manager, which shows phase %s all the same %s"+
			"(it drops one of two calls that come at the same time): run this step again", o.step, after.State.Phase, after.State.Message)
	case lost:
		o.notes = append(o.notes, "the answer to the call was lost; Ops Manager shows that it was carried out")
	}
	o.summary = string(o.step) + " done"
	p.console.Println(p.console.OK(o.summary))
	return after, nil
}

// call sends the step's one call.
func (p *put) call(ctx context.Context, s rotation.State) (opsman.Report, error) {
	switch rotation.Step(p.params.Phase) {
	case rotation.Generate:
		if p.custom != nil {
			created, err := p.client.Create(ctx, p.custom.CertificatePEM, p.custom.PrivateKeyPEM)
			return created.Report, err
		}
		created, err := p.client.Generate(ctx)
		return created.Report, err
	case rotation.Activate:
		return p.client.Activate(ctx, s.Candidate.GUID)
	case rotation.Regenerate:
		return p.client.Regenerate(ctx)
	case rotation.Delete:
		return p.client.Delete(ctx, s.Retiring.GUID)
	}
	return opsman.Report{}, fmt.Errorf("%s sends no call", p.params.Phase)
}

func target(step rotation.Step) rotation.Phase {
	return map[rotation.Step]rotation.Phase{
		rotation.Generate: rotation.Generated, rotation.Activate: rotation.Activated,
		rotation.Regenerate: rotation.Regenerated, rotation.Delete: rotation.Retired,
	}[step]
}

// looks is how often the state is read again after a lost answer, with a pause
// between: the work behind it may take a while to show.
const (
	looks = 6
	pause = 5 * time.Second
)

// readBack reads the CAs and the newest installation, and says what they show
// together with what was just done.
func (p *put) readBack(ctx context.Context, before observe.View, patient bool) (observe.View, error) {
	step := rotation.Step(p.params.Phase)
	for look := 1; ; look++ {
		e := before.Evidence
		var err error
		if e.CAs, err = p.client.CertificateAuthorities(ctx); err != nil {
			return observe.View{}, err //nolint:wrapcheck // the caller says what it means
		}
		newest, err := p.client.Installations(ctx, func(evidence.Installation) bool { return true })
		if err != nil {
			return observe.View{}, err //nolint:wrapcheck // the caller says what it means
		}
		e.At = p.client.ServerTime()
		e.History = e.History.With(newest.List)
		after := observe.View{Evidence: e, State: rotation.Observe(e, rotation.After(before.State, step, e))}
		if after.State.Phase == target(step) || !patient || look == looks {
			return after, nil
		}
		if err := p.Sleep(ctx, pause); err != nil {
			return observe.View{}, err //nolint:wrapcheck // the caller says what it means
		}
	}
}

// tell shows what Ops Manager reported about certificates.
func (p *put) tell(r opsman.Report) {
	for _, warning := range r.Warnings {
		p.console.Println(p.console.Warn("Ops Manager warns:"), warning)
	}
	if n := len(r.Excluded); n > 0 {
		p.console.Println(p.console.Muted(fmt.Sprintf("certificates excluded from rotation: %d", n)))
	}
}
