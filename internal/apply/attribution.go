package apply

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// errLostRace means that someone else's installation began just before ours.
var errLostRace = errors.New("another installation was started just before ours, again and again; see who else applies changes, then apply changes again")

// omPosts is what om prints just before it asks for an installation, and
// omRefused what it prints when Ops Manager turns that down. They matter when
// two runs share one user: without them the other's installation, which is
// newer than what we saw and has our user's name, would be taken for ours.
// Should om change its words, an installation of ours is taken for someone
// else's, waited for, and run again: slow, but safe.
const omPosts = "attempting to apply changes"

var omRefused = regexp.MustCompile(`failed to trigger: request failed: unexpected response from /api/v0/installations: HTTP 4\d\d`)

// looksForOurs is how often to look for an installation that om asked for
// without learning the answer: it may appear late.
const looksForOurs = 3

// settle finds out which installation om has left behind, and fails when
// there is none.
func (s *supervision) settle(ctx context.Context, end omEnd, before evidence.History) (int, error) {
	if ctx.Err() != nil {
		return 0, s.interrupted(ctx, end, before)
	}
	mayBeOurs := end.err == nil || (end.output.asked() && !omRefused.MatchString(end.message))
	for looks := 1; ; looks++ {
		history, err := patiently(ctx, s, "the installations", func(ctx context.Context) (evidence.History, error) {
			return s.since(ctx, before)
		})
		if err != nil {
			return 0, s.unseen(ctx, end, before, err)
		}
		if ours, found := s.ours(history, before); found && mayBeOurs {
			if end.stuck != nil {
				end.stuck.ID = ours.ID
				return 0, end.stuck
			}
			return ours.ID, nil
		}
		if end.stuck != nil {
			return 0, end.stuck
		}
		if _, running := s.running(history); running || history.Highest() > before.Highest() {
			return 0, errLostRace
		}
		if !mayBeOurs || looks == looksForOurs {
			break
		}
		if s.pause(ctx, s.req.Poll) != nil {
			return 0, s.interrupted(ctx, end, before)
		}
	}
	if end.err == nil {
		return 0, fmt.Errorf("om reports success, but Ops Manager lists no installation newer than %d: apply changes again", before.Highest())
	}
	return 0, &NotStartedError{Message: end.message, Recreate: s.req.RecreateVMs && s.recreateStaged(end)}
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

// ours is the first installation that our user started since. How a UAA
// client appears as a user is not documented, so for a client its own id is
// preferred and anything else accepted.
func (s *supervision) ours(history, before evidence.History) (evidence.Installation, bool) {
	var named, first evidence.Installation
	for _, i := range history.List {
		if i.ID <= before.Highest() {
			continue
		}
		if first.ID == 0 || i.ID < first.ID {
			first = i
		}
		if s.isUs(i.User) && (named.ID == 0 || i.ID < named.ID) {
			named = i
		}
	}
	if named.ID == 0 && s.deps.Om.Username == "" {
		named = first
	}
	return named, named.ID != 0
}

func (s *supervision) isUs(user string) bool {
	us := s.deps.Om.Username
	if us == "" {
		us = s.deps.Om.ClientID
	}
	return strings.EqualFold(user, us)
}

// interruptTime limits the last look: whoever sends SIGTERM sends SIGKILL
// some seconds later.
const interruptTime = time.Second

// interrupted tells which installation goes on without us.
func (s *supervision) interrupted(ctx context.Context, end omEnd, before evidence.History) error {
	cause := context.Cause(ctx)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), interruptTime)
	defer cancel()
	_ = end.output.lines.Flush()
	posted := end.output.asked()
	history, err := s.since(ctx, before)
	ours, found := s.ours(history, before)
	switch {
	case found && posted && err == nil:
		s.outcome.ID = ours.ID
		return &InterruptedError{ID: ours.ID, Ours: true, Cause: cause}
	case posted:
		return &InterruptedError{Unsure: true, Cause: cause}
	}
	return &InterruptedError{Cause: cause}
}

// unseen is om having ended while Ops Manager does not answer.
func (s *supervision) unseen(ctx context.Context, end omEnd, before evidence.History, err error) error {
	if ctx.Err() != nil {
		return s.interrupted(ctx, end, before)
	}
	return fmt.Errorf("om ended (%s) and it cannot be told whether it started an installation: %w; look for one newer than %d in Ops Manager, then apply changes again", end.message, err, before.Highest())
}
