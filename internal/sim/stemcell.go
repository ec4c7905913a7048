package sim

// Stemcell is what the VMs of a tile are made of (facts §4.4). The zero value is
// the usual one.
type Stemcell struct{ OS, Version string }

// The usual ones: the new one takes new NATS certificates without being
// recreated.
const (
	stemcellOS  = "ubuntu-jammy"
	stemcellNew = "1.390"
	stemcellOld = "1.5"
)

// labels are how people call the operating systems of stemcells.
var labels = map[string]string{stemcellOS: "Ubuntu Jammy", "windows2019": "Windows 2019"}

// stemcell that a tile has; none where it has no VM.
func (p *product) stemcell(old bool) (s Stemcell, has bool) {
	switch {
	case len(p.tile.Jobs) == 0 && len(p.tile.ServiceInstances) == 0:
		return Stemcell{}, false
	case p.tile.Stemcell != Stemcell{}:
		return p.tile.Stemcell, true
	case old:
		return Stemcell{stemcellOS, stemcellOld}, true
	}
	return Stemcell{stemcellOS, stemcellNew}, true
}

// pendingStemcells is the list in pending_changes.
func (p *product) pendingStemcells() []map[string]any {
	s, has := p.stemcell(false)
	if !has {
		return []map[string]any{}
	}
	return []map[string]any{{"label": labels[s.OS], "name": "bosh-vsphere-esxi-" + s.OS + "-go_agent", "os": s.OS, "version": s.Version}}
}

// reportedStemcells is the list in the diagnostic report.
func (f *Foundation) reportedStemcells(p *product) []map[string]any {
	s, has := p.stemcell(f.opts.OldStemcells)
	if !has {
		return []map[string]any{}
	}
	return []map[string]any{{
		"filename": "bosh-stemcell-" + s.Version + "-vsphere-esxi-" + s.OS + "-go_agent.tgz", "os": s.OS, "version": s.Version,
	}}
}
