package sim

import (
	"net/http"

	"github.com/opsman-ca/opsman-ca/internal/sim/web"
)

// getPreDeployCheck is GET /staged/products/{guid}/pre_deploy_check.
func (f *face) getPreDeployCheck(c *web.Call) web.Response {
	p := f.findProduct(c.PathValue("guid"))
	if p == nil || !p.staged() {
		return web.Problems(http.StatusNotFound, "Product not found")
	}
	return web.OK(map[string]any{"pre_deploy_check": p.checkJSON()})
}

// getDirectorPreDeployCheck is GET /staged/director/pre_deploy_check; on vSphere it
// fails in 2.10.28 to 2.10.30 (facts §3.17).
func (f *face) getDirectorPreDeployCheck(*web.Call) web.Response {
	if f.v.directorCheckFails() && f.opts.IaaS == "vsphere" {
		return web.Problems(http.StatusInternalServerError, "Internal Server Error")
	}
	return web.OK(map[string]any{"pre_deploy_check": f.products[0].checkJSON()})
}

// verify refuses an apply of a product whose verifier fails. om sends
// ignore_warnings as text.
func (f *face) verify(r applyRequest, ignoreWarnings any) (web.Response, bool) {
	ignore := ignoreWarnings == true || ignoreWarnings == "true"
	var failing []map[string]any
	for _, p := range f.products {
		if r.leavesOut(p) {
			continue
		}
		for _, v := range p.tile.Verifiers {
			if !v.Ignorable || !ignore {
				failing = append(failing, p.checkJSON())
				break
			}
		}
	}
	if failing == nil {
		return web.Response{}, false
	}
	return web.Response{Status: http.StatusUnprocessableEntity, Body: map[string]any{
		"errors":            []string{"Changes cannot be applied: verifiers failed"},
		"deployment_errors": map[string]any{"products": failing},
	}}, true
}
