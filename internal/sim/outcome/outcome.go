// Package outcome is how a call that rotates ends: what became of each certificate, or why
// Ops Manager refuses it, and how the API writes the one and the other.
package outcome

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/opsman-ca/opsman-ca/internal/sim/web"
)

// Item is one certificate in a rotation answer.
type Item struct {
	Location          string `json:"location"`
	ProductGUID       string `json:"product_guid"`
	PropertyReference string `json:"property_reference"`
	VariablePath      string `json:"variable_path"`
	Reason            string `json:"reason"`
}

// Status is what a call did with each certificate.
type Status struct{ Done, Excluded, Failed []Item }

// Refusal is a call that Ops Manager does not carry out.
type Refusal struct {
	Status     int
	Errors     []string
	Violations []Violation
}

// Error has all that is wrong.
func (r *Refusal) Error() string {
	s := fmt.Sprint(r.Errors)
	for _, v := range r.Violations {
		s += "; " + v.Violation
	}
	return s
}

// Named is the status under the names of the call.
func (s Status) Named(done, failed string) map[string][]Item {
	return map[string][]Item{
		done: NotNil(s.Done), "excluded": NotNil(s.Excluded), failed: NotNil(s.Failed),
	}
}

// NotNil is written as an empty list, not as null.
func NotNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Refused is the answer for an error of the core: a refusal as it is, anything
// else an internal error. documented is the shape of the API reference.
func Refused(err error, documented bool, certificates map[string][]Item) web.Response {
	var r *Refusal
	if !errors.As(err, &r) {
		return web.Problems(http.StatusInternalServerError, err.Error())
	}
	if r.Violations == nil {
		return web.Problems(r.Status, r.Errors...)
	}
	return r.Answer(documented, certificates)
}

// Answer is the answer with the violations, in the shape observed or in the documented
// one.
func (r *Refusal) Answer(documented bool, certificates map[string][]Item) web.Response {
	if documented {
		return web.Response{Status: r.Status, Body: map[string]any{
			"error": r.Errors[0], "safety_violations": documentedViolations(r.Violations),
		}}
	}
	return web.Response{Status: r.Status, Body: map[string]any{
		"certificates": certificates, "safety_violations": r.Violations, "errors": r.Errors,
	}}
}

// documentedViolations carry a field that the reference misspells.
func documentedViolations(violations []Violation) []map[string]any {
	var all []map[string]any
	for _, v := range violations {
		all = append(all, map[string]any{
			"violation": v.Violation, "certificate_names": v.CertificateNames,
			//nolint:misspell // as the reference has it
			"migitation": "See the troubleshooting page of certificate rotation.",
		})
	}
	return all
}
