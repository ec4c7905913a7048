package cli

import "github.com/opsman-ca/opsman-ca/internal/sim"

// situationFlags are what a foundation may be like beside its shape: situations
// that real ones are known to be in, each alone or with others.
type situationFlags struct {
	Reference bool `import:"decides" help:"The reference foundation: nothing wrong with it, and all that real ones have; --tiles and --days-left do not go with it."`

	TKGIClusters     int  `name:"tkgi-clusters" import:"decides" placeholder:"N" help:"Add a TKGI tile with so many clusters; its upgrade errand is off."`
	SelectiveHistory int  `name:"selective-history" import:"decides" placeholder:"DAYS" help:"As many days with an installation of one tile each."`
	DaysToKeep       int  `name:"days-to-keep" placeholder:"DAYS" help:"Older installations are pruned from the history."`
	DeadRecord       bool `name:"dead-record" help:"The newest installation but one says running for ever."`

	PlainLogs        bool   `name:"plain-logs" help:"Installation logs have no marks of commands."`
	ParallelDeploys  bool   `name:"parallel-deploys" help:"Tiles are deployed at the same time, from 3.3 on."`
	InstallationUser string `name:"installation-user" placeholder:"NAME" help:"user_name of installations, where it is not the login."`

	OwnRootCA          bool `name:"own-root-ca" import:"decides" help:"The root CA is the operator's own."`
	CreatedOnNotBefore bool `name:"created-on-not-before" help:"created_on of an own root CA is its certificate's NotBefore."`
	V1WithoutGUIDs     bool `name:"v1-without-guids" help:"v1 names root CAs without their GUID."`
	DecoratedPEM       bool `name:"decorated-pem" help:"cert_pem has CR line ends and text around it."`

	NoDirectorErrands bool   `name:"no-director-errands" help:"The director's errands are answered with 404."`
	NeverDeployed     string `name:"never-deployed" placeholder:"TYPE" help:"Stage a tile of that type that was never deployed."`
	Deleted           string `name:"staged-for-deletion" placeholder:"TYPE" help:"Stage a deployed tile for deletion, for example p.rabbitmq."`
}

// put adds the tiles; what is an option of the same name is put already.
func (s situationFlags) put(o *sim.Options) {
	if s.TKGIClusters > 0 {
		o.Tiles = append(o.Tiles, sim.TKGITile(s.TKGIClusters))
	}
}

// actions are what an operator did before the first request.
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
