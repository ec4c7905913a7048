package sim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/authorities"
	"github.com/opsman-ca/opsman-ca/internal/sim/credhub"
	"github.com/opsman-ca/opsman-ca/internal/sim/outcome"
	"github.com/opsman-ca/opsman-ca/internal/sim/web"
)

// authorityJSON is one root CA as the API writes it.
func (f *face) authorityJSON(a *authorities.Authority) map[string]any {
	layout := seconds
	if f.opts.DateOnly {
		layout = time.DateOnly
	}
	body := map[string]any{
		"guid": a.GUID, "issuer": a.Issuer, "active": a.Active, "cert_pem": f.shownPEM(authorities.PEM(a.Cert)),
		"created_on": a.Created.UTC().Format(layout), "expires_on": a.Expires.UTC().Format(layout),
	}
	if f.v.natsCertPEM() {
		body["nats_cert_pem"] = f.shownPEM(authorities.PEM(a.NATS.Cert))
	}
	return body
}

// listAuthorities is GET /certificate_authorities.
func (f *face) listAuthorities(*web.Call) web.Response {
	all := []map[string]any{}
	for _, a := range f.authorities.List() {
		all = append(all, f.authorityJSON(a))
	}
	return web.OK(map[string]any{"certificate_authorities": all})
}

// getRootCA is GET /security/root_ca_certificate: the active one.
func (f *face) getRootCA(*web.Call) web.Response {
	a := f.authorities.Active()
	if a == nil {
		return web.Problems(http.StatusNotFound, "There is no active certificate authority")
	}
	return web.OK(map[string]any{"root_ca_certificate_pem": authorities.PEM(a.Cert)})
}

// createRequest is the body of generate and create.
type createRequest struct {
	CertPEM       string `json:"cert_pem"`
	PrivateKeyPEM string `json:"private_key_pem"`
	Exclude       *struct {
		CertificateAuthorities []string `json:"certificate_authorities"`
	} `json:"exclude_from_rotation"`
}

// rotationOf is what a call that rotates asks for.
func rotationOf(c *web.Call) rotationCall {
	return rotationCall{
		by: c.User, skipChecks: c.URL.Query().Get("skip_safety_check") == "true",
		dropped: c.Dropped, failing: c.Failing,
	}
}

// creationOf is the body of a call that makes a root CA, and what it asks for. It is false
// with a refusal, of no JSON, or of a list of exclusions that lacks /services/tls_ca,
// which the vendor demands in every list (facts §3.9).
func creationOf(c *web.Call) (body createRequest, asks rotationCall, refusal web.Response, valid bool) {
	if strings.TrimSpace(string(c.Content)) != "" {
		if err := json.Unmarshal(c.Content, &body); err != nil {
			return body, asks, web.BadRequest("the body is not JSON"), false
		}
	}
	asks = rotationOf(c)
	if body.Exclude != nil {
		asks.exclude = append([]string{}, body.Exclude.CertificateAuthorities...)
		if !slices.Contains(asks.exclude, credhub.ServicesTLSCA) {
			return body, asks, web.Problems(http.StatusUnprocessableEntity, "exclude_from_rotation: certificate_authorities must include "+credhub.ServicesTLSCA), false
		}
	}
	return body, asks, web.Response{}, true
}

// generateAuthority is POST /certificate_authorities/generate.
func (f *face) generateAuthority(c *web.Call) web.Response {
	_, asks, refusal, valid := creationOf(c)
	if !valid {
		return refusal
	}
	a, status, err := rotation{f.Foundation, asks}.add(nil, nil)
	return f.newAuthorityResponse(a, status, err)
}

// createAuthority is POST /certificate_authorities.
func (f *face) createAuthority(c *web.Call) web.Response {
	body, asks, refusal, valid := creationOf(c)
	if !valid {
		return refusal
	}
	cert, key, wrong := authorities.ReadOwn(body.CertPEM, body.PrivateKeyPEM, f.clock.now())
	if len(wrong) > 0 {
		return web.Problems(http.StatusUnprocessableEntity, wrong...)
	}
	a, status, err := rotation{f.Foundation, asks}.add(cert, key)
	return f.newAuthorityResponse(a, status, err)
}

func (f *face) newAuthorityResponse(a *authorities.Authority, status outcome.Status, err error) web.Response {
	if err != nil {
		return outcome.Refused(err, f.opts.DocumentedErrors, status.Named("regenerated", "regenerate_failed"))
	}
	body := f.authorityJSON(a)
	if f.v.credhubRotation() {
		body["certificates"] = status.Named("regenerated", "regenerate_failed")
	}
	return f.rotated(body)
}

// activateAuthority is POST /certificate_authorities/{guid}/activate.
func (f *face) activateAuthority(c *web.Call) web.Response {
	status, err := rotation{f.Foundation, rotationOf(c)}.activate(c.PathValue("guid"))
	return f.statusResponse(status, "updated", "update_failed", err)
}

// regenerateLeaves is POST /certificate_authorities/active/regenerate.
func (f *face) regenerateLeaves(c *web.Call) web.Response {
	status, err := rotation{f.Foundation, rotationOf(c)}.regenerate()
	return f.statusResponse(status, "regenerated", "regenerate_failed", err)
}

// deleteAuthority is DELETE /certificate_authorities/{guid}.
func (f *face) deleteAuthority(c *web.Call) web.Response {
	status, err := rotation{f.Foundation, rotationOf(c)}.remove(c.PathValue("guid"))
	return f.statusResponse(status, "updated", "update_failed", err)
}

func (f *face) statusResponse(s outcome.Status, done, failed string, err error) web.Response {
	if err != nil {
		return outcome.Refused(err, f.opts.DocumentedErrors, s.Named(done, failed))
	}
	body := map[string]any{}
	if f.v.credhubRotation() {
		body["certificates"] = s.Named(done, failed)
	}
	return f.rotated(body)
}

// rotated is the answer of a call that did its work: with TKGI around, a 207
// that says what was left out.
func (f *face) rotated(body map[string]any) web.Response {
	if f.v.credhubRotation() && !f.withMaestro() {
		body["warnings"] = []string{"CredHub certificates were not rotated because Tanzu Kubernetes Grid Integrated Edition is installed. Rotate them with CredHub Maestro."}
		return web.Response{Status: http.StatusMultiStatus, Body: body}
	}
	return web.OK(body)
}

// shownPEM is a certificate as the list of root CAs has it: what an operator
// pasted may have kept its line ends and the text around it.
func (f *face) shownPEM(block string) string {
	if !f.opts.DecoratedPEM {
		return block
	}
	text := "Bag Attributes\n    friendlyName: root CA\nCertificate:\n    Data:\n        Version: 3 (0x2)\n" + block + "end of the certificate\n"
	return strings.ReplaceAll(text, "\n", "\r\n")
}
