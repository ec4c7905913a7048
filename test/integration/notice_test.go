package integration_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

// notice runs the task's command behind a job that failed, and gives what a webhook is
// sent.
func (p *pipeline) notice(ctx context.Context, phase string) string {
	GinkgoHelper()
	before := len(p.writes())
	task := program{p.Task("notice")}
	task.Environ = append(task.Environ, "ENV_FILE=", "FOUNDATION=west", "FROM=ca", "TO=notice", "PHASE="+phase)
	succeeded(ctx, task)
	Expect(p.writes()).To(HaveLen(before), "a notice changed something")
	texts := map[string]string{}
	for _, name := range []string{"text", "message.json", "notice.json"} {
		content, err := os.ReadFile(filepath.Join(p.Build, "notice", name))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(content)).NotTo(ContainSubstring(password))
		texts[name] = string(content)
	}
	var message struct{ Text string }
	Expect(json.Unmarshal([]byte(texts["message.json"]), &message)).To(Succeed())
	Expect(message.Text).To(Equal(texts["text"]))
	return message.Text
}

var _ = Describe("A notice", func() {
	It("says behind every job that failed why it did, and what to do", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.look(ctx)

		By("a put that is refused")
		Expect(p.Operator(sim.Action{Do: "stage", Product: "p.mysql"})).To(Succeed())
		p.expectRefused(ctx, "generate", nil, "pending-changes")
		Expect(p.notice(ctx, "generate")).To(And(HavePrefix("west: generate is refused (pending-changes); state settled, active CA "+p.first[:8]+"…\n"),
			ContainSubstring("MySQL"), ContainSubstring("\nWhat to do: apply or revert them first; "), HaveSuffix("docs/troubleshooting.md#pending-changes\n")))

		By("one whose cause is gone")
		Expect(p.Operator(sim.Action{Do: "revert", Product: "p.mysql"})).To(Succeed())
		Expect(p.notice(ctx, "generate")).To(HavePrefix("west: generate was refused or failed, and would run now (ready); state settled, "))

		By("an apply changes that failed")
		p.put(ctx, "generate")
		p.get(ctx)
		_, err := p.AddFault(faults.Fault{Effect: faults.FailProduct, Product: "p.mysql"})
		Expect(err).NotTo(HaveOccurred())
		Expect(p.Operator(sim.Action{Do: "apply", Wait: true})).NotTo(Succeed())
		Expect(p.notice(ctx, "verify")).To(And(HavePrefix("west: the rotation waits for an apply changes (not-reached); state generated, "),
			MatchRegexp(`\nwhat failed may be the apply changes; the last: installation \d+ failed at MySQL\n`),
			MatchRegexp(`\nWhat to do: mend what installation \d+ failed at, then start the job again, which applies changes\n`), HaveSuffix("docs/troubleshooting.md#installation-failed\n")))

		By("an Ops Manager that a reboot has locked")
		Expect(p.Operator(sim.Action{Do: "lock"})).To(Succeed())
		text := p.notice(ctx, "verify")
		Expect(text).To(HavePrefix("west: verify was refused or failed, and Ops Manager could not be asked why (locked)\n"))
		Expect(strings.Count(text, "\n")).To(Equal(4))
	})
})
