package play

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/test/readiness/shapes"
	"github.com/opsman-ca/opsman-ca/test/soak/judge"
	"github.com/opsman-ca/opsman-ca/test/soak/rig"
	"github.com/opsman-ca/opsman-ca/test/soak/steps"
)

// player carries one procedure out, with some advice.
type player struct {
	*rig.Rig
	advice shapes.Advice
	// version is the newest that Concourse knows, nil at first.
	version steps.Version
}

// mostStops is how often an operator does what a stop asks for: once behind each apply
// changes, and once for everything else.
const mostStops = 6

// mostJobs are more than the jobs of a rotation with all that may come between them.
const mostJobs = 30

// to the end, or to a stop for which there is no advice.
func (p *player) to(ctx context.Context, procedure Procedure) *steps.Failure {
	var failure *steps.Failure
	if err := steps.Empty(p.Rig); err != nil {
		return broken(err)
	}
	for range mostStops {
		switch procedure {
		case Rotate:
			failure = p.rotate(ctx)
		case Puts:
			failure = p.puts(ctx)
		case LeafOnly:
			failure = p.leaves(ctx)
		}
		if failure == nil {
			if err := p.do(ctx, p.advice.After); err != nil {
				return broken(err)
			}
			return nil
		}
		todo, known := p.advice.OnStop[failure.Reason]
		if !known {
			return failure
		}
		if err := p.do(ctx, todo); err != nil {
			return broken(err)
		}
	}
	return failure
}

func broken(err error) *steps.Failure {
	return &steps.Failure{Step: "operator", Reason: judge.GaveUp, Sentence: err.Error()}
}

// do is what an operator does.
func (p *player) do(ctx context.Context, todo []shapes.Step) error {
	for _, step := range todo {
		err := step.Do(ctx, p.Rig)
		p.Note("operator: %s: %v", step.Text, err)
		if err != nil {
			return fmt.Errorf("%s: %w", step.Text, err)
		}
	}
	return nil
}

// options of an apply changes.
func (p *player) applying() []string {
	if p.advice.IgnoreWarnings {
		return []string{"--ignore-warnings"}
	}
	return nil
}

// rotate runs the command, and again where it has ended an earlier rotation alone: "to
// begin one, run it again".
func (p *player) rotate(ctx context.Context) *steps.Failure {
	for range 2 {
		ended := steps.Rotate(ctx, p.Rig, append(flags(p.advice), p.applying()...)...)
		switch {
		case !ended.OK():
			return failed("rotate", ended)
		case !strings.Contains(ended.Stderr, steps.EndedBefore) || p.Dump().Active() != p.First:
			return nil
		}
	}
	return nil
}

// look is the check of a resource.
func (p *player) look(ctx context.Context) *steps.Failure {
	versions, f := steps.Check(ctx, p.Rig, p.version)
	if f == nil {
		p.version = versions[len(versions)-1]
	}
	return f
}

// puts are the jobs of the pipelines, from whatever state a check finds.
func (p *player) puts(ctx context.Context) *steps.Failure {
	if f := p.look(ctx); f != nil {
		return f
	}
	for range mostJobs {
		switch state := p.version["state"]; {
		case state == string(rotation.Settled) && p.version["active"] != p.First:
			return nil
		case state == string(rotation.Blocked):
			return &steps.Failure{Step: "check", Reason: p.version["reason"], Sentence: "blocked"}
		default:
			if f := p.job(ctx, steps.Jobs[state], map[string]any{}); f != nil {
				return f
			}
		}
	}
	return broken(errors.New("the rotation does not end"))
}

// leaves are the two jobs of the pipeline leaf-certificates.
func (p *player) leaves(ctx context.Context) *steps.Failure {
	if f := p.look(ctx); f != nil {
		return f
	}
	if p.version["state"] != string(rotation.Renewed) {
		if f := p.job(ctx, steps.Job{Put: string(rotation.Regenerate)}, map[string]any{"leaf_only": true}); f != nil {
			return f
		}
	}
	return p.job(ctx, steps.Job{Apply: true, Put: string(rotation.Verify)}, map[string]any{})
}

// job is one build: the get of the newest version, an apply changes, and a put.
func (p *player) job(ctx context.Context, job steps.Job, params map[string]any) *steps.Failure {
	if f := steps.Get(ctx, p.Rig, p.version); f != nil {
		return f
	}
	if job.Apply {
		if ended := steps.Apply(ctx, p.Rig, append([]string{"--from", steps.Folder}, p.applying()...)...); !ended.OK() {
			return failed("apply", ended)
		}
	}
	if len(p.advice.Accept) > 0 {
		params["accept"] = p.advice.Accept
	}
	if job.Put == string(rotation.Generate) && p.advice.Recreate {
		params["recreate"] = true
	}
	if job.Put == string(rotation.Generate) && len(p.advice.Exclude) > 0 {
		params["exclude_from_rotation"] = p.advice.Exclude
	}
	v, f := steps.Put(ctx, p.Rig, job.Put, params)
	if f == nil {
		p.version = v
	}
	return f
}

// failed is a failure, told apart where Ops Manager's verifiers refuse an apply.
func failed(step string, e rig.Ended) *steps.Failure {
	f := steps.Failed(step, e)
	switch f.Reason {
	case judge.SafetyViolation, judge.ApplyFailed, judge.GaveUp:
		if strings.Contains(strings.ToLower(e.Stderr), "verifier") {
			f.Reason = Verifiers
		}
	}
	return f
}

// Verifiers is the reason of an apply changes that Ops Manager's verifiers refuse.
const Verifiers = "verifiers refuse the apply"
