package sim

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
