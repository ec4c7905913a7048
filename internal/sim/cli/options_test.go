package cli_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim/cli"
)

// A flag is misspelled, or of another type than its option, as easily as it is added:
// then it would say nothing and do nothing.
var _ = It("sets an option by each flag, but for those that code of their own reads", func() {
	Expect(cli.FlagsWithoutOption()).To(ConsistOf(
		"Import", "Reference", "VMs", "Tiles", "TKGI", "NoChecks", "DaysLeft", "Color", "TileVersions", "NeverDeployed", "Deleted",
		"TKGIClusters", "Stemcells", "InstanceStemcells", "WithoutErrands", "ErrandsOff", "Orphans",
		"Verifiers", "SubCAs", "ServerExcludes", "Deployments", "DeploymentsDNS",
	))
})
