package faults

import (
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/outcome"
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

	Effect     Effect              `json:"effect"`
	Status     int                 `json:"status,omitempty"`
	Body       string              `json:"body,omitempty"`
	Headers    map[string]string   `json:"headers,omitempty"`
	Delay      Duration            `json:"delay,omitempty"`
	Orphan     bool                `json:"orphan,omitempty"`
	Warnings   []string            `json:"warnings,omitempty"`
	Violations []outcome.Violation `json:"violations,omitempty"`
	Names      []string            `json:"names,omitempty"`
	Depth      int                 `json:"depth,omitempty"`

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

func (ft Fault) check() error {
	if kindOf(ft.Effect) == nil {
		return fmt.Errorf("effect %q is not known: expected one of %v", ft.Effect, effects())
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
