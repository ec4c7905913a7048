package faults

import (
	"context"
	"net/http"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/web"
)

// Request is a request on its way, with the faults that strike it.
type Request struct {
	Call   *web.Call
	Writer http.ResponseWriter
	Struck []*Active
	// Now is the time of the answer.
	Now func() time.Time
	// Closed ends all waiting.
	Closed <-chan struct{}
	// Locked runs what changes a fault under the lock of its Set.
	Locked func(change func())
	// Dropped is told that the write is not carried out.
	Dropped func()

	// sent is the status that was sent, 0 for none.
	sent int
}

// Before applies what strikes ahead of the work. It is false when the request
// ends here without an answer.
func (r *Request) Before(ctx context.Context) bool {
	for _, x := range r.Struck {
		if strike := kindOf(x.Effect).before; strike != nil && !strike(ctx, r, x) {
			return false
		}
	}
	return true
}

// After applies what strikes when the work is done, and writes the answer. It
// gives the status that was sent, 0 for none.
func (r *Request) After(ctx context.Context) int {
	for _, x := range r.Struck {
		r.Locked(func() { x.handled++ })
		if strike := kindOf(x.Effect).after; strike != nil && !strike(ctx, r, x) {
			return r.sent
		}
	}
	r.Call.Response.Send(ctx, r.Writer, r.Now())
	return r.Call.Response.Status
}

// hold waits for the release of a fault. It is false when the client left first.
func (r *Request) hold(ctx context.Context, x *Active) bool {
	select {
	case <-x.released:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	case <-r.Closed:
		return false
	}
}
