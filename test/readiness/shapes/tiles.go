package shapes

import (
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/sim"
)

func failing(ignorable bool) []sim.Verifier {
	return []sim.Verifier{{Type: "WildcardDomainVerifier", Ignorable: ignorable, Errors: []string{"Wildcard domain '*.apps.example.com' could not be resolved."}}}
}

func errandOff(t *sim.Tile) {
	errands := append([]sim.ErrandSpec{}, t.Errands...)
	for i := range errands {
		if errands[i].Name == sim.UpgradeAllErrand {
			errands[i].PostDeploy = false
		}
	}
	t.Errands = errands
}

// orphaned has an instance that errands pass by.
func orphaned(o *sim.Options) { tile(o, "p.mysql", func(t *sim.Tile) { t.Orphans = 1 }) }

// concourse is a deployment of no tile.
func concourse(change func(*sim.NonTile)) func(*sim.Options) {
	return func(o *sim.Options) {
		n := sim.NonTile{Name: "concourse", Jobs: []sim.Job{{Name: "web", Instances: 1}}}
		if change != nil {
			change(&n)
		}
		o.NonTiles = append(o.NonTiles, n)
	}
}

// BornLater is the reason of a stop at Ops Manager's safety checks for what came after
// generate, and so the tool says.
const BornLater = "safety checks refuse what came after generate"

// tiles are which tiles there may be, with what errands, and what is no tile.
func tiles() []Shape {
	others := always(rotation.ReasonOtherDeployments)
	redeployed := Advice{Text: "an operator redeploys what is no tile after each apply", Beside: handsOn}
	ignored := advise(Advice{Text: "ignore warnings", IgnoreWarnings: true})
	weaker := always(rotation.ReasonWeakerChecks)
	own := func(errands ...sim.ErrandSpec) sim.Tile {
		return sim.Tile{Identifier: "own-tile", Label: "Our own tile", Version: "0.3.1", Jobs: []sim.Job{{Name: "vm", Instances: 1}}, Errands: errands}
	}
	return []Shape{
		{Name: "own tile without errands", Facts: "§4.3", Change: func(o *sim.Options) { add(o, own()) }},
		{
			Name: "own tile whose upgrade errand has another name", Facts: "§4.3", Without: []string{"own tile without errands"}, Names: always(rotation.ReasonServiceErrands),
			Change: func(o *sim.Options) {
				t := own(sim.ErrandSpec{Name: "upgrade-all-queues", Label: "Upgrade all queues", PostDeploy: false})
				t.ServiceInstances = []sim.ServiceInstance{{Name: "5b2f0bb8-06f5-4f0c-8ac3-0d5a6a1d6c11", Jobs: []sim.Job{{Name: "queue", Instances: 1}}}}
				add(o, t)
			},
		},
		{Name: "tile without VMs", Facts: "§4.4", Without: []string{"the report names one stemcell"}, Change: func(o *sim.Options) {
			add(o, sim.Tile{Identifier: "p-scheduler", Version: "2.0.5", Errands: []sim.ErrandSpec{{Name: "deploy-scheduler", PostDeploy: true}}})
		}},
		{
			// The log that counts it is gone behind a record that was pruned.
			Name: "service instance that Cloud Foundry does not know any more", Facts: "§1.6, §5", Refuses: always(rotation.ReasonOrphans), Without: []string{"Windows stemcell set back behind a failed apply", "Windows stemcell set back, and the report has an array", "own tile whose upgrade errand has another name", "upgrade errand is off", "logs without marks"},
			Change: orphaned,
			Advice: advise(Advice{Text: "an operator redeploys it after each apply", Beside: handsOn, Accept: []rotation.Reason{rotation.ReasonOrphans, rotation.ReasonInstances}}),
		},
		{
			Name: "service instance that Cloud Foundry does not know any more, and no app needs", Facts: "§1.6, §5", Refuses: always(rotation.ReasonOrphans), Without: []string{"tile staged for deletion", "Windows stemcell set back behind a failed apply", "Windows stemcell set back, and the report has an array", "own tile whose upgrade errand has another name", "upgrade errand is off", "logs without marks", "service instance that Cloud Foundry does not know any more"},
			Change: orphaned,
			Advice: advise(Advice{Text: "delete it, and apply changes", Before: []Step{click(sim.Action{Do: "delete-orphans", Product: "p.mysql"}), applyAll()}}),
		},
		{
			Name: "service instance that Cloud Foundry does not know any more, of which no log tells", Facts: "§1.6, §5, §8", Names: always(rotation.ReasonOrphans),
			// No log tells of clusters either.
			Without: []string{"TKGI with clusters, upgraded in between", "TKGI with clusters, errand switched on", "own tile whose upgrade errand has another name", "upgrade errand is off", "logs without marks", "service instance that Cloud Foundry does not know any more", "service instance that Cloud Foundry does not know any more, and no app needs"},
			Change:  func(o *sim.Options) { orphaned(o); o.PlainLogs = true },
			Advice:  advise(Advice{Text: "an operator redeploys it after each apply", Beside: handsOn, Accept: []rotation.Reason{rotation.ReasonInstances}}),
		},
		{
			// generate never saw its CA; where Maestro is not called, it is like any other.
			Name: "service instance that is created in the middle", Facts: "§4.9, §3.10", Names: always(rotation.ReasonServiceErrands),
			// Then the apply changes that is advised would not reach it.
			Without: []string{"upgrade errand is off"},
			Change:  func(o *sim.Options) { o.BornLater = "p.mysql" },
			Advice: advise(Advice{
				Text:   "have CredHub Maestro make its version, and apply",
				OnStop: map[string][]Step{BornLater: {click(sim.Action{Do: "regenerate-ca"}), applyAll()}},
			}),
		},
		{Name: "upgrade errand is off", Facts: "§5.6", Change: func(o *sim.Options) { tile(o, "p.mysql", errandOff) }},
		{
			Name: "no recreate-all errand", Facts: "§4.3",
			Change: func(o *sim.Options) {
				tile(o, "p.mysql", func(t *sim.Tile) { *t = t.Without(sim.RecreateAllErrand) })
			},
		},
		{Name: "TKGI", Facts: "§1.7, §4.5", Change: func(o *sim.Options) { add(o, sim.TKGITile(0)) }, Names: weaker},
		{
			Name: "TKGI with clusters, upgraded in between", Facts: "§4.5", Change: func(o *sim.Options) { add(o, sim.TKGITile(1)) }, Names: weaker, Since: []int{2, 10, 20},
			// With accepted clusters nothing would wait for them.
			Without: []string{"TKGI", "old stemcells", "old stemcells, no recreate-all errand", "old stemcells told by the report alone", "old stemcells that are upgraded first", "Xenial below 621.171", "Trusty", "FIPS stemcell below 621.171", "Windows 2016", "two lines in one tile, one old", "logs without marks"},
			Advice: advise(Advice{
				Text:   "upgrade the clusters after each apply",
				OnStop: map[string][]Step{string(rotation.ReasonClusters): upgradeClusters()}, After: upgradeClusters(),
			}),
		},
		{
			Name: "TKGI with clusters, errand switched on", Facts: "§4.5", Change: func(o *sim.Options) { add(o, sim.TKGITile(1)) }, Names: weaker, Without: []string{"TKGI", "TKGI with clusters, upgraded in between", "logs without marks"},
			Advice: advise(Advice{Text: "switch the clusters' upgrade errand on in the tile", Before: []Step{click(sim.Action{Do: "errand", Product: sim.TKGI, Errand: sim.UpgradeAllErrand, On: true})}}),
		},
		{Name: "TAS too old for Maestro", Facts: "§1.7, §4.5", Change: func(o *sim.Options) { tile(o, "cf", func(t *sim.Tile) { t.Version = "2.8.1" }) }, Names: weaker},
		{Name: "ignorable verifier fails", Facts: "§3.12, §3.17", Change: func(o *sim.Options) { tile(o, "cf", func(t *sim.Tile) { t.Verifiers = failing(true) }) }, Names: always(rotation.ReasonPreDeployCheck), Advice: ignored},
		{Name: "ignorable verifier of the director fails", Facts: "§3.12, §3.17", Change: func(o *sim.Options) { o.DirectorVerifiers = failing(true) }, Names: always(rotation.ReasonPreDeployCheck), Advice: ignored},
		{
			Name: "verifier fails", Facts: "§3.12, §3.17", Change: func(o *sim.Options) { tile(o, "p.mysql", func(t *sim.Tile) { t.Verifiers = failing(false) }) }, Refuses: always(rotation.ReasonPreDeployCheck), Without: []string{"tile staged for deletion"},
			Advice: advise(Advice{Text: "complete the tile's settings", Beside: func(o *sim.Options) { tile(o, "p.mysql", func(t *sim.Tile) { t.Verifiers = nil }) }}),
		},
		{Name: "deployment of no tile", Facts: "§4.5, §8", Change: concourse(nil), Names: others, Advice: advise(redeployed)},
		{Name: "deployment of no tile with BOSH DNS", Facts: "§4.5, §8", Change: concourse(func(n *sim.NonTile) { n.DNS = true }), Names: others, Advice: advise(redeployed), Without: []string{"deployment of no tile"}},
		{
			Name: "deployment of no tile on an old stemcell", Facts: "§4.4, §4.5", Change: concourse(func(n *sim.NonTile) { n.Stemcell = on("ubuntu-xenial", "456.30") }), Names: others,
			Without: []string{"deployment of no tile", "deployment of no tile with BOSH DNS"},
			Advice: advise(Advice{
				Text: "redeploy it on a new stemcell first, and after each apply", Beside: handsOn,
				Before: []Step{click(sim.Action{Do: "redeploy", Deployment: "concourse", Stemcell: newest, Recreate: true})},
			}),
		},
		{
			Name: "tile staged for deletion", Facts: "§8", Acts: []sim.Action{{Do: "delete-tile", Product: "p.mysql"}}, Refuses: always(rotation.ReasonPendingChanges),
			Advice: advise(Advice{Text: "revert what is staged", Before: []Step{click(sim.Action{Do: "revert"})}}),
		},
		{
			Name: "tile that was never deployed", Facts: "§8", Acts: []sim.Action{{Do: "add-tile", Product: "p.new"}}, Refuses: always(rotation.ReasonPendingChanges, rotation.ReasonNewTile),
			Advice: advise(Advice{Text: "apply what is staged", Before: []Step{applyAll()}}),
		},
		{
			Name: "staged change of a tile", Facts: "§3.16, §5.11", Acts: []sim.Action{{Do: "stage", Product: "cf"}}, Refuses: always(rotation.ReasonPendingChanges),
			Advice: advise(Advice{Text: "accept pending-changes", Accept: []rotation.Reason{rotation.ReasonPendingChanges}}),
		},
	}
}

// upgradeClusters is an apply changes with TKGI's errand, which nothing runs unasked.
func upgradeClusters() []Step {
	return []Step{
		click(sim.Action{Do: "errand", Product: sim.TKGI, Errand: sim.UpgradeAllErrand, On: true}), applyAll(),
		click(sim.Action{Do: "errand", Product: sim.TKGI, Errand: sim.UpgradeAllErrand}),
	}
}
