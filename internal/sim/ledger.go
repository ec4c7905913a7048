package sim

import (
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/uaa"
)

// keptHandshakes is how many good handshakes the ledger lists; all are counted,
// and every broken one is listed.
const keptHandshakes = 5000

// Request is one API request as it arrived.
type Request struct {
	Number int       `json:"number"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Query  string    `json:"query,omitempty"`
	At     time.Time `json:"at"`
	// Status is 0 until the answer was sent, and when there was none.
	Status int  `json:"status"`
	Done   bool `json:"done"`
	// Handled tells that the work was done, whatever became of the answer.
	Handled bool `json:"handled"`
	// Overlapped: another request was in flight at the same time.
	Overlapped bool `json:"overlapped,omitempty"`
	// Dropped: the write was not carried out, without an error.
	Dropped bool `json:"dropped,omitempty"`
	// Fault is the ID of what struck it; of several, with spaces between.
	Fault string `json:"fault,omitempty"`
}

// Write tells whether the request could change something.
func (r Request) Write() bool { return isWrite(r.Method) }

func isWrite(method string) bool { return method != "GET" && method != "HEAD" }

// CAEvent is something that was done to the root CAs.
type CAEvent struct {
	At time.Time `json:"at"`
	// Kind is generate, create, activate, regenerate or delete.
	Kind string `json:"kind"`
	GUID string `json:"guid"`
	// By is the API user, or "operator" for the control API.
	By string `json:"by"`
	// Unready are the VMs for which it came too early: behind activate and
	// regenerate those that do not trust the active CA, behind delete those that
	// still show certificates of the deleted one.
	Unready []string `json:"unready,omitempty"`
}

// Ledger is what happened, oldest first.
type Ledger struct {
	// Requests are all of them, or the newest where the options limit them.
	Requests      []Request           `json:"requests"`
	Arrived       int                 `json:"arrived_requests"`
	Overlaps      int                 `json:"overlaps"`
	Events        []CAEvent           `json:"events"`
	Installations []InstallationState `json:"installations"`
	Good          int                 `json:"good_handshakes"`
	Broken        int                 `json:"broken_handshakes"`
	Handshakes    []Handshake         `json:"handshakes,omitempty"`
}

// Count is how many requests with that method and path arrived; an empty method
// or path is any.
func (l Ledger) Count(method, path string) int {
	n := 0
	for _, r := range l.Requests {
		if (method == "" || r.Method == method) && (path == "" || r.Path == path) {
			n++
		}
	}
	return n
}

// Writes are the requests that could change something, tokens aside.
func (l Ledger) Writes() []Request {
	var writes []Request
	for _, r := range l.Requests {
		if r.Write() && r.Path != uaa.TokenPath {
			writes = append(writes, r)
		}
	}
	return writes
}

// ledger is the foundation's own.
type ledger struct {
	// keep is how many requests it lists; 0 is all, negative none.
	keep     int
	arrived  int
	requests []*Request
	open     map[*Request]bool
	overlaps int
	events   []CAEvent
	good     int
	recent   []Handshake
	broken   []Handshake
}

// arrive notes a request; overlapping writes are told by the second result.
func (l *ledger) arrive(r *Request) (overlapsWrite bool) {
	l.arrived++
	r.Number = l.arrived
	for other := range l.open {
		r.Overlapped, other.Overlapped = true, true
		overlapsWrite = overlapsWrite || (r.Write() && other.Write())
	}
	if r.Overlapped {
		l.overlaps++
	}
	l.requests = append(l.requests, r)
	if excess := len(l.requests) - max(l.keep, 0); l.keep != 0 && excess > 0 {
		l.requests = slices.Delete(l.requests, 0, excess)
	}
	if l.open == nil {
		l.open = map[*Request]bool{}
	}
	l.open[r] = true
	return overlapsWrite
}

func (l *ledger) finish(r *Request, status int) {
	r.Status, r.Done = status, true
	delete(l.open, r)
}

func (l *ledger) handshake(h Handshake) {
	if !h.OK {
		l.broken = append(l.broken, h)
		return
	}
	l.good++
	if l.recent = append(l.recent, h); len(l.recent) > 2*keptHandshakes {
		l.recent = slices.Clone(l.recent[keptHandshakes:])
	}
}

func (f *Foundation) caEvent(kind, guid, by string) {
	f.ledger.events = append(f.ledger.events, CAEvent{At: f.clock.now(), Kind: kind, GUID: guid, By: by, Unready: f.unready(kind, guid)})
	if f.opts.CAChangesPending {
		for _, p := range f.products {
			p.stage()
		}
	}
	f.signal()
}

// Requests is how many have arrived so far, listed or not.
func (f *Foundation) Requests() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ledger.arrived
}

// Ledger is a copy of all that happened so far.
func (f *Foundation) Ledger() Ledger {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := Ledger{
		Arrived: f.ledger.arrived, Overlaps: f.ledger.overlaps, Events: slices.Clone(f.ledger.events),
		Good: f.ledger.good, Broken: len(f.ledger.broken),
		Handshakes:    append(slices.Clone(f.ledger.recent), f.ledger.broken...),
		Installations: f.installationStates(),
	}
	for _, r := range f.ledger.requests {
		l.Requests = append(l.Requests, *r)
	}
	return l
}
