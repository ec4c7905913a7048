package ours

import (
	"context"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/opsman-ca/opsman-ca/test/soak/judge"
	"github.com/opsman-ca/opsman-ca/test/soak/rig"
)

// Most runs of jobs in a rotation, and most failures for one reason in a row.
const (
	mostRuns     = 60
	mostFailures = 8
)

type version = map[string]string

// driver carries one rotation on.
type driver struct {
	*rig.Rig
	choices *rand.Rand
	// version is the newest one known, nil at first; given are all, in order.
	version version
	given   []version
	// repeated counts the versions that were given a second time, at which
	// Concourse would never look.
	repeated int

	reason string
	inARow int
	// accept is what the operator takes upon himself in the next run of rotate.
	accept string
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
	return said, d.repeated
}

// job is what a pipeline does in a state.
type job struct {
	apply bool
	put   string
}

var jobs = map[string]job{
	"settled":     {put: "generate"},
	"generated":   {apply: true, put: "verify"},
	"trusted":     {put: "activate"},
	"activated":   {put: "regenerate"},
	"regenerated": {apply: true, put: "verify"},
	"replaced":    {put: "delete"},
	"retired":     {apply: true, put: "verify"},
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
		var f *failure
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
				f = d.run(ctx, jobs[state])
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
		fresh = f.stale || d.version == nil || d.choices.IntN(3) > 0
	}
	return judge.Said{Reason: judge.GaveUp, Sentence: "the rotation does not end: " + d.reason}
}

// check asks for versions since the newest one known.
func (d *driver) check(ctx context.Context) *failure {
	ended := d.Run(ctx, rig.Process{Name: "check", Stdin: encoded(map[string]any{"source": d.Source(), "version": d.version})})
	if !ended.OK() {
		return failed("check", ended)
	}
	var versions []version
	if err := json.Unmarshal([]byte(ended.Stdout), &versions); err != nil || len(versions) == 0 {
		return &failure{step: "check", sentence: "check answered " + ended.Stdout}
	}
	d.learn(versions[len(versions)-1])
	return nil
}

// run is one build of a job: get, apply changes, put.
func (d *driver) run(ctx context.Context, j job) *failure {
	if err := d.empty(); err != nil {
		return &failure{step: "get", sentence: err.Error()}
	}
	get := rig.Process{Name: "in", Args: []string{d.Path("ca")}, Stdin: encoded(map[string]any{"source": d.Source(), "version": d.version})}
	if ended := d.Run(ctx, get); !ended.OK() {
		f := failed("get", ended)
		f.stale = true
		return f
	}
	if j.apply {
		if ended := d.apply(ctx, "--from", "ca"); !ended.OK() {
			return failed("apply", ended)
		}
	}
	params := map[string]any{"phase": j.put, "from": "ca"}
	if j.put == "generate" && d.Schedule.Custom {
		params["certificate"], params["private_key"] = rig.CertificateFile, rig.PrivateKeyFile
	}
	ended := d.Run(ctx, rig.Process{Name: "out", Args: []string{d.Folder}, Stdin: encoded(map[string]any{"source": d.Source(), "params": params})})
	if !ended.OK() {
		return failed(j.put, ended)
	}
	var answer struct {
		Version version `json:"version"`
	}
	if err := json.Unmarshal([]byte(ended.Stdout), &answer); err != nil || answer.Version == nil {
		return &failure{step: j.put, sentence: "out answered " + ended.Stdout}
	}
	d.learn(answer.Version)
	return nil
}

// learn keeps a version.
func (d *driver) learn(v version) {
	if maps.Equal(v, d.version) {
		return
	}
	d.Note("version %v", v)
	if slices.ContainsFunc(d.given, func(old version) bool { return maps.Equal(v, old) }) {
		d.repeated++
	}
	d.version = v
	d.given = append(d.given, v)
}
