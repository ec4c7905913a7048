package apply

import (
	"context"
	"fmt"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// follow stays with our installation after om has ended, by our own client,
// and writes its log from where om stopped.
func (s *supervision) follow(ctx context.Context, id int, end omEnd) error {
	if s.course.last.ID != id {
		s.course.last = evidence.Installation{ID: id, Status: evidence.InstallationRunning}
	}
	f := &follower{s: s, id: id, output: end.output, growth: growth{at: s.clock.Now()}}
	for {
		installation, err := patiently(ctx, s, "the status of installation "+fmt.Sprint(id), func(ctx context.Context) (evidence.Installation, error) {
			return s.deps.OpsManager.Installation(ctx, id)
		})
		if err != nil {
			return f.unseen(ctx, err)
		}
		if !hasEnded(installation) && s.outcome.Followed != FollowedByClient {
			s.outcome.Followed = FollowedByClient
			s.warn(fmt.Sprintf("om has ended, but installation %d still runs: following it ourselves (om: %s)", id, end.message))
		}
		// The log is read after the status, so that the log of an installation
		// that has ended is whole.
		whole := f.readLog(ctx)
		if hasEnded(installation) && (whole || f.failures >= logTries) {
			_ = end.output.lines.Flush()
			return nil
		}
		if err := f.beat(ctx); err != nil {
			return err
		}
		if s.pause(ctx, s.req.Poll) != nil {
			return f.unseen(ctx, nil)
		}
	}
}

// follower writes one installation's log and notices when it stops.
type follower struct {
	s      *supervision
	id     int
	output *transcript
	growth
	// offset is how much of the log is written; known once located is true.
	offset  int
	located bool
	// failures counts how often in a row the log could not be read.
	failures int
	looked   time.Time
}

// logTries is how often in a row to try for the log of an installation that
// has ended. The verdict does not hang on it.
const logTries = 3

// readLog writes what is new of the log, and tells whether it could be read.
func (f *follower) readLog(ctx context.Context) bool {
	log, err := f.s.deps.OpsManager.InstallationLogs(ctx, f.id)
	if err != nil {
		f.failures++
		if f.failures == 1 && ctx.Err() == nil {
			f.s.warn(fmt.Sprintf("the log of installation %d cannot be read just now: %s", f.id, f.s.deps.OpsManager.Redact(err.Error())))
		}
		return false
	}
	f.failures = 0
	if !f.located {
		offset, known := f.output.printed(log)
		if !known {
			f.s.warn("the log does not begin with what om has shown of it: showing it from its beginning")
		}
		f.offset, f.located = offset, true
	}
	if len(log) > f.offset {
		// An output that is gone does not end the installation either.
		_, _ = f.output.show([]byte(log[f.offset:]))
		f.offset = len(log)
	}
	f.saw(f.s.clock.Now(), f.offset, f.s.course.last)
	return true
}

// beat reads the products once per heartbeat, and gives up on an installation
// that no longer gets on.
func (f *follower) beat(ctx context.Context) error {
	now := f.s.clock.Now()
	if now.Sub(f.looked) >= f.s.req.Heartbeat {
		f.looked = now
		history, err := f.s.deps.OpsManager.Installations(ctx, func(i evidence.Installation) bool { return i.ID <= f.id })
		if i, found := history.Find(f.id); err == nil && found {
			f.s.course.saw(i, f.s.deps.OpsManager.ServerTime())
			f.saw(now, f.offset, i)
		}
	}
	f.s.tell(f.output.pulse)
	if still := f.still(now); still >= f.s.req.StuckAfter {
		return f.s.stuck(f.id, stuckFor(still))
	}
	return nil
}

// unseen is an end of following before the end of the installation.
func (f *follower) unseen(ctx context.Context, err error) error {
	_ = f.output.lines.Flush()
	return f.s.cannotTell(ctx, f.id, err)
}
