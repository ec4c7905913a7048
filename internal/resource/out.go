package resource

import (
	"context"
	"errors"
	"fmt"

	"github.com/opsman-ca/opsman-ca/internal/customca"
	"github.com/opsman-ca/opsman-ca/internal/observe"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// put is one run of out.
type put struct {
	*job
	client *opsman.Client
	params OutParams
	from   rotation.Version
	custom *customca.CA
}

// outcome is what a put came to.
type outcome struct {
	step    rotation.Step
	summary string
	notes   []string
	report  *opsman.Report
}

// out compares before it swaps: it reads the state again, and runs the step only
// if the version that it was handed is of the same rotation, the step's turn has
// come, and every guard agrees.
func out(ctx context.Context, j *job) (any, error) {
	p, err := newPut(j)
	if err != nil {
		return nil, err
	}
	answer, err := p.run(ctx)
	if turnedAway, ok := errors.AsType[*opsman.NotPerformedError](err); ok {
		// Nothing was done, so once more from the look on, with a new token.
		p.console.Println(p.console.Warn("turned away:"), turnedAway.Error())
		answer, err = p.run(ctx)
	}
	return answer, err
}

// run looks, decides and acts.
func (p *put) run(ctx context.Context) (any, error) {
	view, err := observe.Whole(ctx, observe.Without(p.client, p.unrotated), &p.from)
	if err != nil {
		return nil, err //nolint:wrapcheck // the sentence is complete
	}
	decision := p.decide(view)
	if p.custom != nil && decision.Verdict == rotation.Go {
		if err := p.custom.Valid(view.Evidence.At); err != nil {
			return nil, fmt.Errorf("params.%w; nothing was changed", err)
		}
	}
	p.announce(decision)
	o := outcome{step: rotation.Step(p.params.Phase), summary: string(decision.Verdict) + ": " + decision.Message, notes: decision.Notes}
	switch {
	case decision.Verdict == rotation.Refuse:
		return nil, fmt.Errorf("%s refused (%s): %s; %s", o.step, decision.Reason, decision.Message, decision.Next)
	case decision.Verdict != rotation.Go:
	case p.params.DryRun:
		o.summary = "dry run, nothing was changed: " + decision.Message
		p.console.Println(p.console.Warn("dry run:"), "nothing was changed")
	default:
		if view, err = p.act(ctx, view, &o); err != nil {
			return nil, err
		}
	}
	p.explain(view.State)
	return response{Version: view.State.Version.Map(), Metadata: outcomeMetadata(o, view).through(p.client.Redact)}, nil
}

func (p *put) decide(view observe.View) rotation.Decision {
	return rotation.Decide(rotation.Question{
		Step: rotation.Step(p.params.Phase), From: p.from, State: view.State, Evidence: view.Evidence,
		Options: rotation.Options{Accept: p.params.Accept.reasons(), Within: p.params.ExpiresWithin.Within},
	})
}

// newPut reads all that the operator gave, and names everything that is wrong
// with it before anything is sent.
func newPut(j *job) (*put, error) {
	p := &put{job: j}
	sources := j.Args[0]
	client, problems := j.client()
	params, more := decodeOut(j.request.Params)
	p.client, p.params, problems = client, params, append(problems, more...)
	if params.From != "" {
		p.from, more = folderVersion(params.From.below(sources), fmt.Sprintf("params.from %q", string(params.From)))
		problems = append(problems, more...)
	}
	p.custom, more = customCA(sources, params)
	if p.custom != nil && client != nil {
		client.Conceal(p.custom.PrivateKeyPEM)
	}
	return p, errors.Join(append(problems, more...)...)
}

func (p *put) announce(d rotation.Decision) {
	style := map[rotation.Verdict]func(string) string{
		rotation.Go: p.console.OK, rotation.Done: p.console.OK, rotation.NotDue: p.console.OK,
	}[d.Verdict]
	if style != nil {
		p.console.Println(style(string(d.Verdict)+":"), d.Message)
	}
	for _, note := range d.Notes {
		p.console.Println(p.console.Warn("note:"), note)
	}
}
