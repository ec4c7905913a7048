package cli_test

import (
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("a situation", func() {
	// dumped is the state of a simulator that was started with these flags.
	dumped := func(args ...string) string {
		GinkgoHelper()
		url, _, _ := serving(args...)
		out, _, err := opsmanSim("dump", url)
		Expect(err).NotTo(HaveOccurred())
		return out
	}

	DescribeTable("is asked for with a flag", func(want string, flags ...string) {
		Expect(dumped(flags...)).To(ContainSubstring(want))
	},
		Entry("the reference foundation", `"identifier": "p-isolation-segment"`, "--reference", "--never-deployed", "p.redis"),
		Entry("clusters", `"product": "pivotal-container-service-`, "--tkgi-clusters", "2", "--parallel-deploys", "--version", "3.3.0-build.1"),
		Entry("a tile never deployed", `"action": "install"`, "--never-deployed", "p.redis", "--plain-logs"),
		Entry("a tile staged for deletion", `"action": "delete"`, "--staged-for-deletion", "p.rabbitmq", "--installation-user", "Jane"),
		Entry("an own root CA", `"issuer": "Example Corp Root CA"`, "--own-root-ca", "--created-on-not-before", "--decorated-pem"),
		Entry("a history", `"id": 42`, "--selective-history", "42", "--days-to-keep", "10", "--v1-without-guids"),
		Entry("a dead record", `"status": "running"`, "--dead-record", "--no-director-errands"),
	)

	It("of tiles is in their file, too", func() {
		path := filepath.Join(GinkgoT().TempDir(), "tiles.yml")
		Expect(os.WriteFile(path, []byte(`tiles:
- {identifier: cf, label: TAS, version: 2.13.35, jobs: {router: 1}, staged_for_deletion: true}
- {identifier: redis, label: Redis, version: 1.0.0, jobs: {broker: 1}, never_deployed: true}
`), 0o600)).To(Succeed())
		Expect(dumped("--tiles", path)).To(And(ContainSubstring(`"action": "delete"`), ContainSubstring(`"action": "install"`)))
	})

	DescribeTable("is refused where something else decides", func(want string, flags ...string) {
		_, _, err := opsmanSim(append([]string{"serve", "--addr", "127.0.0.1:0"}, flags...)...)
		Expect(err).To(MatchError(ContainSubstring(want)))
	},
		Entry("the imported files", "--reference, --own-root-ca with --import", "--import", fixture("2.10"), "--reference", "--own-root-ca"),
		Entry("the reference foundation", "with --reference", "--reference", "--days-left", "3"),
		Entry("the tiles that are there", "expected one of", "--staged-for-deletion", "p.redis"),
	)
})
