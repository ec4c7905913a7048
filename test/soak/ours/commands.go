package ours

import (
	"context"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/test/soak/rig"
	"github.com/opsman-ca/opsman-ca/test/soak/steps"
)

// prepare is the pipelines' job that applies changes in any case: from the version
// at hand, and where that is of no use any more, from what Ops Manager shows.
func (d *driver) prepare(ctx context.Context) rig.Ended {
	if !steps.Kept(d.Rig) {
		return steps.Apply(ctx, d.Rig, "--force")
	}
	ended := steps.Apply(ctx, d.Rig, "--force", "--from", steps.Folder)
	if !ended.OK() && slices.Contains(stale, rotation.Reason(steps.Failed("apply", ended).Reason)) {
		return steps.Apply(ctx, d.Rig, "--force")
	}
	return ended
}

// stale are the refusals of a version that is of no use any more.
var stale = []rotation.Reason{rotation.ReasonForeignVersion, rotation.ReasonFinishedRotation, rotation.ReasonSetBack}

// rotate is the task rotate.
func (d *driver) rotate(ctx context.Context) rig.Ended {
	more := d.flags()
	if d.accept != "" {
		more = append(more, "--accept", d.accept)
		d.accept = ""
	}
	if d.Schedule.Custom {
		more = append(more, "--certificate", rig.CertificateFile, "--private-key", rig.PrivateKeyFile)
	}
	return steps.Rotate(ctx, d.Rig, more...)
}

// verify is the task verify, where a task has left a version. A version of which
// it says the same again is of no use any more.
func (d *driver) verify(ctx context.Context) {
	if !d.Schedule.Whole || d.Schedule.Forgetful {
		return
	}
	args := []string{"verify", "--from", steps.Folder, "--to", steps.Folder}
	if !d.Run(ctx, rig.Process{Name: "opsman-ca", Args: args, Environ: d.Environ()}).OK() {
		_ = steps.Empty(d.Rig)
	}
}
