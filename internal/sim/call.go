package sim

import (
	"context"
	"io"
	"net/http"
	"strings"
)

// call is one API request on its way.
type call struct {
	*http.Request
	body  []byte
	entry *Request
	user  string
	// dropped: answer as if it were done, and do nothing.
	dropped bool
	// failing are CredHub names that a fault lets fail.
	failing  []string
	faults   []*fault
	response response
	routed   bool
}

type callKey struct{}

func callOf(r *http.Request) *call {
	c, _ := r.Context().Value(callKey{}).(*call)
	return c
}

// ServeHTTP answers one request of the Ops Manager API, or of the control API
// below /simulator/.
func (f *Foundation) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, controlPrefix) {
		f.control(w, r)
		return
	}
	c := &call{Request: r, entry: &Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery}}
	f.mu.Lock()
	c.entry.At = f.clock.now()
	overlap := f.ledger.arrive(c.entry)
	c.dropped = overlap && f.opts.DropOverlappingWrites
	c.entry.Dropped = c.dropped
	c.faults = f.takeFaults(r)
	for _, fault := range c.faults {
		c.entry.Fault = strings.TrimSpace(c.entry.Fault + " " + fault.ID)
	}
	f.signal()
	f.mu.Unlock()
	// The body is read whole, or the server would not notice a client that left.
	c.body, _ = io.ReadAll(io.LimitReader(r.Body, 16<<20))

	status := 0
	defer func() {
		f.update(func() { f.ledger.finish(c.entry, status) })
	}()
	if !f.before(r.Context(), w, c) {
		return
	}
	if c.response.status == 0 {
		f.handle(r.Context(), c)
	}
	status = f.after(r.Context(), w, c)
}

// handle lets the route answer.
func (f *Foundation) handle(ctx context.Context, c *call) {
	if emptyPart(c.URL.Path) {
		c.response = response{status: http.StatusNotFound, html: nginxPage("404 Not Found")}
		f.update(func() { c.entry.Handled = true })
		return
	}
	r := c.WithContext(context.WithValue(ctx, callKey{}, c))
	f.mu.Lock()
	mux := f.mux // an upgrade of Ops Manager replaces it
	f.mu.Unlock()
	mux.ServeHTTP(discard{http.Header{}}, r)
	if !c.routed {
		c.response = problems(http.StatusNotFound, "The page you were looking for doesn't exist")
	}
	f.update(func() { c.entry.Handled = true })
}

// emptyPart tells whether a path has an empty part, as one with a GUID that is
// empty: no route has it, and what is in front says so.
func emptyPart(path string) bool { return strings.Contains(path, "//") || strings.HasSuffix(path, "/") }

// discard takes what the mux itself writes: routes answer through the call.
type discard struct{ header http.Header }

// Header is written by the mux and read by nobody.
func (d discard) Header() http.Header { return d.header }

// Write pretends.
func (d discard) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader does nothing.
func (d discard) WriteHeader(int) {}

// access says what a route asks of the caller.
type access int

const (
	open     access = iota // no token, even while locked
	uaaRoute               // no token, but UAA must be up
	read                   // a token
	write                  // a token with a scope that may write
)

// route registers a handler, which runs under mu: that queues the writes.
func (f *Foundation) route(mux *http.ServeMux, pattern string, needs access, do func(*call) response) {
	mux.HandleFunc(pattern, func(_ http.ResponseWriter, r *http.Request) {
		c := callOf(r)
		c.Request, c.routed = r, true
		f.mu.Lock()
		defer f.mu.Unlock()
		if refusal, ok := f.admit(c, needs); !ok {
			c.response = refusal
			return
		}
		c.response = do(c)
		f.signal()
	})
}

// admit checks setup, lock, UAA and the token.
func (f *Foundation) admit(c *call, needs access) (response, bool) {
	switch {
	case needs == open:
		return response{}, true
	case f.locked || !f.uaa.up():
		return badGateway(), false
	case needs == uaaRoute:
		return response{}, true
	case !f.setUp:
		return baseProblem(http.StatusBadRequest, "The application has not yet been set up.  Please visit the UI or use the API setup endpoint to provide initial parameters."), false
	}
	token, err := f.uaa.verify(c.Header.Get("Authorization"), f.tokenClock())
	if err != nil {
		return baseProblem(http.StatusUnauthorized, err.Error()), false
	}
	c.user = token.user
	if needs == write && !token.mayWrite() {
		return baseProblem(http.StatusForbidden, "You are not allowed to perform this action"), false
	}
	return response{}, true
}
