package cli

import "github.com/opsman-ca/opsman-ca/internal/sim"

// situationFlags are what a foundation may be like beside its shape: situations
// that real ones are known to be in, each alone or with others.
type situationFlags struct {
	Reference bool `help:"The reference foundation: nothing wrong with it, and all that real ones have; --tiles and --days-left do not go with it."`

	TKGIClusters     int  `name:"tkgi-clusters" placeholder:"N" help:"Add a TKGI tile with so many clusters; its upgrade errand is off."`
	SelectiveHistory int  `name:"selective-history" placeholder:"DAYS" help:"As many days with an installation of one tile each."`
	DaysToKeep       int  `name:"days-to-keep" placeholder:"DAYS" help:"Older installations are pruned from the history."`
	DeadRecord       bool `name:"dead-record" help:"The newest installation but one says running for ever."`

	PlainLogs        bool   `name:"plain-logs" help:"Installation logs have no marks of commands."`
	ParallelDeploys  bool   `name:"parallel-deploys" help:"Tiles are deployed at the same time, from 3.3 on."`
	InstallationUser string `name:"installation-user" placeholder:"NAME" help:"user_name of installations, where it is not the login."`

	OwnRootCA          bool `name:"own-root-ca" help:"The root CA is the operator's own."`
	CreatedOnNotBefore bool `name:"created-on-not-before" help:"created_on of an own root CA is its certificate's NotBefore."`
	V1WithoutGUIDs     bool `name:"v1-without-guids" help:"v1 names root CAs without their GUID."`
	DecoratedPEM       bool `name:"decorated-pem" help:"cert_pem has CR line ends and text around it."`

	NoDirectorErrands bool   `name:"no-director-errands" help:"The director's errands are answered with 404."`
	NeverDeployed     string `name:"never-deployed" placeholder:"TYPE" help:"Stage a tile of that type that was never deployed."`
	Deleted           string `name:"staged-for-deletion" placeholder:"TYPE" help:"Stage a deployed tile for deletion, for example p.rabbitmq."`
}

// shaping are the flags that a real foundation's files decide instead.
func (s situationFlags) shaping() []string {
	var given []string
	for _, f := range []struct {
		given bool
		name  string
	}{
		{s.Reference, "--reference"}, {s.TKGIClusters > 0, "--tkgi-clusters"}, {s.SelectiveHistory > 0, "--selective-history"}, {s.OwnRootCA, "--own-root-ca"},
	} {
		if f.given {
			given = append(given, f.name)
		}
	}
	return given
}

// put sets the options; those that the reference foundation has stay unless a
// flag says otherwise.
func (s situationFlags) put(o *sim.Options) {
	if s.SelectiveHistory > 0 {
		o.SelectiveHistory = s.SelectiveHistory
	}
	if s.DaysToKeep > 0 {
		o.DaysToKeep = s.DaysToKeep
	}
	if s.TKGIClusters > 0 {
		o.Tiles = append(o.Tiles, sim.TKGITile(s.TKGIClusters))
	}
	o.DeadRecord, o.PlainLogs, o.ParallelDeploys, o.InstallationUser = s.DeadRecord, s.PlainLogs, s.ParallelDeploys, s.InstallationUser
	o.OwnRootCA, o.CreatedOnNotBefore, o.V1WithoutGUIDs, o.DecoratedPEM = s.OwnRootCA, s.CreatedOnNotBefore, s.V1WithoutGUIDs, s.DecoratedPEM
	o.NoDirectorErrands = s.NoDirectorErrands
}

// actions are what an operator did before anyone looks.
func (s situationFlags) actions() []sim.Action {
	var all []sim.Action
	if s.NeverDeployed != "" {
		all = append(all, sim.Action{Do: "add-tile", Product: s.NeverDeployed})
	}
	if s.Deleted != "" {
		all = append(all, sim.Action{Do: "delete-tile", Product: s.Deleted})
	}
	return all
}
