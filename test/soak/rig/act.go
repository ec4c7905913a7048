package rig

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/soak/schedule"
)

// arm puts an event in force. Where the simulator alone cannot do it, an actor
// waits for the request to be held, acts, and lets it go.
func (r *Rig) arm(ctx context.Context, e schedule.Event) error {
	fault, acts := e.Fault()
	if _, err := r.AddFault(fault); err != nil {
		return fmt.Errorf("event %s: %w", e, err)
	}
	var act func(context.Context, schedule.Event)
	switch {
	case e.Kind == schedule.StuckCancelled:
		act = r.cancelLater
	case e.Kind == schedule.StuckRecovering:
		act = r.recoverLater
	case acts:
		act = r.act
	default:
		return nil
	}
	r.actors.Go(func() {
		if r.WaitStruck(ctx, e.ID, 1) != nil || r.Foundation.Struck(e.ID) == 0 {
			return
		}
		act(ctx, e)
	})
	return nil
}

// act does what the event says while its request is held.
func (r *Rig) act(ctx context.Context, e schedule.Event) {
	defer func() { _ = r.Release(e.ID) }()
	r.Note("%s", e)
	switch e.Kind {
	case schedule.Kill, schedule.Terminate:
		r.hit(e)
		r.untilGone(ctx, e)
	case schedule.Locked:
		r.operate(ctx, sim.Action{Do: "lock"})
	case schedule.UAARestarts:
		r.operate(ctx, sim.Action{Do: "restart-uaa"})
	case schedule.TokensRevoked:
		r.operate(ctx, sim.Action{Do: "revoke-tokens"})
	case schedule.Click:
		r.operate(ctx, e.Click)
	default:
		r.spoil(ctx, e)
	}
}

// operate clicks, and notes what Ops Manager has against it.
func (r *Rig) operate(ctx context.Context, a sim.Action) {
	if err := r.OperatorContext(ctx, a); err != nil {
		r.Note("  %v", err)
	}
}

// goneWithin is how long a held request may outlive its killed client.
const goneWithin = 300 * time.Millisecond

// untilGone waits until Ops Manager has noticed that the client of the held request
// is gone; else it would sometimes be carried out after all. A request of another
// client goes on after a moment.
func (r *Rig) untilGone(ctx context.Context, e schedule.Event) {
	limit := time.After(goneWithin)
	for {
		held := slices.ContainsFunc(r.Ledger().Requests, func(q sim.Request) bool { return !q.Done && slices.Contains(strings.Fields(q.Fault), e.ID) })
		if !held {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-limit:
			return
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// An operator looks at a stuck installation some requests later, or after a
// while when no requests come.
const (
	stuckRequests = 8
	stuckFor      = 400 * time.Millisecond
)

func (r *Rig) later(ctx context.Context) {
	limit := time.After(stuckFor)
	until := r.Requests() + stuckRequests
	for r.Requests() < until {
		select {
		case <-ctx.Done():
			return
		case <-limit:
			return
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (r *Rig) cancelLater(ctx context.Context, e schedule.Event) {
	r.Note("%s", e)
	r.later(ctx)
	r.operate(ctx, sim.Action{Do: "cancel"})
}

func (r *Rig) recoverLater(ctx context.Context, e schedule.Event) {
	r.Note("%s", e)
	r.later(ctx)
	_ = r.Release(e.ID)
}
