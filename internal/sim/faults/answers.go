package faults

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/sim/credhub"
	"github.com/opsman-ca/opsman-ca/internal/sim/outcome"
	"github.com/opsman-ca/opsman-ca/internal/sim/web"
)

// answer is what the fault says.
func (x *Active) answer() web.Response {
	status := cmp.Or(x.Status, http.StatusInternalServerError)
	r := web.Response{Status: status, Headers: x.Headers}
	switch body := strings.TrimSpace(x.Body); {
	case strings.HasPrefix(body, "{") || strings.HasPrefix(body, "["):
		r.Body = web.RawJSON(body)
	case body != "":
		r.HTML = x.Body
	case status == http.StatusUnauthorized:
		return web.BaseProblem(status, "Unable to successfully verify the access token with UAA.  Error: 'CF::UAA::InvalidToken - error response'")
	default:
		r.HTML = web.NginxPage(http.StatusText(status))
	}
	return r
}

// violations is a refusal by the safety checks.
func (x *Active) violations() web.Response {
	violations := x.Violations
	if violations == nil {
		violations = []outcome.Violation{{Violation: outcome.ChildNotLatest, CertificateNames: []string{credhub.BOSHDNSCA}}}
	}
	r := &outcome.Refusal{
		Status: cmp.Or(x.Status, http.StatusUnprocessableEntity),
		Errors: []string{"safety constraints violated"}, Violations: violations,
	}
	return r.Answer(x.Effect == ViolateDocumented, outcome.Status{}.Named("regenerated", "regenerate_failed"))
}

// warned makes a 207 of a success.
func warned(r web.Response, warnings []string) web.Response {
	body, isObject := r.Body.(map[string]any)
	if r.Status != http.StatusOK || !isObject {
		return r
	}
	if len(warnings) == 0 {
		warnings = []string{"Some certificates could not be verified"}
	}
	body["warnings"] = warnings
	return web.Response{Status: http.StatusMultiStatus, Body: body}
}
