package ours

import (
	"context"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
	"github.com/opsman-ca/opsman-ca/internal/sim/process"
	"github.com/opsman-ca/opsman-ca/test/soak/rig"
	"github.com/opsman-ca/opsman-ca/test/soak/steps"
)

// prepare is the pipelines' job that applies changes in any case: from the version
// at hand, and where that is of no use any more, from what Ops Manager shows.
func (d *driver) prepare(ctx context.Context) process.Ended {
	if !d.builds.Kept() {
		return d.builds.Applied(ctx, "--force")
	}
	ended := d.builds.Applied(ctx, "--force", "--from", concourse.Folder)
	if !ended.OK() && slices.Contains(stale, rotation.Reason(steps.Failed("apply", ended).Reason)) {
		return d.builds.Applied(ctx, "--force")
	}
	return ended
}

// stale are the refusals of a version that is of no use any more.
var stale = []rotation.Reason{rotation.ReasonForeignVersion, rotation.ReasonFinishedRotation, rotation.ReasonSetBack}

// rotate is the task rotate.
func (d *driver) rotate(ctx context.Context) process.Ended {
	more := d.flags()
	if d.accept != "" {
		more = append(more, "--accept", d.accept)
		d.accept = ""
	}
	if d.Schedule.Custom {
		more = append(more, "--certificate", rig.CertificateFile, "--private-key", rig.PrivateKeyFile)
	}
	return d.builds.Rotate(ctx, more...)
}

// verify is the task verify, where a task has left a version. A version of which
// it says the same again is of no use any more.
func (d *driver) verify(ctx context.Context) {
	if !d.Schedule.Whole || d.Schedule.Forgetful {
		return
	}
	if !d.Run(ctx, d.builds.Task("verify", "--from", concourse.Folder, "--to", concourse.Folder)).OK() {
		_ = d.builds.Empty()
	}
}
