package steps

import (
	"context"

	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
	"github.com/opsman-ca/opsman-ca/internal/sim/process"
	"github.com/opsman-ca/opsman-ca/test/soak/rig"
)

// Builds are those of a pipeline on a rig.
type Builds struct {
	concourse.Pipeline
	on *rig.Rig
}

// On is a pipeline that knows no version yet. The pauses of its tasks are shortened as
// om's are.
func On(r *rig.Rig) *Builds {
	return &Builds{on: r, Pipeline: concourse.Pipeline{
		Source: r.Source(), Environ: r.Environ(), Build: r.Folder,
		Om:  []string{"--om", r.Om(), "--poll", "20ms", "--heartbeat", "200ms"},
		Run: func(ctx context.Context, p process.Program) (process.Ended, error) { return r.Run(ctx, p), nil },
	}}
}

// Look asks for the versions since the newest one known.
func (b *Builds) Look(ctx context.Context) *Failure {
	_, err := b.Check(ctx)
	return failure("check", err)
}

// Build is one of a job: a get of the newest version in a new build, an apply changes
// where the job has one, and a put with more params. It is red where it gives a failure.
func (b *Builds) Build(ctx context.Context, j concourse.Job, applying []string, params map[string]any) *Failure {
	if _, err := b.Get(ctx); err != nil {
		f := failure("get", err)
		f.Stale = true
		return f
	}
	if j.Apply {
		if ended := b.Applied(ctx, append([]string{"--from", concourse.Folder}, applying...)...); !ended.OK() {
			return Failed("apply", ended)
		}
	}
	_, err := b.Put(ctx, j.Put, params)
	return failure(j.Put, err)
}

// Applied is the task apply-changes.
func (b *Builds) Applied(ctx context.Context, args ...string) process.Ended {
	return b.on.Run(ctx, b.Supervising("apply-changes", args...))
}

// EndedBefore is what rotate says when it has only ended what it takes for an
// earlier rotation: without exact dates it cannot tell that from an installation
// of the day on which the CA was made.
const EndedBefore = "no new rotation was begun"

// Rotate is the task rotate, which keeps its version in the build's folder.
func (b *Builds) Rotate(ctx context.Context, more ...string) process.Ended {
	args := []string{"--to", concourse.Folder}
	if b.Kept() {
		args = append(args, "--from", concourse.Folder)
	}
	return b.on.Run(ctx, b.Supervising("rotate", append(args, more...)...))
}
