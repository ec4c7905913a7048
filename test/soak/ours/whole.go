package ours

import (
	"context"
	"strings"

	"github.com/opsman-ca/opsman-ca/test/soak/judge"
	"github.com/opsman-ca/opsman-ca/test/soak/steps"
)

// whole runs the task rotate until it succeeds. The version that one run leaves
// is handed to the next one, unless the schedule is forgetful.
func (d *driver) whole(ctx context.Context) judge.Said {
	for n := range mostRuns {
		if ctx.Err() != nil {
			break
		}
		if n == 0 || d.Schedule.Forgetful {
			if err := d.builds.Empty(); err != nil {
				return judge.Said{Reason: judge.GaveUp, Sentence: err.Error()}
			}
		}
		ended := d.rotate(ctx)
		switch {
		case ended.OK() && strings.Contains(ended.Stderr, steps.EndedBefore) && d.Dump().Active() == d.First:
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
