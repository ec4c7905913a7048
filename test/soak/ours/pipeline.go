package ours

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/opsman-ca/opsman-ca/test/soak/judge"
	"github.com/opsman-ca/opsman-ca/test/soak/rig"
	"github.com/opsman-ca/opsman-ca/test/soak/steps"
)

// Most runs of jobs in a rotation, and most failures for one reason in a row.
const (
	mostRuns     = 60
	mostFailures = 8
)

// driver carries one rotation on.
type driver struct {
	*rig.Rig
	choices *rand.Rand
	// version is the newest one known, nil at first; given are all, in order.
	version steps.Version
	given   []steps.Version
	// repeated counts the versions that were given a second time, at which
	// Concourse would never look.
	repeated int

	reason string
	inARow int
	// accept is what the operator takes upon himself in the next run of rotate.
	accept string
	answers
}

// Rotate runs a rotation to its end, or to a reason to stop. The second result is
// how many versions were given a second time.
func Rotate(ctx context.Context, r *rig.Rig) (said judge.Said, repeated int) {
	d := &driver{Rig: r, choices: r.Schedule.Choices()}
	if r.Schedule.Whole {
		said = d.whole(ctx)
	} else {
		said = d.pipeline(ctx)
	}
	said.Refused = d.refused
	return said, d.repeated
}

// pipeline runs job after job, each from the version that the one before left. A
// job that failed is run again: as the same build once in a while, as a rule
// behind a new check.
func (d *driver) pipeline(ctx context.Context) judge.Said {
	fresh := true
	for range mostRuns {
		if ctx.Err() != nil {
			break
		}
		var f *steps.Failure
		if fresh {
			f = d.check(ctx)
		}
		if f == nil {
			switch state := d.version["state"]; {
			case state == "settled" && d.version["active"] != d.First:
				return judge.Said{Success: true}
			case state == "blocked":
				return judge.Said{Reason: d.version["reason"], Sentence: "blocked"}
			default:
				f = d.run(ctx, steps.Jobs[state])
			}
		}
		fresh = false
		if f == nil {
			d.reason, d.inARow = "", 0
			continue
		}
		if said, stop := d.react(ctx, *f); stop {
			return said
		}
		fresh = f.Stale || d.version == nil || d.choices.IntN(3) > 0
	}
	return judge.Said{Reason: judge.GaveUp, Sentence: "the rotation does not end: " + d.reason}
}

// check asks for versions since the newest one known.
func (d *driver) check(ctx context.Context) *steps.Failure {
	versions, f := steps.Check(ctx, d.Rig, d.version)
	if f == nil {
		d.learn(versions[len(versions)-1])
	}
	return f
}

// run is one build of a job: get, apply changes, put.
func (d *driver) run(ctx context.Context, j steps.Job) *steps.Failure {
	if f := steps.Get(ctx, d.Rig, d.version); f != nil {
		return f
	}
	if j.Apply {
		if ended := steps.Apply(ctx, d.Rig, "--from", steps.Folder); !ended.OK() {
			return steps.Failed("apply", ended)
		}
	}
	params := map[string]any{}
	if j.Put == "generate" {
		params = d.params()
	}
	if j.Put == "generate" && d.Schedule.Custom {
		params["certificate"], params["private_key"] = rig.CertificateFile, rig.PrivateKeyFile
	}
	v, f := steps.Put(ctx, d.Rig, j.Put, params)
	if f == nil {
		d.learn(v)
	}
	return f
}

// learn keeps a version.
func (d *driver) learn(v steps.Version) {
	if maps.Equal(v, d.version) {
		return
	}
	d.Note("version %v", v)
	if slices.ContainsFunc(d.given, func(old steps.Version) bool { return maps.Equal(v, old) }) {
		d.repeated++
	}
	d.version = v
	d.given = append(d.given, v)
}
