package sim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// authorityJSON is one root CA as the API writes it.
func (f *Foundation) authorityJSON(a *authority) map[string]any {
	layout := seconds
	if f.opts.DateOnly {
		layout = time.DateOnly
	}
	body := map[string]any{
		"guid": a.guid, "issuer": a.issuer, "active": a.active, "cert_pem": f.shownPEM(certPEM(a.cert)),
		"created_on": a.created.UTC().Format(layout), "expires_on": a.expires.UTC().Format(layout),
	}
	if f.v.natsCertPEM() {
		body["nats_cert_pem"] = f.shownPEM(certPEM(a.nats.cert))
	}
	return body
}

// listAuthorities is GET /certificate_authorities.
func (f *Foundation) listAuthorities(*call) response {
	all := []map[string]any{}
	for _, a := range f.authorities {
		all = append(all, f.authorityJSON(a))
	}
	return ok(map[string]any{"certificate_authorities": all})
}

// getRootCA is GET /security/root_ca_certificate: the active one.
func (f *Foundation) getRootCA(*call) response {
	a := f.active()
	if a == nil {
		return problems(http.StatusNotFound, "There is no active certificate authority")
	}
	return ok(map[string]any{"root_ca_certificate_pem": certPEM(a.cert)})
}

// createRequest is the body of generate and create.
type createRequest struct {
	CertPEM       string `json:"cert_pem"`
	PrivateKeyPEM string `json:"private_key_pem"`
	Exclude       *struct {
		CertificateAuthorities []string `json:"certificate_authorities"`
	} `json:"exclude_from_rotation"`
}

func (c *call) rotationCall() rotationCall {
	return rotationCall{
		by: c.user, skipChecks: c.URL.Query().Get("skip_safety_check") == "true",
		dropped: c.dropped, failing: c.failing,
	}
}

// withoutTLSCA tells whether the caller gives a list of exclusions that lacks
// /services/tls_ca, which the vendor demands in every list (facts §3.9).
func (c createRequest) withoutTLSCA() bool {
	return c.Exclude != nil && !slices.Contains(c.Exclude.CertificateAuthorities, servicesTLSCA)
}

func noTLSCA() response {
	return problems(http.StatusUnprocessableEntity, "exclude_from_rotation: certificate_authorities must include "+servicesTLSCA)
}

func (c *call) createRequest() (createRequest, rotationCall, bool) {
	var body createRequest
	if strings.TrimSpace(string(c.body)) != "" {
		if err := json.Unmarshal(c.body, &body); err != nil {
			return body, rotationCall{}, false
		}
	}
	rc := c.rotationCall()
	if body.Exclude != nil {
		rc.exclude = append([]string{}, body.Exclude.CertificateAuthorities...)
	}
	return body, rc, true
}

// generateAuthority is POST /certificate_authorities/generate.
func (f *Foundation) generateAuthority(c *call) response {
	body, rc, valid := c.createRequest()
	switch {
	case !valid:
		return badRequest("the body is not JSON")
	case body.withoutTLSCA():
		return noTLSCA()
	}
	a, status, err := f.addAuthority(rc, nil, nil)
	return f.newAuthorityResponse(a, status, err)
}

// createAuthority is POST /certificate_authorities.
func (f *Foundation) createAuthority(c *call) response {
	body, rc, valid := c.createRequest()
	switch {
	case !valid:
		return badRequest("the body is not JSON")
	case body.withoutTLSCA():
		return noTLSCA()
	}
	cert, key, wrong := readCustomCA(body.CertPEM, body.PrivateKeyPEM, f.clock.now())
	if len(wrong) > 0 {
		return problems(http.StatusUnprocessableEntity, wrong...)
	}
	a, status, err := f.addAuthority(rc, cert, key)
	return f.newAuthorityResponse(a, status, err)
}

func (f *Foundation) newAuthorityResponse(a *authority, status rotationStatus, err error) response {
	if err != nil {
		return f.refused(err, status.named("regenerated", "regenerate_failed"))
	}
	body := f.authorityJSON(a)
	if f.v.credhubRotation() {
		body["certificates"] = status.named("regenerated", "regenerate_failed")
	}
	return f.rotated(body)
}

// activateAuthority is POST /certificate_authorities/{guid}/activate.
func (f *Foundation) activateAuthority(c *call) response {
	status, err := f.activate(c.rotationCall(), c.PathValue("guid"))
	return f.statusResponse(status, "updated", "update_failed", err)
}

// regenerateLeaves is POST /certificate_authorities/active/regenerate.
func (f *Foundation) regenerateLeaves(c *call) response {
	status, err := f.regenerate(c.rotationCall())
	return f.statusResponse(status, "regenerated", "regenerate_failed", err)
}

// deleteAuthority is DELETE /certificate_authorities/{guid}.
func (f *Foundation) deleteAuthority(c *call) response {
	status, err := f.remove(c.rotationCall(), c.PathValue("guid"))
	return f.statusResponse(status, "updated", "update_failed", err)
}

func (f *Foundation) statusResponse(s rotationStatus, done, failed string, err error) response {
	if err != nil {
		return f.refused(err, s.named(done, failed))
	}
	body := map[string]any{}
	if f.v.credhubRotation() {
		body["certificates"] = s.named(done, failed)
	}
	return f.rotated(body)
}

// rotated is the answer of a call that did its work: with TKGI around, a 207
// that says what was left out.
func (f *Foundation) rotated(body map[string]any) response {
	if f.v.credhubRotation() && !f.withMaestro() {
		body["warnings"] = []string{"CredHub certificates were not rotated because Tanzu Kubernetes Grid Integrated Edition is installed. Rotate them with CredHub Maestro."}
		return response{status: http.StatusMultiStatus, body: body}
	}
	return ok(body)
}

// named is the status under the names of the call.
func (s rotationStatus) named(done, failed string) map[string][]statusItem {
	return map[string][]statusItem{
		done: notNil(s.done), "excluded": notNil(s.excluded), failed: notNil(s.failed),
	}
}

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
