package shapes

import (
	"context"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/soak/rig"
)

func on(os, version string) sim.Stemcell { return sim.Stemcell{OS: os, Version: version} }

// cfOn puts TAS on a stemcell.
func cfOn(s sim.Stemcell) func(*sim.Options) {
	return func(o *sim.Options) { tile(o, "cf", func(t *sim.Tile) { t.Stemcell = s }) }
}

const newest = "ubuntu-jammy/1.390"

// stemcells are those of facts §4.4.
func stemcells() []Shape {
	needed := always(rotation.ReasonRecreateNeeded)
	recreated := advise(recreate())
	windows := func(s sim.Stemcell) func(*sim.Options) {
		return func(o *sim.Options) {
			add(o, sim.Tile{Identifier: "pas-windows", Label: "TAS for Windows", Version: "2.13.29", Jobs: []sim.Job{{Name: "windows_diego_cell", Instances: 1}}, Stemcell: s})
		}
	}
	return []Shape{
		{Name: "old stemcells", Facts: "§4.4, §5.1", Change: func(o *sim.Options) { o.OldStemcells = true }, Refuses: needed, Advice: recreated},
		{
			Name: "old stemcells that are upgraded first", Facts: "§4.4", Change: func(o *sim.Options) { o.OldStemcells = true }, Refuses: needed,
			Advice:  advise(Advice{Text: "upgrade the stemcells and apply", Before: []Step{click(sim.Action{Do: "stemcell", Stemcell: newest}), applyAll(), {"redeploy what is no tile on it", redeployNew}}}),
			Without: []string{"old stemcells", "Xenial below 621.171", "Trusty", "FIPS stemcell below 621.171", "two lines in one tile, one old", "old stemcells told by the report alone", "old stemcells, no recreate-all errand", "Bionic 1.36"},
		},
		{Name: "Xenial below 621.171", Facts: "§4.4", Change: cfOn(on("ubuntu-xenial", "621.99")), Refuses: needed, Advice: recreated, Without: ofCF("Xenial below 621.171")},
		{Name: "Xenial 621.171", Facts: "§4.4", Change: cfOn(on("ubuntu-xenial", "621.171")), Without: ofCF("Xenial 621.171")},
		{Name: "Jammy 1.10, newer than 1.8", Facts: "§4.4", Change: cfOn(on("ubuntu-jammy", "1.10")), Without: ofCF("Jammy 1.10, newer than 1.8")},
		{Name: "Noble", Facts: "§4.4", Change: cfOn(on("ubuntu-noble", "1.5")), Without: ofCF("Noble")},
		{
			Name: "Bionic 1.36", Facts: "§4.4", Change: cfOn(on("ubuntu-bionic", "1.36")), Without: ofCF("Bionic 1.36"),
			Refuses: func(v Version) []rotation.Reason {
				if v.recreatesAny() {
					return nil // where any stemcell lacks it, the line does not matter
				}
				return []rotation.Reason{rotation.ReasonStemcellsUnknown}
			},
			Advice: advise(Advice{Text: "accept stemcells-unknown", Accept: []rotation.Reason{rotation.ReasonStemcellsUnknown}}),
		},
		{Name: "Trusty", Facts: "§4.4", Change: cfOn(on("ubuntu-trusty", "3586.100")), Refuses: needed, Advice: recreated, Without: ofCF("Trusty")},
		{
			Name: "FIPS stemcell below 621.171", Facts: "§4.4, §3.19", Refuses: needed, Advice: recreated, Without: ofCF("FIPS stemcell below 621.171"),
			Change: cfOn(sim.Stemcell{OS: "ubuntu-xenial-fips", Version: "621.100", File: "light-bosh-stemcell-621.100-aws-xen-hvm-ubuntu-xenial-fips-go_agent.tgz"}),
		},
		{Name: "Windows 2016", Facts: "§4.4", Change: windows(on("windows2016", "1709.10")), Refuses: needed, Advice: recreated, Without: []string{"Windows 2019.71"}},
		{Name: "Windows 2019.71", Facts: "§4.4", Change: windows(on("windows2019", "2019.71"))},
		{
			Name: "two lines in one tile, one old", Facts: "§4.4", Refuses: needed, Advice: recreated,
			Change: func(o *sim.Options) {
				add(o, sim.Tile{
					Identifier: "two-lines", Version: "1.0.0", Jobs: []sim.Job{{Name: "front", Instances: 1}, {Name: "back", Instances: 1}},
					Stemcell: on("ubuntu-jammy", "1.390"), JobStemcells: map[string]sim.Stemcell{"back": on("ubuntu-xenial", "456.30")},
				})
			},
		},
		{
			Name: "instances left on an old stemcell", Facts: "§4.4, §5.6", Names: always(rotation.ReasonServiceErrands),
			Change: func(o *sim.Options) {
				tile(o, "p.mysql", func(t *sim.Tile) { t.InstanceStemcell = on("ubuntu-xenial", "456.30") })
			},
		},
		{
			Name: "old stemcells, no recreate-all errand", Facts: "§4.3", Refuses: needed, Advice: recreated,
			Change: func(o *sim.Options) {
				o.OldStemcells = true
				tile(o, "p.mysql", func(t *sim.Tile) { *t = t.Without(sim.RecreateAllErrand) })
			},
		},
		{Name: "stemcells told by the report alone", Facts: "§3.16, §3.19", Change: func(o *sim.Options) { o.NoPendingStemcells = true }},
		{
			Name: "old stemcells told by the report alone", Facts: "§3.16, §3.19", Refuses: needed, Advice: recreated,
			Change: func(o *sim.Options) { o.OldStemcells, o.NoPendingStemcells = true, true },
		},
		{Name: "the report has an array", Facts: "§3.19", Change: func(o *sim.Options) { o.NoPendingStemcells, o.ReportAsArray = true, true }},
		{Name: "the report names one stemcell", Facts: "§3.19", Change: func(o *sim.Options) { o.NoPendingStemcells, o.ReportStemcellNames = true, true }},
	}
}

// redeployNew redeploys what is no tile, where there is any.
func redeployNew(ctx context.Context, r *rig.Rig) error {
	s := r.Dump()
	for _, vm := range s.VMs {
		if !slices.ContainsFunc(s.Products, func(p sim.ProductState) bool { return p.GUID == vm.Product }) {
			return r.OperatorContext(ctx, sim.Action{Do: "redeploy", Stemcell: newest, Recreate: true})
		}
	}
	return nil
}

// ofCF are the shapes that put TAS on a stemcell, but for one.
func ofCF(but string) []string {
	var others []string
	for _, name := range []string{"Xenial below 621.171", "Xenial 621.171", "Jammy 1.10, newer than 1.8", "Noble", "Bionic 1.36", "Trusty", "FIPS stemcell below 621.171"} {
		if name != but {
			others = append(others, name)
		}
	}
	return others
}
