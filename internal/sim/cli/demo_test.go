package cli_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("opsman-sim demo", func() {
	DescribeTable("tells its story on stdout, for a pager or a file as well, and without colours there",
		func(flags []string, said string) {
			stdout, stderr, err := opsmanSim(append([]string{"demo", "--bin", GinkgoT().TempDir()}, flags...)...)
			Expect(err).To(MatchError(ContainSubstring("the rotation did not go as it should: look: check: ")), "there are no programs")
			Expect(stdout).To(And(HavePrefix("━━ 1. A whole rotation"), ContainSubstring(said), Not(ContainSubstring("\x1b"))))
			Expect(stderr).To(BeEmpty())
		},
		Entry("a line for each leg", nil, "\nlook                               failed\n"),
		Entry("everything", []string{"-v"}, "\n▼ look\n$ check\n"),
	)
})
