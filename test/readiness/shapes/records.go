package shapes

import (
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/sim"
)

func plain() []Shape {
	return []Shape{
		{Name: "nothing wrong", Facts: "§4.1"},
		{
			Name: "reference foundation", Facts: "§4.5, §5.4", Names: always(rotation.ReasonPreDeployCheck), Without: referenceWithout(),
			Change: func(o *sim.Options) {
				r := sim.ReferenceFoundation()
				o.Tiles, o.SelectiveHistory, o.DaysToKeep, o.LeafAge = slices.Concat(r.Tiles, extra(o.Tiles)), r.SelectiveHistory, r.DaysToKeep, r.LeafAge
			},
			Advice: advise(Advice{Text: "ignore warnings", IgnoreWarnings: true}),
		},
	}
}

// extra are the tiles that another shape has added.
func extra(tiles []sim.Tile) []sim.Tile {
	return slices.DeleteFunc(slices.Clone(tiles), func(t sim.Tile) bool { return t.Identifier == "cf" || t.Identifier == "p.mysql" })
}

// referenceWithout are shapes whose tile it has already.
func referenceWithout() []string {
	return []string{"Windows 2016", "Windows 2019.71", "tile without VMs", "the report names one stemcell"}
}

// records are what Ops Manager may say of itself, of its login and of its past.
func records() []Shape {
	return []Shape{
		{
			Name: "view-only user", Facts: "§2.2", Change: func(o *sim.Options) { o.Scope = "opsman.full_view" }, Refuses: always(rotation.ReasonNoWriteScope),
			Advice: advise(Advice{Text: "another login", Beside: func(o *sim.Options) { o.Scope = "opsman.admin" }}),
		},
		{
			Name: "view-only user, told by the token alone", Facts: "§2.2", Without: []string{"view-only user"}, Refuses: always(rotation.ReasonNoWriteScope),
			Change: func(o *sim.Options) { o.Scope, o.NoTokenScope = "opsman.restricted_view uaa.user", true },
			Advice: advise(Advice{Text: "another login", Beside: func(o *sim.Options) { o.Scope = "opsman.full_control" }}),
		},
		{
			Name: "restricted control", Facts: "§2.2", Change: func(o *sim.Options) { o.Scope = "opsman.restricted_control" }, Names: always(rotation.ReasonNoWriteScope),
			Without: []string{"view-only user", "view-only user, told by the token alone"},
		},
		{Name: "pruned and selective history", Facts: "§3.13, §5.4", Change: func(o *sim.Options) { o.SelectiveHistory, o.DaysToKeep = 90, 30 }},
		{Name: "dead record", Facts: "§5.16, §8", Without: []string{"pruned and selective history", "reference foundation"}, Change: func(o *sim.Options) { o.DeadRecord = true }},
		{Name: "logs without marks", Facts: "§8", Change: func(o *sim.Options) { o.PlainLogs = true }},
		{Name: "another user name", Facts: "§8", Change: func(o *sim.Options) { o.InstallationUser = "ops@example.com" }},
		{Name: "bare dates", Facts: "§3.3", Change: func(o *sim.Options) { o.DateOnly = true }},
		{Name: "no errands of the director", Facts: "§8", Change: func(o *sim.Options) { o.NoDirectorErrands = true }},
		{Name: "CA calls make products look changed", Facts: "§3.16", Change: func(o *sim.Options) { o.CAChangesPending = true }},
		{Name: "documented errors", Facts: "§3.2", Change: func(o *sim.Options) { o.DocumentedErrors = true }},
		{Name: "tiles deployed at the same time", Facts: "§3.12, §3.17", Since: []int{3, 3, 0}, Change: func(o *sim.Options) { o.ParallelDeploys = true }},
	}
}
