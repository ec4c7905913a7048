package apply

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// waitForTurn returns the history once no installation runs any more. What
// runs is another operator's, or one of ours from an earlier run; either way it
// may have begun before what is staged now, so ours still has to run.
func (s *supervision) waitForTurn(ctx context.Context) (evidence.History, error) {
	var current *watcher
	for {
		began := s.clock.Now()
		history, err := s.recent(ctx, current)
		if err != nil {
			return history, err
		}
		s.checkIgnored(history)
		s.checkDead(history)
		s.learn(history)
		running, found := s.running(history)
		if !found {
			return history, nil
		}
		if current == nil || current.id != running.ID {
			current = s.beginWatching(ctx, running)
			if s.denied(ctx, current) {
				continue
			}
			s.planned = false
			s.outcome.WaitedFor = append(s.outcome.WaitedFor, running.ID)
			s.say(fmt.Sprintf("installation %d%s runs already: waiting for it to end, then applying ours", running.ID, by(running.User)))
		}
		if s.waitLeft <= 0 {
			return history, s.stuck(running.ID, fmt.Sprintf("it still runs after waiting %s for others", console.Elapsed(s.req.WaitFor)))
		}
		if err := current.look(ctx, running); err != nil {
			return history, err
		}
		if current.still(s.clock.Now()) >= askAgain && s.clock.Now().Sub(current.asked) >= askAgain && s.denied(ctx, current) {
			continue
		}
		if s.pause(ctx, s.req.Poll) != nil {
			return history, s.beforeStart(ctx, running.ID, nil)
		}
		s.waitLeft -= s.clock.Now().Sub(began)
	}
}

// recent reads the newest installations: patiently while waiting, otherwise
// once, as nothing has been started that could be lost.
func (s *supervision) recent(ctx context.Context, waiting *watcher) (evidence.History, error) {
	if waiting == nil {
		history, err := s.deps.OpsManager.Installations(ctx, enoughHistory())
		if err != nil {
			return history, s.beforeStart(ctx, 0, fmt.Errorf("cannot tell whether an installation runs, so nothing was started: %w", err))
		}
		return history, nil
	}
	history, err := patiently(ctx, s, "the installations", func(ctx context.Context) (evidence.History, error) {
		return s.deps.OpsManager.Installations(ctx, enoughHistory())
	})
	if err != nil {
		return history, s.beforeStart(ctx, waiting.id, err)
	}
	return history, nil
}

// enoughHistory stops reading after twenty ended installations: one that runs
// is among the newest.
// It may be asked about one installation more than once.
func enoughHistory() func(evidence.Installation) bool {
	ended := map[int]bool{}
	return func(i evidence.Installation) bool {
		if i.Status != evidence.InstallationRunning {
			ended[i.ID] = true
		}
		newer := 0
		for id := range ended {
			if id >= i.ID {
				newer++
			}
		}
		return newer >= 20
	}
}

func (s *supervision) running(history evidence.History) (evidence.Installation, bool) {
	for _, i := range history.Running() {
		if !slices.Contains(s.req.IgnoreInstallations, i.ID) && !s.dead[i.ID] {
			return i, true
		}
	}
	return evidence.Installation{}, false
}

// askAgain is how long an installation stands still before Ops Manager is asked
// again whether it runs at all.
const askAgain = 10 * time.Minute

// denied tells whether Ops Manager denies twice, with a pause between, that an
// installation is in progress: then the record is dead. Once may be just before one
// begins.
func (s *supervision) denied(ctx context.Context, v *watcher) bool {
	v.asked = s.clock.Now()
	for range 2 {
		if !s.deps.OpsManager.NoInstallationRunning(ctx) || s.pause(ctx, s.req.Poll) != nil {
			return false
		}
	}
	s.dead[v.id] = true
	return true
}

// checkDead says, once, which records are dead: who looks at Ops Manager sees that
// they run.
func (s *supervision) checkDead(history evidence.History) {
	dead := history.Dead(false)
	for _, d := range history.Dead(true) {
		if s.dead[d.ID] {
			dead = append(dead, d)
		}
	}
	for _, d := range dead {
		if !s.toldDead[d.ID] && !slices.Contains(s.req.IgnoreInstallations, d.ID) {
			s.toldDead[d.ID] = true
			s.say(fmt.Sprintf("installation %d%s is listed as running and is dead (%s): going on", d.ID, by(d.User), d.Why))
		}
	}
}

// checkIgnored warns, once, of installations to be ignored that do not run: who
// mistypes an id would be left waiting for the dead one.
func (s *supervision) checkIgnored(history evidence.History) {
	if s.toldIgnored {
		return
	}
	s.toldIgnored = true
	var ids []int
	var run []string
	for _, i := range history.List {
		if i.Status != evidence.InstallationRunning {
			continue
		}
		ids = append(ids, i.ID)
		run = append(run, fmt.Sprintf("%d%s", i.ID, by(i.User)))
	}
	for _, id := range s.req.IgnoreInstallations {
		if !slices.Contains(ids, id) {
			s.warn(fmt.Sprintf("there is no running installation %d to ignore; those that run: %s", id, orNone(run)))
		}
	}
}

func by(user string) string {
	if user == "" {
		return ""
	}
	return " (started by " + user + ")"
}

// watcher is watching an installation that is not ours.
type watcher struct {
	s     *supervision
	id    int
	pulse *console.Heartbeat
	// asked is when Ops Manager was asked whether it runs at all.
	asked time.Time
	growth
	course *course
}

func (s *supervision) beginWatching(ctx context.Context, i evidence.Installation) *watcher {
	v := &watcher{
		s: s, id: i.ID,
		pulse: console.NewHeartbeat(s.out, s.req.Heartbeat, s.clock.Now), course: newCourse(s.past, s.clock.Now),
	}
	v.saw(s.clock.Now(), v.logSize(ctx), i)
	v.at = s.clock.Now()
	return v
}

// logSize is 0 when the log cannot be read: that is no sign of life.
func (v *watcher) logSize(ctx context.Context) int {
	log, err := v.s.deps.OpsManager.InstallationLogs(ctx, v.id)
	if err != nil {
		return 0
	}
	return len(log)
}

// look beats, and gives up on an installation that no longer gets on.
func (v *watcher) look(ctx context.Context, i evidence.Installation) error {
	now := v.s.clock.Now()
	v.saw(now, 0, i)
	if v.still(now) >= v.s.req.StuckAfter/2 {
		// The log is long and only matters when nothing else moves.
		v.saw(now, v.logSize(ctx), i)
	}
	if still := v.still(now); still >= v.s.req.StuckAfter {
		return v.s.stuck(i.ID, stuckFor(still))
	}
	v.course.saw(i, v.s.deps.OpsManager.ServerTime())
	v.pulse.Beat(fmt.Sprintf("waiting for installation %d%s: %s", i.ID, by(i.User), v.course))
	return nil
}

// growth notices whether an installation gets on: its log grows, or one of
// its products changes its status.
type growth struct {
	at      time.Time
	log     int
	product string
}

func (g *growth) saw(now time.Time, log int, i evidence.Installation) {
	product := statuses(i)
	if log > g.log || (product != g.product && len(i.Changes) > 0) {
		g.at = now
	}
	g.log = max(log, g.log)
	if len(i.Changes) > 0 {
		g.product = product
	}
}

func (g *growth) still(now time.Time) time.Duration { return now.Sub(g.at) }

func (s *supervision) stuck(id int, why string) *StuckError {
	return &StuckError{ID: id, Why: why, Ignore: s.req.Names.Of(setting.IgnoreInstallation)}
}

func stuckFor(still time.Duration) string {
	return fmt.Sprintf("its log has not grown and no product has got on for %s", console.Elapsed(still))
}
