package sim

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

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

// Effects on an installation.
const (
	// FailProduct fails the deployment of Product half way.
	FailProduct Effect = "fail-product"
	// FailErrand fails Errand of Product.
	FailErrand Effect = "fail-errand"
	// Stuck leaves the installation running at Product until the fault is cleared.
	Stuck Effect = "stuck"
)

// Forever as Times keeps a fault until it is cleared.
const Forever = -1

// Fault is something that goes wrong.
type Fault struct {
	// ID names it; one is made when empty.
	ID string `json:"id,omitempty"`
	// Method and Path choose requests. A * in Path stands for one segment, a
	// final /** for any rest; empty is any.
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
	// Skip lets that many matches pass first; Times is how often it strikes, 0
	// for once, Forever.
	Skip  int `json:"skip,omitempty"`
	Times int `json:"times,omitempty"`

	Effect     Effect            `json:"effect"`
	Status     int               `json:"status,omitempty"`
	Body       string            `json:"body,omitempty"`
	Headers    map[string]string `json:"headers,omitempty"`
	Delay      Duration          `json:"delay,omitempty"`
	Orphan     bool              `json:"orphan,omitempty"`
	Warnings   []string          `json:"warnings,omitempty"`
	Violations []Violation       `json:"violations,omitempty"`
	Names      []string          `json:"names,omitempty"`
	Depth      int               `json:"depth,omitempty"`

	// Product (identifier or GUID; empty is any) and Errand for installations.
	Product string `json:"product,omitempty"`
	Errand  string `json:"errand,omitempty"`
}

// Duration is one that JSON writes as "1.5s".
type Duration time.Duration

// MarshalText is the duration as text.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads "1.5s".
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a duration: write it as 1.5s", text)
	}
	*d = Duration(parsed)
	return nil
}

// fault is a Fault in force.
type fault struct {
	Fault
	left, skip int
	// arrived counts the requests that it struck, handled those of them whose work
	// was done, or left out, when it came to its effect; released ends a hold.
	arrived  int
	handled  int
	released chan struct{}
	open     bool
}

func (e Effect) ofInstallation() bool { return e == FailProduct || e == FailErrand || e == Stuck }

var effects = []Effect{
	Answer, CloseBefore, CloseAfter, Delay, DelayAfter, Truncate, Warn, Violate, ViolateDocumented, FailEntries,
	EmptyCertificates, ApplicationError, DeepNesting, BlankExpiry, NoDate, Drop, HoldBefore, HoldAfter, FailProduct, FailErrand, Stuck,
}

func (ft Fault) check() error {
	if !slices.Contains(effects, ft.Effect) {
		return fmt.Errorf("effect %q is not known: expected one of %v", ft.Effect, effects)
	}
	if _, err := path.Match(ft.Path, "/"); err != nil {
		return fmt.Errorf("path %q is not a pattern: expected for example /api/v0/installations/*/logs", ft.Path)
	}
	return nil
}

func (ft Fault) matches(r *http.Request) bool {
	if ft.Method != "" && !strings.EqualFold(ft.Method, r.Method) {
		return false
	}
	if prefix, rest := strings.CutSuffix(ft.Path, "/**"); rest {
		return strings.HasPrefix(r.URL.Path, prefix+"/")
	}
	matched, _ := path.Match(ft.Path, r.URL.Path)
	return ft.Path == "" || matched
}

// strike uses the fault once, when it is its turn.
func (x *fault) strike() bool {
	switch {
	case x.left == 0:
		return false
	case x.skip > 0:
		x.skip--
		return false
	case x.left > 0:
		x.left--
	}
	x.arrived++
	return true
}

// takeFaults are the faults that strike this request.
func (f *Foundation) takeFaults(r *http.Request) []*fault {
	var struck []*fault
	for _, x := range f.faults {
		if !x.Effect.ofInstallation() && x.matches(r) && x.strike() {
			struck = append(struck, x)
		}
	}
	return struck
}

// takeInstallationFault is the fault of that kind that strikes here, or nil.
func (f *Foundation) takeInstallationFault(e Effect, p *product, errand string) *fault {
	for _, x := range f.faults {
		if x.Effect == e && (x.Product == "" || x.Product == p.identifier || x.Product == p.guid) &&
			(x.Errand == "" || x.Errand == errand) && x.strike() {
			f.signal() // nothing else may happen before whoever waits for it acts
			return x
		}
	}
	return nil
}
