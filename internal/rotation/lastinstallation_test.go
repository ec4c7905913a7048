package rotation_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

var _ = DescribeTable("The last installation",
	func(wanted, status string, changes ...evidence.Change) {
		h := evidence.History{List: []evidence.Installation{{ID: 6, Status: evidence.InstallationFailed}, {ID: 7, Status: status, Changes: changes}}}
		if status == "" {
			h = evidence.History{}
		}
		Expect(rotation.LastInstallation(h)).To(Equal(wanted))
	},
	Entry("is unknown", "", ""),
	Entry("succeeded", "installation 7: succeeded", evidence.InstallationSucceeded),
	Entry("runs, with a product that failed already", "installation 7: running", evidence.InstallationRunning, evidence.Change{Label: "TAS", Status: evidence.DeploymentFailed}),
	Entry("failed at products", "installation 7 failed at TAS, p.mysql", evidence.InstallationFailed,
		evidence.Change{Label: "BOSH Director", Status: evidence.DeploymentSuccessful}, evidence.Change{Label: "TAS", Status: evidence.DeploymentFailed}, evidence.Change{Identifier: "p.mysql", Status: evidence.DeploymentFailed}),
	Entry("failed at nothing that it names", "installation 7 failed without naming a product (an errand?)", evidence.InstallationFailed, evidence.Change{Label: "TAS", Status: evidence.DeploymentSuccessful}),
)
