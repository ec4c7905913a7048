package sim

import "net/http"

// listDeployedProducts is GET /deployed/products.
func (f *Foundation) listDeployedProducts(*call) response {
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
	return ok(rows)
}

// listStagedProducts is GET /staged/products.
func (f *Foundation) listStagedProducts(*call) response {
	rows := []map[string]any{}
	for _, p := range f.products {
		if p.staged() {
			rows = append(rows, p.json(p.version))
		}
	}
	return ok(rows)
}

func (p *product) json(version string) map[string]any {
	return map[string]any{
		"installation_name": p.guid, "guid": p.guid, "type": p.identifier,
		"product_version": version, "label": p.label, "product_template_name": p.identifier,
	}
}

// getPendingChanges is GET /staged/pending_changes: every staged product, in the
// order of deployment.
func (f *Foundation) getPendingChanges(*call) response {
	rows := []map[string]any{}
	for _, p := range f.products {
		var staged, deployed any
		if p.staged() {
			staged = p.pendingJSON(p.version)
		}
		if p.deployed {
			deployed = p.pendingJSON(p.deployedVersion)
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
		row[last] = deployed
		rows = append(rows, row)
	}
	return ok(map[string]any{"product_changes": rows})
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

func (p *product) pendingJSON(version string) map[string]any {
	depends := []map[string]any{}
	for _, identifier := range p.tile.DependsOn {
		depends = append(depends, map[string]any{"identifier": identifier, "product_version": ">= 1.0", "optional": false, "status": "satisfied"})
	}
	return map[string]any{
		"guid": p.guid, "identifier": p.identifier, "label": p.label, "version": version, "depends_on": depends,
		"stemcells": p.pendingStemcells(),
	}
}

// getDiagnosticReport is GET /diagnostic_report; added_products is an object, as
// observed.
func (f *Foundation) getDiagnosticReport(*call) response {
	row := func(p *product, version string) map[string]any {
		return map[string]any{
			"name": p.identifier, "guid": p.guid, "version": version,
			"stemcells": f.reportedStemcells(p),
		}
	}
	staged, deployed := []map[string]any{}, []map[string]any{}
	for _, p := range f.products {
		if p.staged() {
			staged = append(staged, row(p, p.version))
		}
		if p.deployed {
			deployed = append(deployed, row(p, p.deployedVersion))
		}
	}
	return ok(map[string]any{
		"versions":            map[string]any{"installation_schema_version": "3.0", "metadata_version": "3.0", "release_version": f.opsmanVersion},
		"infrastructure_type": "vsphere", "director_configuration": f.director.clone()[directorSection], "releases": []string{},
		"available_stemcells": row(f.products[0], "")["stemcells"], "product_templates": []string{},
		"added_products": map[string]any{"deployed": deployed, "staged": staged},
	})
}

// revertStaged is DELETE /staged: 304 when there is nothing to revert.
func (f *Foundation) revertStaged(c *call) response {
	if !f.revert(c.dropped) {
		return response{status: http.StatusNotModified}
	}
	return response{status: http.StatusNoContent}
}
