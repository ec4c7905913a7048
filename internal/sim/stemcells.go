package sim

import "slices"

// stemcells are those of one product: of all its jobs, and of some that have
// another one.
type stemcells struct {
	all  Stemcell
	jobs map[string]Stemcell
}

func (s stemcells) of(job string) Stemcell {
	if own, has := s.jobs[job]; has {
		return own
	}
	return s.all
}

// stemcells that a tile is deployed with at first. The director's comes with Ops
// Manager.
func (f *Foundation) stemcellsOf(t Tile) stemcells {
	s := stemcells{all: t.Stemcell, jobs: t.JobStemcells}
	if s.all == (Stemcell{}) {
		s.all = Stemcell{OS: stemcellOS, Version: stemcellNew}
		if f.opts.OldStemcells && t.Identifier != directorIdentifier {
			s.all.Version = stemcellOld
		}
	}
	return s
}

// used are the stemcells of the product's VMs, each once; none where it has no
// VM.
func (p *product) used(s stemcells) []Stemcell {
	var all []Stemcell
	see := func(jobs []Job) {
		for _, j := range jobs {
			if own := s.of(j.Name); !slices.Contains(all, own) {
				all = append(all, own)
			}
		}
	}
	see(p.tile.Jobs)
	for _, si := range p.tile.ServiceInstances {
		see(si.Jobs)
	}
	return all
}

// pendingStemcells is the list in pending_changes.
func (p *product) pendingStemcells(s stemcells) []map[string]any {
	rows := []map[string]any{}
	for _, own := range p.used(s) {
		rows = append(rows, map[string]any{"label": own.label(), "name": own.name(), "os": own.OS, "version": own.Version})
	}
	return rows
}

// reportedStemcells is the list in the diagnostic report.
func (p *product) reportedStemcells(s stemcells) []map[string]any {
	rows := []map[string]any{}
	for _, own := range p.used(s) {
		rows = append(rows, map[string]any{"filename": own.file(), "os": own.OS, "version": own.Version})
	}
	return rows
}

// settleStemcells notes what is shown as deployed: behind an apply that failed it
// is the stemcell that was wanted, also of a product whose VMs have another one
// (KB-421190; facts §8).
func (in *installation) settleStemcells() {
	for _, c := range in.changes {
		if c.kind == kindDeletion || !c.product.deployed {
			continue
		}
		c.product.shows = in.plan.stemcells[c.product]
	}
}
