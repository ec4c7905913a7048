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
		{
			Name: "Windows stemcell of a failed apply", Facts: "§8, §3.16", Change: windows(on("windows2019", "2019.12")), Without: setBackWithout("stemcells told by the report alone", "the report names one stemcell"), Acts: failedApply(),
			Refuses: always(rotation.ReasonRecreateNeeded, rotation.ReasonInstallationFailed, rotation.ReasonPendingChanges),
			Advice:  advise(Advice{Text: "apply what is staged", Before: []Step{applyAll()}}),
		},
		{
			Name: "Windows stemcell set back behind a failed apply", Facts: "§8, §3.16, §4.4", Change: windows(on("windows2019", "2019.12")), Without: setBackWithout("Windows stemcell of a failed apply"),
			Acts:    setBack(),
			Refuses: always(rotation.ReasonRecreateNeeded, rotation.ReasonPendingChanges),
			Advice:  advise(recreateAccepting(rotation.ReasonPendingChanges)),
		},
		{
			Name: "Windows stemcell set back, and the report has an array", Facts: "§8, §3.16, §3.19",
			Change: func(o *sim.Options) {
				windows(on("windows2019", "2019.12"))(o)
				o.NoPendingStemcells, o.ReportAsArray = true, true
			},
			Without: setBackWithout("Windows stemcell of a failed apply", "Windows stemcell set back behind a failed apply", "stemcells told by the report alone", "old stemcells told by the report alone", "the report names one stemcell"),
			Acts:    setBack(),
			Refuses: func(v Version) []rotation.Reason {
				if !v.atLeast(2, 10, 20) {
					return []rotation.Reason{rotation.ReasonRecreateNeeded, rotation.ReasonPendingChanges}
				}
				return []rotation.Reason{rotation.ReasonStemcellsUnknown, rotation.ReasonPendingChanges}
			},
			Advice: advise(recreateAccepting(rotation.ReasonPendingChanges, rotation.ReasonStemcellsUnknown)),
		},
		{Name: "stemcells told by the report alone", Facts: "§3.16, §3.19", Change: func(o *sim.Options) { o.NoPendingStemcells = true }},
		{
			Name: "old stemcells told by the report alone", Facts: "§3.16, §3.19", Refuses: needed, Advice: recreated,
			Change: func(o *sim.Options) { o.OldStemcells, o.NoPendingStemcells = true, true },
		},
		{
			// What a staged change brings is unknown there: the Windows stemcell above is the case.
			Name: "the report has an array", Facts: "§3.19", Without: []string{"staged change of a tile"}, Change: func(o *sim.Options) { o.NoPendingStemcells, o.ReportAsArray = true, true },
		},
		{
			// That is how it was while a tile had one.
			Name: "the report names one stemcell", Facts: "§3.19", Without: []string{"two lines in one tile, one old"}, Change: func(o *sim.Options) { o.NoPendingStemcells, o.ReportStemcellNames = true, true },
		},
	}
}

// failedApply is an apply changes that was to bring a new Windows stemcell, and failed.
func failedApply() []sim.Action {
	return []sim.Action{
		{Do: "stemcell", Product: "pas-windows", Stemcell: "windows2019/2019.60"},
		{Do: "apply", FailAt: "pas-windows"},
	}
}

// recreateAccepting is recreate, with codes that are accepted besides.
func recreateAccepting(codes ...rotation.Reason) Advice {
	a := recreate()
	a.Accept = append(a.Accept, codes...)
	return a
}

// setBack is a stemcell that an operator sets back behind it. The record of the failed
// apply changes is gone: nothing else tells of it.
func setBack() []sim.Action {
	return append(failedApply(), sim.Action{Do: "stemcell", Product: "pas-windows", Stemcell: "windows2019/2019.12"},
		sim.Action{Do: "apply", Products: []string{"cf"}, Wait: true}, sim.Action{Do: "prune", Keep: 1})
}

// setBackWithout are those, the others, the form of the report that tells nothing of
// what is staged, where the Windows stemcell has a shape of its own, and the CA that
// nothing tells to be left behind once records are gone. Who recreates accepts that of
// clusters nothing is claimed, and nothing waits for them then.
func setBackWithout(others ...string) []string {
	return slices.Concat(noFailure, others, []string{"the report has an array", "leftover CA", "TKGI with clusters, upgraded in between"})
}

// noFailure are shapes that have the tile already, or in which no operator applies
// changes before the procedure begins.
var noFailure = []string{
	"reference foundation", "Windows 2016", "Windows 2019.71", "expired CA below the root", "CA below the root that expires in an hour", "verifier fails",
	"tile staged for deletion", "tile that was never deployed", "staged change of a tile", "old stemcells that are upgraded first", "dead record",
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
