package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// Run applies all staged changes to all products, and returns nil only when
// there was nothing to do or when one installation of ours succeeded and
// deployed every product. When ctx ends, om is stopped and the installation is
// left alone (*InterruptedError); other ends are *FailedError,
// *NotStartedError and *StuckError. Log and progress go to deps.Console.
func Run(ctx context.Context, req Request, deps Deps) (Outcome, error) {
	if err := Check(req, deps); err != nil {
		return Outcome{}, err
	}
	if deps.Clock == nil {
		deps.Clock = wallClock{}
	}
	s := &supervision{
		req: req.withDefaults(), deps: deps, clock: deps.Clock, out: deps.Console,
		names: map[string]string{}, dead: map[int]bool{}, toldDead: map[int]bool{},
	}
	s.waitLeft = s.req.WaitFor
	surviveClosedOutput()
	err := s.run(ctx)
	return s.outcome, err
}

// Check says, with every problem at once, what Run would refuse without asking
// Ops Manager: a selective deploy, no credentials, no om.
func Check(req Request, deps Deps) error {
	return errors.Join(req.check(deps.Environ), deps.check(req))
}

// supervision is one Run.
type supervision struct {
	req      Request
	deps     Deps
	clock    Clock
	out      *console.Console
	outcome  Outcome
	waitLeft time.Duration
	// toldIgnored is set once it was said what there is to ignore.
	toldIgnored bool
	// dead are installations that are listed as running and do not run; toldDead
	// those of which it was said.
	dead, toldDead map[int]bool
	errands        ErrandPlan
	// planned tells that the errands are those of the products as they are now.
	planned      bool
	errandsShown string
	// past is what former installations say of this one, names what the products
	// of all of them are called, by GUID.
	past   past
	names  map[string]string
	course *course
}

func (s *supervision) run(ctx context.Context) error {
	if err := s.planErrands(ctx); err != nil {
		return err
	}
	for {
		s.outcome.Attempts++
		err := s.attempt(ctx)
		var failed *FailedError
		if !errors.As(err, &failed) || s.outcome.Attempts >= s.req.Attempts {
			return err
		}
		s.warn(fmt.Sprintf("%s\n  attempt %d of %d failed, trying again", err, s.outcome.Attempts, s.req.Attempts))
		s.planned = false
	}
}

const (
	// maxRaces is how often another installation may come first before something
	// else must be wrong.
	maxRaces = 5
	// maxOutages is how often om is started again because Ops Manager did not answer
	// its first requests.
	maxOutages = 5
)

// attempt is one installation of ours, from waiting for its turn to its
// verdict. Losing the race for the turn is not a failure: wait again. Before every
// start of om the whole question is asked again.
func (s *supervision) attempt(ctx context.Context) error {
	races, outages := 1, 0
	for {
		history, err := s.waitForTurn(ctx)
		if err != nil {
			return err
		}
		if !s.planned {
			if err := s.planErrands(ctx); err != nil {
				return err
			}
		}
		if needed, err := s.needed(ctx); err != nil || !needed {
			return err
		}
		started := s.clock.Now()
		end := s.runOm(ctx, history)
		found, err := s.settle(ctx, end, history)
		switch {
		case errors.Is(err, errLostRace) && races < maxRaces:
			races++
			s.planned = false
			s.say("another installation was started just before ours: waiting for it, then starting ours")
			continue
		case err != nil && end.unanswered() && outages < maxOutages && ctx.Err() == nil:
			s.warn(fmt.Sprintf("Ops Manager did not answer om, which has started nothing (%s): starting om again", end.message))
			if s.pause(ctx, s.req.Poll<<outages) != nil {
				return s.beforeStart(ctx, 0, err)
			}
			outages++
			continue
		case err != nil:
			return err
		}
		s.outcome.ID = found.ID
		s.outcome.Followed = FollowedByOm
		if end.err == nil {
			_ = end.output.lines.Flush()
		} else {
			if err := s.follow(ctx, found.ID, end); err != nil {
				return err
			}
		}
		if err := s.judge(ctx, found.ID, s.clock.Now().Sub(started)); err != nil {
			return err
		}
		if found.sure {
			s.outcome.Applied = s.record()
		}
		return nil
	}
}

// needed tells whether there is anything to apply, and says so when there is
// not.
func (s *supervision) needed(ctx context.Context) (bool, error) {
	pending, err := s.deps.OpsManager.PendingChanges(ctx)
	if err != nil {
		return false, s.beforeStart(ctx, 0, fmt.Errorf("cannot read the pending changes, so nothing was started: %w", err))
	}
	for _, p := range pending.List {
		s.names[p.GUID] = p.Name()
	}
	need := Need{Why: "nothing else is outstanding"}
	if s.req.Needed != nil {
		if need, err = s.req.Needed(ctx); err != nil {
			if refused, ok := errors.AsType[*RefusedError](err); ok {
				return false, refused
			}
			return false, s.beforeStart(ctx, 0, fmt.Errorf("cannot tell whether an apply changes is outstanding, so nothing was started: %w", err))
		}
	}
	if need.Apply && need.Recreate != "" && !s.req.RecreateVMs {
		s.req.RecreateVMs = true
		if err := s.planErrands(ctx); err != nil {
			return false, err
		}
		s.warn("all VMs are recreated, which takes longer: " + need.Recreate)
	}
	if need.Apply && need.ForceLatestVariables != "" && !s.req.ForceLatestVariables {
		s.req.ForceLatestVariables = true
		s.say("the newest version of every variable is deployed: " + need.ForceLatestVariables)
	}
	staged := staged(pending)
	switch {
	case need.Apply:
		s.outcome.Why = need.Why
	case len(staged) > 0 && (s.req.Force || !s.req.LeaveStaged):
		s.outcome.Why = "changes are staged for " + join(staged)
	case s.req.Force:
		s.outcome.Why = "asked for, although nothing is outstanding"
	case s.outcome.Attempts > 1 && (s.req.Needed == nil || !s.req.LeaveStaged):
		// What a failed installation has left behind need not show as a staged change.
		s.outcome.Why = "the attempt before failed"
	case len(staged) > 0:
		s.outcome.NothingToDo = true
		s.outcome.Why = need.Why
		s.out.Println(s.out.OK("nothing was applied:"), need.Why)
		s.warn("changes are staged for " + join(staged) + ", and left as they are: to deploy them, apply changes without a version (" + s.req.Names.Of(setting.From) + "), or with force (" + s.req.Names.Of(setting.Force) + ")")
		return false, nil
	default:
		s.outcome.NothingToDo = true
		s.outcome.Why = need.Why
		s.out.Println(s.out.OK("nothing to do:"), "no product has a staged change, and "+need.Why)
		return false, nil
	}
	s.say("applying changes to all products: " + s.outcome.Why)
	if len(need.Others) > 0 {
		s.warn("changes of another operator are staged, and Ops Manager deploys them together with " + cmp.Or(need.With, "the rotation's") + ": " + join(need.Others))
	}
	s.showErrands()
	return true, nil
}

func staged(pending evidence.Pending) []string {
	var names []string
	for _, p := range pending.List {
		if !p.Unchanged() {
			names = append(names, p.Name())
		}
	}
	return names
}

// beforeStart turns an error into an interruption if that is what it was.
func (s *supervision) beforeStart(ctx context.Context, waitingFor int, err error) error {
	if ctx.Err() != nil {
		return &InterruptedError{ID: waitingFor, Cause: context.Cause(ctx)}
	}
	return err
}
