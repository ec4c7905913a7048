package ours

import (
	"context"
	"math/rand/v2"

	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
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
	builds  *steps.Builds
	// noted are how many versions are in the journal.
	noted int

	reason string
	inARow int
	// accept is what the operator overrides in the next run of rotate.
	accept string
	answers
}

// Rotate runs a rotation to its end, or to a reason to stop. The second result is
// how many versions were given a second time.
func Rotate(ctx context.Context, r *rig.Rig) (said judge.Said, repeated int) {
	d := &driver{Rig: r, choices: r.Schedule.Choices(), builds: steps.On(r)}
	if r.Schedule.Whole {
		said = d.whole(ctx)
	} else {
		said = d.pipeline(ctx)
	}
	said.Refused = d.refused
	return said, d.builds.Repeated()
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
			f = d.builds.Look(ctx)
			d.note()
		}
		if f == nil {
			version := d.builds.Version
			switch state := version["state"]; {
			case state == "settled" && version["active"] != d.First:
				return judge.Said{Success: true}
			case state == "blocked":
				return judge.Said{Reason: version["reason"], Sentence: "blocked"}
			default:
				f = d.run(ctx, concourse.Jobs[state])
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
		fresh = f.Stale || d.builds.Version == nil || d.choices.IntN(3) > 0
	}
	return judge.Said{Reason: judge.GaveUp, Sentence: "the rotation does not end: " + d.reason}
}

// run is one build of a job.
func (d *driver) run(ctx context.Context, j concourse.Job) *steps.Failure {
	params := map[string]any{}
	if j.Put == "generate" {
		params = d.params()
	}
	if j.Put == "generate" && d.Schedule.Custom {
		params["certificate"], params["private_key"] = rig.CertificateFile, rig.PrivateKeyFile
	}
	defer d.note()
	return d.builds.Build(ctx, j, nil, params)
}

// note writes the versions that are new into the journal.
func (d *driver) note() {
	for ; d.noted < len(d.builds.Given); d.noted++ {
		d.Note("version %v", d.builds.Given[d.noted])
	}
}
