// Package web is the simulator's HTTP face, as far as it does not know what is simulated:
// calls on their way, the routes that they find, and answers, which a fault may still
// change before they are written.
package web

import (
	"context"
	"net/http"
	"strings"
)

// Call is one API request on its way.
type Call struct {
	*http.Request
	// Content is the body, read whole.
	Content []byte
	// User is whose token it carries.
	User string
	// Dropped: answer as if it were done, and do nothing.
	Dropped bool
	// Failing are CredHub names that a fault lets fail.
	Failing []string
	// Response is the answer, once there is one.
	Response Response
	routed   bool
}

type callKey struct{}

func callOf(r *http.Request) *Call {
	c, _ := r.Context().Value(callKey{}).(*Call)
	return c
}

// Access says what a route asks of the caller.
type Access int

// What routes ask for.
const (
	Open     Access = iota // no token, even while locked
	UAARoute               // no token, but UAA must be up
	Read                   // a token
	Write                  // a token with a scope that may write
)

// Handler answers the calls of one route.
type Handler func(*Call) Response

// Router finds the handler of a call.
type Router struct {
	mux *http.ServeMux
	// admit stands around every handler: it lets the handler answer, or refuses the call.
	admit func(c *Call, needs Access, do Handler) Response
}

// NewRouter has no routes yet.
func NewRouter(admit func(c *Call, needs Access, do Handler) Response) *Router {
	return &Router{mux: http.NewServeMux(), admit: admit}
}

// Route registers a handler.
func (r *Router) Route(pattern string, needs Access, do Handler) {
	r.mux.HandleFunc(pattern, func(_ http.ResponseWriter, request *http.Request) {
		c := callOf(request)
		c.Request, c.routed = request, true
		c.Response = r.admit(c, needs, do)
	})
}

// Answer lets the route answer.
func (r *Router) Answer(ctx context.Context, c *Call) {
	if emptyPart(c.URL.Path) {
		c.Response = Response{Status: http.StatusNotFound, HTML: NginxPage("404 Not Found")}
		return
	}
	r.mux.ServeHTTP(discard{http.Header{}}, c.WithContext(context.WithValue(ctx, callKey{}, c)))
	if !c.routed {
		c.Response = Problems(http.StatusNotFound, "The page you were looking for doesn't exist")
	}
}

// emptyPart tells whether a path has an empty part, as one with a GUID that is
// empty: no route has it, and what is in front says so.
func emptyPart(path string) bool { return strings.Contains(path, "//") || strings.HasSuffix(path, "/") }

// discard takes what the mux itself writes: routes answer through the call.
type discard struct{ header http.Header }

// Header is written by the mux and never read.
func (d discard) Header() http.Header { return d.header }

// Write pretends.
func (d discard) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader does nothing.
func (d discard) WriteHeader(int) {}
