package sim

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
	"github.com/opsman-ca/opsman-ca/internal/sim/web"
)

// face is what of the foundation is seen by HTTP: the Ops Manager API in front, and
// the control API beside it. It reads and calls what the foundation has; the foundation
// knows nothing of it. Its handlers run under the foundation's lock.
type face struct {
	*Foundation
	// routes are those of the version served, which an upgrade of Ops Manager changes.
	routes *web.Router
	served version
	// cache is the answer of v1 that is given again.
	cache certificateCache
}

// ServeHTTP answers one request of the Ops Manager API, or of the control API
// below /simulator/.
func (f *Foundation) ServeHTTP(w http.ResponseWriter, r *http.Request) { f.face.serve(w, r) }

func (f *face) serve(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, controlPrefix) {
		f.control(w, r)
		return
	}
	c := &web.Call{Request: r}
	entry := &Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery}
	f.mu.Lock()
	entry.At = f.clock.now()
	overlap := f.ledger.arrive(entry)
	c.Dropped = overlap && f.opts.DropOverlappingWrites
	entry.Dropped = c.Dropped
	struck := f.faults.Strike(r)
	for _, x := range struck {
		entry.Fault = strings.TrimSpace(entry.Fault + " " + x.ID)
	}
	f.signal()
	f.mu.Unlock()
	// The body is read whole, or the server would not notice a client that left.
	c.Content, _ = io.ReadAll(io.LimitReader(r.Body, 16<<20))

	status := 0
	defer func() {
		f.update(func() { f.ledger.finish(entry, status) })
	}()
	faulty := faults.Request{
		Call: c, Writer: w, Struck: struck, Now: f.clock.now, Closed: f.ctx.Done(), Locked: f.update,
		Dropped: func() { f.update(func() { entry.Dropped = true }) },
	}
	if !faulty.Before(r.Context()) {
		return
	}
	if c.Response.Status == 0 {
		f.handle(r.Context(), c)
		f.update(func() { entry.Handled = true })
	}
	status = faulty.After(r.Context())
}

// handle lets the route answer.
func (f *face) handle(ctx context.Context, c *web.Call) {
	f.mu.Lock()
	if f.routes == nil || f.served != f.v {
		f.routes, f.served = f.endpoints(), f.v
	}
	routes := f.routes
	f.mu.Unlock()
	routes.Answer(ctx, c)
}

// admitted runs a handler under mu, which queues the writes, unless the call is refused.
func (f *face) admitted(c *web.Call, needs web.Access, do web.Handler) web.Response {
	f.mu.Lock()
	defer f.mu.Unlock()
	if refusal, ok := f.admit(c, needs); !ok {
		return refusal
	}
	answer := do(c)
	f.signal()
	return answer
}

// admit checks setup, lock, UAA and the token.
func (f *face) admit(c *web.Call, needs web.Access) (web.Response, bool) {
	switch {
	case needs == web.Open:
		return web.Response{}, true
	case f.locked || !f.uaa.Up():
		return web.BadGateway(), false
	case needs == web.UAARoute:
		return web.Response{}, true
	case !f.setUp:
		return web.BaseProblem(http.StatusBadRequest, "The application has not yet been set up.  Please visit the UI or use the API setup endpoint to provide initial parameters."), false
	}
	token, err := f.uaa.Verify(c.Header.Get("Authorization"))
	if err != nil {
		return web.BaseProblem(http.StatusUnauthorized, err.Error()), false
	}
	c.User = token.User
	if needs == web.Write && !token.MayWrite() {
		return web.BaseProblem(http.StatusForbidden, "You are not allowed to perform this action"), false
	}
	return web.Response{}, true
}
