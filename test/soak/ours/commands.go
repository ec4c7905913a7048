package ours

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/test/soak/rig"
)

// quick are the pauses of apply-changes, shortened as om's is.
var quick = []string{"--poll", "20ms", "--heartbeat", "200ms"}

// apply is the task apply-changes.
func (d *driver) apply(ctx context.Context, more ...string) rig.Ended {
	args := append([]string{"apply-changes", "--om", d.Om()}, quick...)
	return d.Run(ctx, rig.Process{Name: "opsman-ca", Args: append(args, more...), Environ: d.Environ()})
}

// prepare is the pipelines' job that applies changes in any case: from the version
// at hand, and where that is of no use any more, from what Ops Manager shows.
func (d *driver) prepare(ctx context.Context) rig.Ended {
	if !d.kept() {
		return d.apply(ctx, "--force")
	}
	ended := d.apply(ctx, "--force", "--from", "ca")
	if !ended.OK() && slices.Contains(stale, rotation.Reason(failed("apply", ended).reason)) {
		return d.apply(ctx, "--force")
	}
	return ended
}

// stale are the refusals of a version that is of no use any more.
var stale = []rotation.Reason{rotation.ReasonForeignVersion, rotation.ReasonFinishedRotation, rotation.ReasonSetBack}

// kept tells whether a get or a task has left a version.
func (d *driver) kept() bool {
	_, err := os.Stat(d.Path("ca", "version.json"))
	return err == nil
}

// rotate is the task rotate.
func (d *driver) rotate(ctx context.Context) rig.Ended {
	args := append([]string{"rotate", "--om", d.Om(), "--to", "ca"}, quick...)
	if d.kept() {
		args = append(args, "--from", "ca")
	}
	if d.accept != "" {
		args = append(args, "--accept", d.accept)
		d.accept = ""
	}
	if d.Schedule.Custom {
		args = append(args, "--certificate", rig.CertificateFile, "--private-key", rig.PrivateKeyFile)
	}
	return d.Run(ctx, rig.Process{Name: "opsman-ca", Args: args, Environ: d.Environ()})
}

// verify is the task verify, where a task has left a version. A version of which
// it says the same again is of no use any more.
func (d *driver) verify(ctx context.Context) {
	if !d.Schedule.Whole || d.Schedule.Forgetful {
		return
	}
	args := []string{"verify", "--from", "ca", "--to", "ca"}
	if !d.Run(ctx, rig.Process{Name: "opsman-ca", Args: args, Environ: d.Environ()}).OK() {
		_ = d.empty()
	}
}

// empty makes the folder ca as a new build has it.
func (d *driver) empty() error {
	if err := os.RemoveAll(d.Path("ca")); err != nil {
		return fmt.Errorf("empty the folder ca: %w", err)
	}
	if err := os.Mkdir(d.Path("ca"), 0o700); err != nil {
		return fmt.Errorf("make the folder ca: %w", err)
	}
	return nil
}

// encoded is a request of strings and maps, which always has a JSON form.
func encoded(v any) []byte {
	content, err := json.Marshal(v)
	if err != nil {
		return []byte(err.Error())
	}
	return content
}
