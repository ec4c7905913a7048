package sim

import "net/http"

// Verifier is a check of a tile's configuration that fails when changes are
// applied; an ignorable one is passed over with ignore_warnings (facts §3.12,
// §3.17).
type Verifier struct {
	Type      string
	Ignorable bool
	Errors    []string
}

// checkJSON is a tile as pre_deploy_check and a refused installation describe it.
func (p *product) checkJSON() map[string]any {
	stemcells := []map[string]any{}
	for _, s := range p.used(p.wants) {
		stemcells = append(stemcells, map[string]any{"assigned": true, "required_stemcell_os": s.OS, "required_stemcell_version": s.Version})
	}
	verifiers := []map[string]any{}
	complete := true
	for _, v := range p.tile.Verifiers {
		complete = complete && v.Ignorable
		verifiers = append(verifiers, map[string]any{"type": v.Type, "ignorable": v.Ignorable, "errors": v.Errors})
	}
	return map[string]any{
		"identifier": p.identifier, "complete": complete, "network": map[string]any{"assigned": true},
		"availability_zone": map[string]any{"assigned": true}, "stemcells": stemcells, "properties": []any{},
		"resources": map[string]any{"jobs": []any{}}, "verifiers": verifiers,
	}
}

// getPreDeployCheck is GET /staged/products/{guid}/pre_deploy_check.
func (f *Foundation) getPreDeployCheck(c *call) response {
	p := f.findProduct(c.PathValue("guid"))
	if p == nil || !p.staged() {
		return problems(http.StatusNotFound, "Product not found")
	}
	return ok(map[string]any{"pre_deploy_check": p.checkJSON()})
}

// getDirectorPreDeployCheck is GET /staged/director/pre_deploy_check; on vSphere it
// fails in 2.10.28 to 2.10.30 (facts §3.17).
func (f *Foundation) getDirectorPreDeployCheck(*call) response {
	if f.v.directorCheckFails() && f.opts.IaaS == "vsphere" {
		return problems(http.StatusInternalServerError, "Internal Server Error")
	}
	return ok(map[string]any{"pre_deploy_check": f.products[0].checkJSON()})
}

// verify refuses an apply of a product whose verifier fails. om sends
// ignore_warnings as text.
func (f *Foundation) verify(r applyRequest, ignoreWarnings any) (response, bool) {
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
		return response{}, false
	}
	return response{status: http.StatusUnprocessableEntity, body: map[string]any{
		"errors":            []string{"Changes cannot be applied: verifiers failed"},
		"deployment_errors": map[string]any{"products": failing},
	}}, true
}
