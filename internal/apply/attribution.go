package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// errLostRace means that another installation began just before ours.
var errLostRace = errors.New("another installation was started just before ours, again and again; see who else applies changes, then apply changes again")

// omPosts is what om prints just before it asks for an installation, and
// omRefused what it prints when Ops Manager turns that down. They matter when
// two runs share one user: without them the other's installation, which is
// newer than what we saw and has our user's name, would be taken for ours.
// Should om change its words, an installation of ours is taken for another
// run's, waited for, and run again: slow, but safe.
const omPosts = "attempting to apply changes"

var omRefused = regexp.MustCompile(`failed to trigger: (request failed: unexpected response from /api/v0/installations: HTTP 4\d\d|failed to list staged and/or deployed products|failed to configure errands)`)

// omNames is where om says which installation is its own: it prints no id when
// Ops Manager gives it one, but repeats the path of a request that failed.
var omNames = regexp.MustCompile(`/api/v0/installations/(\d{1,9})\b`)

// omUnanswered is how om, or Go below it, tells of an Ops Manager that is not there.
var omUnanswered = regexp.MustCompile(`(?i)\b50[234]\b|connection re(fused|set)|\bEOF\b|time(d )?-?out|deadline exceeded|no such host|server misbehaving|no route to host|network is unreachable`)

// posted tells whether om may have asked for an installation.
func (e omEnd) posted() bool {
	return e.err == nil || e.output.asked() && !omRefused.MatchString(e.message)
}

// answered tells whether om knows the installation that Ops Manager gave it.
func (e omEnd) answered() bool {
	return e.err == nil || e.output.begun() || omNames.MatchString(e.message)
}

// unanswered tells whether om ended before it asked for an installation, because Ops
// Manager did not answer.
func (e omEnd) unanswered() bool {
	return e.stuck == nil && !e.posted() && omUnanswered.MatchString(e.message) && !omTurnedDown.MatchString(e.message)
}

// omTurnedDown is an answer to om's POST.
var omTurnedDown = regexp.MustCompile(`unexpected response from /api/v0/installations: HTTP 4\d\d`)

// looksForOurs is how often to look for an installation that om asked for
// without learning the answer: it may appear late.
const looksForOurs = 3

// settle finds out which installation om has left behind, and fails when
// there is none.
func (s *supervision) settle(ctx context.Context, end omEnd, before evidence.History) (own, error) {
	if ctx.Err() != nil {
		return own{}, s.interrupted(ctx, end, before)
	}
	for looks := 1; ; looks++ {
		history, err := patiently(ctx, s, "the installations", func(ctx context.Context) (evidence.History, error) {
			return s.since(ctx, before)
		})
		if err != nil {
			return own{}, s.unseen(ctx, end, before, err)
		}
		if end.posted() {
			if ours, found := s.ours(ctx, end, history, before); found {
				if end.stuck != nil {
					end.stuck.ID = ours.ID
					return own{}, end.stuck
				}
				return ours, nil
			}
		}
		if end.stuck != nil {
			return own{}, end.stuck
		}
		if _, running := s.running(history); running || history.Highest() > before.Highest() {
			return own{}, errLostRace
		}
		if !end.posted() || looks == looksForOurs {
			break
		}
		if s.pause(ctx, s.req.Poll) != nil {
			return own{}, s.interrupted(ctx, end, before)
		}
	}
	if end.err == nil {
		return own{}, fmt.Errorf("om reports success, but Ops Manager lists no installation newer than %d: apply changes again", before.Highest())
	}
	return own{}, &NotStartedError{Message: end.message, Recreate: s.req.RecreateVMs && s.recreateStaged(end), Dead: s.hindered(end, before)}
}

// hindered is the dead installation that om takes for a running one, 0 for none: om
// looks at the newest alone.
func (s *supervision) hindered(end omEnd, before evidence.History) int {
	if strings.Contains(end.message, "already running") {
		for _, i := range before.List {
			if i.ID == before.Highest() && i.Status == evidence.InstallationRunning {
				return i.ID
			}
		}
	}
	return 0
}

// recreateStaged tells whether om may have staged the recreate flags: it does
// so before it asks for the installation. An answer of 207 to that stages them
// and ends om all the same.
func (s *supervision) recreateStaged(end omEnd) bool {
	return end.output.asked() || strings.Contains(end.message, "could not set director to recreate")
}

// since reads the installations that are newer than what was seen before.
func (s *supervision) since(ctx context.Context, before evidence.History) (evidence.History, error) {
	highest := before.Highest()
	return s.deps.OpsManager.Installations(ctx, func(i evidence.Installation) bool { return i.ID <= highest })
}

// own is an installation of ours. It is so for sure where om knows it; where om lost
// the answer to its POST, it is only the first of our user.
type own struct {
	evidence.Installation

	sure bool
}

// ours is the installation that om has asked for: the one that om names, else the
// only new one when om has Ops Manager's answer, else the first of our user. A
// user's name in Ops Manager may differ from the login, and how a UAA client appears
// as a user is not documented: for a client anything is accepted.
func (s *supervision) ours(ctx context.Context, end omEnd, history, before evidence.History) (own, bool) {
	var newer, named []evidence.Installation
	for _, i := range history.List {
		if i.ID > before.Highest() {
			newer = append(newer, i)
			if s.isUs(i.User) {
				named = append(named, i)
			}
		}
	}
	if id := omNames.FindStringSubmatch(end.message); id != nil {
		for _, i := range newer {
			if strconv.Itoa(i.ID) == id[1] {
				return own{i, true}, true
			}
		}
	}
	if end.answered() {
		if len(newer) > 1 {
			if logged := s.logged(ctx, end.output, newer); len(logged) == 1 {
				newer = logged
			}
		}
		if len(newer) == 1 {
			return own{newer[0], true}, true
		}
	}
	if len(named) == 0 && s.deps.Om.Username == "" {
		named = newer
	}
	if len(named) == 0 {
		return own{}, false
	}
	return own{Installation: slices.MinFunc(named, func(a, b evidence.Installation) int { return cmp.Compare(a.ID, b.ID) })}, true
}

// logged are the installations whose log begins as om has printed it.
func (s *supervision) logged(ctx context.Context, output *transcript, list []evidence.Installation) []evidence.Installation {
	var same []evidence.Installation
	for _, i := range list {
		log, err := s.deps.OpsManager.InstallationLogs(ctx, i.ID)
		if err != nil {
			return nil
		}
		if printed, known := output.printed(log); known && printed > 0 {
			same = append(same, i)
		}
	}
	return same
}

func (s *supervision) isUs(user string) bool {
	us := s.deps.Om.Username
	if us == "" {
		us = s.deps.Om.ClientID
	}
	return strings.EqualFold(user, us)
}

// interruptTime limits the last look: Concourse sends SIGKILL some seconds
// after SIGTERM, and so do others.
const interruptTime = time.Second

// interrupted tells which installation goes on without us.
func (s *supervision) interrupted(ctx context.Context, end omEnd, before evidence.History) error {
	cause := context.Cause(ctx)
	_ = end.output.lines.Flush()
	if !end.output.asked() {
		return &InterruptedError{Cause: cause}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), interruptTime)
	defer cancel()
	if history, err := s.since(ctx, before); err == nil {
		if ours, found := s.ours(ctx, end, history, before); found {
			s.outcome.ID = ours.ID
			return &InterruptedError{ID: ours.ID, Ours: true, Cause: cause}
		}
	}
	return &InterruptedError{Unsure: true, Cause: cause}
}

// unseen is om having ended while Ops Manager does not answer.
func (s *supervision) unseen(ctx context.Context, end omEnd, before evidence.History, err error) error {
	if ctx.Err() != nil {
		return s.interrupted(ctx, end, before)
	}
	return fmt.Errorf("om ended (%s) and it cannot be told whether it started an installation: %w; look for one newer than %d in Ops Manager, then apply changes again", end.message, err, before.Highest())
}
