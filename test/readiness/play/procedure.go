package play

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
	"github.com/opsman-ca/opsman-ca/test/readiness/shapes"
	"github.com/opsman-ca/opsman-ca/test/soak/judge"
	"github.com/opsman-ca/opsman-ca/test/soak/rig"
	"github.com/opsman-ca/opsman-ca/test/soak/steps"
)

// player carries one procedure out, with some advice.
type player struct {
	*rig.Rig
	advice shapes.Advice
	builds *steps.Builds
}

// mostStops is how often an operator does what a stop asks for: once behind each apply
// changes, and once for everything else.
const mostStops = 6

// mostJobs are more than the jobs of a rotation with all that may come between them.
const mostJobs = 30

// to the end, or to a stop for which there is no advice.
func (p *player) to(ctx context.Context, procedure Procedure) *steps.Failure {
	var failure *steps.Failure
	if err := p.builds.Empty(); err != nil {
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
		ended := p.builds.Rotate(ctx, append(flags(p.advice), p.applying()...)...)
		switch {
		case !ended.OK():
			return told(verified(steps.Failed("rotate", ended)))
		case !strings.Contains(ended.Stderr, steps.EndedBefore) || p.Dump().Active() != p.First:
			return nil
		}
	}
	return nil
}

// puts are the jobs of the pipelines, from whatever state a check finds.
func (p *player) puts(ctx context.Context) *steps.Failure {
	if f := p.builds.Look(ctx); f != nil {
		return f
	}
	for range mostJobs {
		version := p.builds.Version
		switch state := version["state"]; {
		case state == string(rotation.Settled) && version["active"] != p.First:
			return nil
		case state == string(rotation.Blocked):
			return &steps.Failure{Step: "check", Reason: version["reason"], Sentence: "blocked"}
		default:
			if f := p.job(ctx, concourse.Jobs[state], map[string]any{}); f != nil {
				return f
			}
		}
	}
	return broken(errors.New("the rotation does not end"))
}

// leaves are the two jobs of the pipeline leaf-certificates.
func (p *player) leaves(ctx context.Context) *steps.Failure {
	if f := p.builds.Look(ctx); f != nil {
		return f
	}
	if p.builds.Version["state"] != string(rotation.Renewed) {
		if f := p.job(ctx, concourse.Job{Put: string(rotation.Regenerate)}, map[string]any{"leaf_only": true}); f != nil {
			return f
		}
	}
	return p.job(ctx, concourse.Job{Apply: true, Put: string(rotation.Verify)}, map[string]any{})
}

// job is one build, with the options of the advice.
func (p *player) job(ctx context.Context, job concourse.Job, params map[string]any) *steps.Failure {
	if len(p.advice.Accept) > 0 {
		params["accept"] = p.advice.Accept
	}
	if job.Put == string(rotation.Generate) && p.advice.Recreate {
		params["recreate"] = true
	}
	if job.Put == string(rotation.Generate) && len(p.advice.Exclude) > 0 {
		params["exclude_from_rotation"] = p.advice.Exclude
	}
	f := p.builds.Build(ctx, job, p.applying(), params)
	if f != nil && f.Step == "apply" {
		return verified(f)
	}
	return told(f)
}

// PartlyRegenerated is the reason of a stop at a regenerate that failed for certificates.
const PartlyRegenerated = "regenerate fails for a certificate"

// told tells apart what a failure is about: Ops Manager's safety checks refuse for what
// came after generate, or certificates could not be regenerated.
func told(f *steps.Failure) *steps.Failure {
	switch {
	case f == nil:
	case f.Reason == judge.SafetyViolation && strings.Contains(f.Said, "these came into being after generate"):
		f.Reason = shapes.BornLater
	case f.Reason == judge.GaveUp && strings.Contains(f.Said, "active/regenerate was carried out only in part"):
		f.Reason = PartlyRegenerated
	}
	return f
}

// verified is a failure, told apart where Ops Manager's verifiers refuse an apply.
func verified(f *steps.Failure) *steps.Failure {
	switch f.Reason {
	case judge.SafetyViolation, judge.ApplyFailed, judge.GaveUp:
		if strings.Contains(strings.ToLower(f.Said), "verifier") {
			f.Reason = Verifiers
		}
	}
	return f
}

// Verifiers is the reason of an apply changes that Ops Manager's verifiers refuse.
const Verifiers = "verifiers refuse the apply"
