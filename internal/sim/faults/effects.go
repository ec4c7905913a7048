package faults

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/credhub"
	"github.com/opsman-ca/opsman-ca/internal/sim/web"
)

// To add a fault of a request, name it here with what it does, and give it its line in
// kinds. What more it needs to be told stands in Fault.

// Effect is what a fault does.
type Effect string

// Effects on a request.
const (
	// Answer gives Status and Body (or a page of nginx) without doing anything.
	Answer Effect = "answer"
	// CloseBefore closes the connection before the work, CloseAfter after it: the
	// reply is lost.
	CloseBefore Effect = "close-before"
	CloseAfter  Effect = "close-after"
	// Delay waits before the work, DelayAfter before the answer.
	Delay      Effect = "delay"
	DelayAfter Effect = "delay-after"
	// Truncate breaks off in the middle of the body, after the work.
	Truncate Effect = "truncate"
	// Warn makes a 207 with Warnings of a success.
	Warn Effect = "warn"
	// Violate answers 422 with Violations, in the shape observed, or in the
	// documented one.
	Violate           Effect = "violate"
	ViolateDocumented Effect = "violate-documented"
	// FailEntries moves Names (default: the first) to regenerate_failed or
	// update_failed of a 200, without changing them.
	FailEntries Effect = "fail-entries"
	// EmptyCertificates answers with no certificates.
	EmptyCertificates Effect = "empty-certificates"
	// ApplicationError is the application's own HTML page of an error 500, without
	// the work (facts §8).
	ApplicationError Effect = "application-error"
	// DeepNesting answers v1 certificates that sign each other Depth levels deep.
	DeepNesting Effect = "deep-nesting"
	// BlankExpiry takes valid_until from certificates and expires_on from CAs:
	// those in Names (name, reference, path or GUID), or all. Body says how: null,
	// empty or, by default, missing.
	BlankExpiry Effect = "blank-expiry"
	// NoDate leaves the Date header out.
	NoDate Effect = "no-date"
	// Drop answers as if the write were done, and does nothing.
	Drop Effect = "drop"
	// HoldBefore blocks before the work until released; a client that leaves in
	// the meantime takes its request with it, unless Orphan is set. HoldAfter
	// blocks when the work is done.
	HoldBefore Effect = "hold-before"
	HoldAfter  Effect = "hold-after"
)

// Effects on an installation, which asks for them at the step that they are about.
const (
	// FailProduct fails the deployment of Product half way.
	FailProduct Effect = "fail-product"
	// FailErrand fails Errand of Product.
	FailErrand Effect = "fail-errand"
	// Stuck leaves the installation running at Product until the fault is cleared.
	Stuck Effect = "stuck"
)

// kind is what the faults of one effect do.
type kind struct {
	effect Effect
	// before strikes ahead of the work, after when it is done; false ends the request.
	before, after func(context.Context, *Request, *Active) bool
	// late: it has not struck until the work is done.
	late bool
	// installation: it strikes an installation, no request.
	installation bool
}

var kinds = []kind{
	{effect: Answer, before: answers((*Active).answer)},
	{effect: CloseBefore, before: hangUp},
	{effect: CloseAfter, after: hangUp, late: true},
	{effect: Delay, before: delay},
	{effect: DelayAfter, after: delay, late: true},
	{effect: Truncate, after: func(_ context.Context, r *Request, _ *Active) bool {
		r.Call.Response.SendHalf(r.Writer, r.Now())
		r.sent = r.Call.Response.Status
		return false
	}},
	{effect: Warn, after: changes(func(x *Active, to web.Response) web.Response { return warned(to, x.Warnings) })},
	{effect: Violate, before: answers((*Active).violations)},
	{effect: ViolateDocumented, before: answers((*Active).violations)},
	{effect: FailEntries, before: func(_ context.Context, r *Request, x *Active) bool {
		r.Call.Failing = append(r.Call.Failing, x.Names...)
		if len(x.Names) == 0 {
			r.Call.Failing = append(r.Call.Failing, credhub.BOSHDNSCA)
		}
		return true
	}},
	{effect: EmptyCertificates, after: changes(func(_ *Active, to web.Response) web.Response {
		if to.Status == http.StatusOK {
			return web.OK(map[string]any{"certificates": []any{}})
		}
		return to
	})},
	{effect: ApplicationError, before: answers(func(*Active) web.Response { return web.ApplicationError() })},
	{effect: DeepNesting, after: changes(func(x *Active, to web.Response) web.Response {
		if to.Status == http.StatusOK {
			to.Body = nested(cmp.Or(x.Depth, defaultDepth))
		}
		return to
	})},
	{effect: BlankExpiry, after: changes(func(x *Active, to web.Response) web.Response {
		blankExpiry(to.Body, x.Body, x.Names)
		return to
	})},
	{effect: NoDate, after: changes(func(_ *Active, to web.Response) web.Response {
		to.Undated = true
		return to
	})},
	{effect: Drop, before: func(_ context.Context, r *Request, _ *Active) bool {
		r.Call.Dropped = true
		r.Dropped()
		return true
	}},
	{effect: HoldBefore, before: func(ctx context.Context, r *Request, x *Active) bool {
		return r.hold(ctx, x) || x.Orphan || hangUp(ctx, r, x)
	}},
	{effect: HoldAfter, late: true, after: func(ctx context.Context, r *Request, x *Active) bool {
		return r.hold(ctx, x) || hangUp(ctx, r, x)
	}},
	{effect: FailProduct, installation: true},
	{effect: FailErrand, installation: true},
	{effect: Stuck, installation: true},
}

// kindOf is what an effect does, nil where there is no such effect.
func kindOf(e Effect) *kind {
	for i := range kinds {
		if kinds[i].effect == e {
			return &kinds[i]
		}
	}
	return nil
}

func effects() []Effect {
	all := make([]Effect, len(kinds))
	for i, k := range kinds {
		all[i] = k.effect
	}
	return all
}

// answers gives an answer instead of the work.
func answers(answer func(*Active) web.Response) func(context.Context, *Request, *Active) bool {
	return func(_ context.Context, r *Request, x *Active) bool {
		r.Call.Response = answer(x)
		return true
	}
}

// changes changes the answer.
func changes(change func(*Active, web.Response) web.Response) func(context.Context, *Request, *Active) bool {
	return func(_ context.Context, r *Request, x *Active) bool {
		r.Call.Response = change(x, r.Call.Response)
		return true
	}
}

func hangUp(_ context.Context, r *Request, _ *Active) bool {
	web.HangUp(r.Writer)
	return false
}

func delay(ctx context.Context, r *Request, x *Active) bool {
	timer := time.NewTimer(time.Duration(x.Delay))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-r.Closed:
	}
	return true
}
