package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
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
		secrets: redactor(deps.Om.Password, deps.Om.ClientSecret), names: map[string]string{},
	}
	s.waitLeft = s.req.WaitFor
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
	secrets  *strings.Replacer
	outcome  Outcome
	waitLeft time.Duration
	// toldIgnored is set once it was said what there is to ignore.
	toldIgnored bool
	errands     ErrandPlan
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
	}
}

// maxRaces is how often another installation may come first before something
// else must be wrong.
const maxRaces = 5

// attempt is one installation of ours, from waiting for its turn to its
// verdict. Losing the race for the turn is not a failure: wait again.
func (s *supervision) attempt(ctx context.Context) error {
	for races := 1; ; races++ {
		history, err := s.waitForTurn(ctx)
		if err != nil {
			return err
		}
		if s.outcome.Attempts == 1 {
			if needed, err := s.needed(ctx); err != nil || !needed {
				return err
			}
		}
		started := s.clock.Now()
		end := s.runOm(ctx, history)
		id, err := s.settle(ctx, end, history)
		if errors.Is(err, errLostRace) && races < maxRaces {
			s.say("another installation was started just before ours: waiting for it, then starting ours")
			continue
		}
		if err != nil {
			return err
		}
		s.outcome.ID = id
		s.outcome.Followed = FollowedByOm
		if end.err == nil {
			_ = end.output.lines.Flush()
		} else {
			if err := s.follow(ctx, id, end); err != nil {
				return err
			}
		}
		return s.judge(ctx, id, s.clock.Now().Sub(started))
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
		s.names[p.GUID] = evidence.Product{GUID: p.GUID, Type: p.Identifier, Label: p.Label}.Name()
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
	staged := staged(pending)
	switch {
	case need.Apply:
		s.outcome.Why = need.Why
	case len(staged) > 0 && (s.req.Force || !s.req.LeaveStaged):
		s.outcome.Why = "changes are staged for " + join(staged)
	case s.req.Force:
		s.outcome.Why = "asked for, although nothing is outstanding"
	case len(staged) > 0:
		s.outcome.NothingToDo = true
		s.outcome.Why = need.Why
		s.out.Println(s.out.OK("nothing was applied:"), need.Why)
		s.warn("changes are staged for " + join(staged) + ", and left as they are: to deploy them, apply changes without a version (FROM, --from), or with force (FORCE, --force)")
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
			names = append(names, changed(evidence.Change{GUID: p.GUID, Identifier: p.Identifier, Label: p.Label}))
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
