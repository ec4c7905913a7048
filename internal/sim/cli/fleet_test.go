package cli_test

import (
	"context"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"

	"github.com/opsman-ca/opsman-ca/internal/sim/cli"
	"github.com/opsman-ca/opsman-ca/internal/sim/roster"
)

var _ = Describe("opsman-sim fleet", func() {
	It("serves as many foundations as asked for, and lists them", func() {
		path := filepath.Join(GinkgoT().TempDir(), "fleet.json")
		ctx, cancel := context.WithCancel(context.Background())
		stdout, stderr := gbytes.NewBuffer(), gbytes.NewBuffer()
		ended := make(chan error, 1)
		go func() {
			ended <- cli.Run(ctx, []string{"fleet", "--foundations", "3", "--file", path}, nil, stdout, stderr)
		}()
		DeferCleanup(func() {
			cancel()
			Eventually(ended).Should(Receive(BeNil()))
		})
		Eventually(stdout).Should(gbytes.Say("fleet.json\n"))
		Expect(stderr).To(gbytes.Say("3 foundations are simulated after"))
		members, err := roster.Read(path)
		Expect(err).NotTo(HaveOccurred())
		Expect(members).To(HaveLen(3))
		for _, m := range members {
			out, _, err := opsmanSim("dump", m.Target)
			Expect(err).NotTo(HaveOccurred())
			Expect(out).To(ContainSubstring(m.Active))
		}
	})

	DescribeTable("refuses", func(says string, args ...string) {
		err := cli.Run(context.Background(), append([]string{"fleet"}, args...), strings.NewReader(""), gbytes.NewBuffer(), gbytes.NewBuffer())
		Expect(err).To(MatchError(ContainSubstring(says)))
	},
		Entry("no file", "--file", "--foundations", "1"),
		Entry("no foundation", "expected 1 or more", "--foundations", "0", "--file", "x"),
		Entry("a folder that is not there", "write the list of foundations", "--foundations", "1", "--file", "/nowhere/fleet.json"),
	)
})
