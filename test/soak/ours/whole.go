package ours

import (
	"context"
	"strings"

	"github.com/opsman-ca/opsman-ca/test/soak/judge"
	"github.com/opsman-ca/opsman-ca/test/soak/steps"
)

// endedBefore is what rotate says when it has only ended what it takes for an
// earlier rotation: without exact dates it cannot tell that from an installation
// of the day on which the CA was made.
const endedBefore = "no new rotation was begun"

// whole runs the task rotate until it succeeds. The version that one run leaves
// is handed to the next one, unless the schedule is forgetful.
func (d *driver) whole(ctx context.Context) judge.Said {
	for n := range mostRuns {
		if ctx.Err() != nil {
			break
		}
		if n == 0 || d.Schedule.Forgetful {
			if err := steps.Empty(d.Rig); err != nil {
				return judge.Said{Reason: judge.GaveUp, Sentence: err.Error()}
			}
		}
		ended := d.rotate(ctx)
		switch {
		case ended.OK() && strings.Contains(ended.Stderr, endedBefore) && d.Dump().Active() == d.First:
			// "to begin one, run it again"
			continue
		case ended.OK():
			return judge.Said{Success: true}
		}
		if said, stop := d.react(ctx, *steps.Failed("rotate", ended)); stop {
			return said
		}
	}
	return judge.Said{Reason: judge.GaveUp, Sentence: "the rotation does not end: " + d.reason}
}
