package sim

import (
	"net/http"

	"github.com/opsman-ca/opsman-ca/internal/sim/web"
)

// listDeployedProducts is GET /deployed/products.
func (f *face) listDeployedProducts(*web.Call) web.Response {
	rows := []map[string]any{}
	for _, p := range f.products {
		if !p.deployed {
			continue
		}
		row := p.json(p.deployedVersion)
		if f.v.parallelDeploys() {
			row["supports_parallel_deploys"], row["deploy_in_parallel"] = true, f.opts.ParallelDeploys && !p.isDirector()
		}
		row["service_broker"] = len(p.instances) > 0
		row["stale"] = map[string]any{"parent_products_deployed_more_recently": f.staleParents(p)}
		rows = append(rows, row)
	}
	return web.OK(rows)
}

// listStagedProducts is GET /staged/products.
func (f *face) listStagedProducts(*web.Call) web.Response {
	rows := []map[string]any{}
	for _, p := range f.products {
		if p.staged() {
			rows = append(rows, p.json(p.version))
		}
	}
	return web.OK(rows)
}

func (p *product) json(version string) map[string]any {
	return map[string]any{
		"installation_name": p.guid, "guid": p.guid, "type": p.identifier,
		"product_version": version, "label": p.label, "product_template_name": p.identifier,
	}
}

// getPendingChanges is GET /staged/pending_changes: every staged product, in the
// order of deployment.
func (f *face) getPendingChanges(*web.Call) web.Response {
	rows := []map[string]any{}
	for _, p := range f.products {
		var staged, deployed, lastGood any
		if p.staged() {
			staged = f.pendingJSON(p, p.version, p.wants)
		}
		if p.deployed {
			deployed = f.pendingJSON(p, p.deployedVersion, p.shows)
			lastGood = f.pendingJSON(p, p.deployedVersion, p.had)
		}
		row := map[string]any{
			"guid": p.guid, "action": p.pendingAction(), "errands": p.pendingErrands(), "staged": staged, "deployed": deployed,
			"completeness_checks": map[string]any{
				"configuration_complete": true, "stemcell_present": true, "configurable_properties_valid": true,
			},
		}
		last := "last_successful_deploy"
		if f.v.applyFields() {
			last = "last_successful_deployed"
		}
		row[last] = lastGood
		rows = append(rows, row)
	}
	return web.OK(map[string]any{"product_changes": rows})
}

func (p *product) pendingErrands() []map[string]any {
	rows := []map[string]any{}
	for _, e := range p.errands {
		row := map[string]any{"name": e.Name, "label": e.Label, "impact_warning": nil}
		if e.PostDeploy != nil {
			row["post_deploy"] = e.PostDeploy
		}
		if e.PreDelete != nil {
			row["pre_delete"] = e.PreDelete
		}
		rows = append(rows, row)
	}
	return rows
}

func (f *face) pendingJSON(p *product, version string, s stemcells) map[string]any {
	depends := []map[string]any{}
	for _, identifier := range p.tile.DependsOn {
		depends = append(depends, map[string]any{"identifier": identifier, "product_version": ">= 1.0", "optional": false, "status": "satisfied"})
	}
	row := map[string]any{
		"guid": p.guid, "identifier": p.identifier, "label": p.label, "version": version, "depends_on": depends,
	}
	if !f.opts.NoPendingStemcells {
		row["stemcells"] = p.pendingStemcells(s)
	}
	return row
}

// getDiagnosticReport is GET /diagnostic_report; added_products is an object, as
// observed, or an array, as in the reference (facts §3.19).
func (f *face) getDiagnosticReport(*web.Call) web.Response {
	staged, deployed := []map[string]any{}, []map[string]any{}
	for _, p := range f.products {
		if p.staged() {
			staged = append(staged, f.reportJSON(p, p.version, p.wants))
		}
		if p.deployed {
			deployed = append(deployed, f.reportJSON(p, p.deployedVersion, p.shows))
		}
	}
	var added any = map[string]any{"deployed": deployed, "staged": staged}
	if f.opts.ReportAsArray {
		added = deployed
	}
	return web.OK(map[string]any{
		"versions":            map[string]any{"installation_schema_version": "3.0", "metadata_version": "3.0", "release_version": f.opsmanVersion},
		"infrastructure_type": f.opts.IaaS, "director_configuration": f.director.clone()[directorSection], "releases": []string{},
		"available_stemcells": f.availableStemcells(), "product_templates": []string{},
		"added_products": added,
	})
}

// availableStemcells are those that are uploaded, each once.
func (f *face) availableStemcells() []map[string]any {
	rows, seen := []map[string]any{}, map[any]bool{}
	for _, p := range f.products {
		for _, row := range p.reportedStemcells(p.wants) {
			if !seen[row["filename"]] {
				seen[row["filename"]] = true
				rows = append(rows, row)
			}
		}
	}
	return rows
}

func (f *face) reportJSON(p *product, version string, s stemcells) map[string]any {
	row := map[string]any{"name": p.identifier, "guid": p.guid, "version": version}
	if f.v.stemcellList() && !f.opts.ReportStemcellNames {
		row["stemcells"] = p.reportedStemcells(s)
		return row
	}
	if used := p.used(s); len(used) > 0 {
		row["stemcell"] = used[0].file()
	}
	return row
}

// revertStaged is DELETE /staged: 304 when there is nothing to revert.
func (f *face) revertStaged(c *web.Call) web.Response {
	if !f.revert(c.Dropped) {
		return web.Response{Status: http.StatusNotModified}
	}
	return web.Response{Status: http.StatusNoContent}
}
