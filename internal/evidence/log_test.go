package evidence_test

import (
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

var _ = Describe("ParseLog", func() {
	const (
		bosh    = "/usr/local/bin/bosh --no-color --non-interactive --tty --environment=10.0.0.5 "
		upgrade = bosh + "--deployment=mysql-1 run-errand upgrade-all-service-instances"
		rabbit  = bosh + "--deployment=rabbit-1 run-errand upgrade-all-service-instances"
		deploy  = bosh + "--deployment=cf-1 deploy /var/tempest/workspaces/default/deployments/cf-1.yml"
	)
	running := func(command string) string { return `===== 2019-10-15 04:38:44 UTC Running "` + command + `"` }
	finished := func(command, status string) string {
		return `===== 2019-10-15 04:39:36 UTC Finished "` + command + `"; Duration: 52s; Exit Status: ` + status
	}
	orphaned := func(count int) string {
		return fmt.Sprintf("[upgrade-all-service-instances] 2024/08/30 10:16:58 Upgrade progress summary: Number of successful upgrades so far: 12; Number of CF service instance orphans detected so far: %d; Number of operations in progress (to retry) so far: 0", count)
	}
	summed := func(orphans, busy, failed int) string {
		return fmt.Sprintf("[upgrade-all] FINISHED PROCESSING Status: SUCCESS; Summary: Number of successful operations: 12; Number of skipped operations: 0; Number of service instance orphans detected: %d; Number of deleted instances before operation could happen: 0; "+
			"Number of busy instances which could not be processed: %d [8b1f3f52]; Number of service instances that failed to process: %d [0c2d]", orphans, busy, failed)
	}
	lines := func(all ...string) string { return strings.Join(all, "\n") + "\n" }
	done := func(c evidence.Command) evidence.Command {
		c.Finished = true
		return c
	}
	upgraded := evidence.Command{Deployment: "mysql-1", Errand: "upgrade-all-service-instances"}
	counted := func(c evidence.Command, orphans, left int) evidence.Command {
		c.Counted, c.Orphans, c.Left = true, orphans, left
		return c
	}
	deployed := evidence.Command{Deployment: "cf-1"}

	DescribeTable("reads the commands", func(text string, wanted ...evidence.Command) {
		log := evidence.ParseLog(text)
		Expect(log).To(Equal(evidence.Log{Asked: true, Commands: wanted}))
	},
		Entry("an errand", lines(running(upgrade), "Task 12", finished(upgrade, "0")), done(upgraded)),
		Entry("a deploy", lines(`{"type":"step_started","id":"bosh_product.deploying"}`, running(deploy), finished(deploy, "0")), done(deployed)),
		Entry("a deploy that recreates", lines(running(deploy+" --recreate"), finished(deploy+" --recreate", "0")), done(evidence.Command{Deployment: "cf-1", Recreate: true})),
		Entry("the director's", lines(running(bosh+"create-env /x.yml"), finished(bosh+"create-env /x.yml", "0")), done(evidence.Command{Deployment: evidence.Director})),
		Entry("-d", lines(running("bosh -e x -d mysql-1 run-errand a"), finished("bosh -e x -d mysql-1 run-errand a", "0")), done(evidence.Command{Deployment: "mysql-1", Errand: "a"})),
		Entry("--deployment and its value apart", lines(running("bosh --deployment mysql-1 run-errand --keep-alive a --instance x/0"), finished("bosh --deployment mysql-1 run-errand --keep-alive a --instance x/0", "0")),
			done(evidence.Command{Deployment: "mysql-1", Errand: "a"})),
		Entry("when changed", lines(running(upgrade+" --when-changed"), finished(upgrade+" --when-changed", "0")),
			done(evidence.Command{Deployment: "mysql-1", Errand: "upgrade-all-service-instances", WhenChanged: true})),
		Entry("one that failed", lines(running(upgrade), finished(upgrade, "1")), evidence.Command{Deployment: "mysql-1", Errand: "upgrade-all-service-instances", ExitStatus: 1, Finished: true}),
		Entry("one that goes on", lines(running(upgrade), "Task 12"), upgraded),
		Entry("one whose end is cut off", lines(running(upgrade), strings.TrimSuffix(finished(upgrade, "0"), "0")), upgraded),
		Entry("one whose end is cut off earlier", lines(running(upgrade), finished(upgrade, "0")[:60]), upgraded),
		Entry("a Finished of another command", lines(running(upgrade), finished(strings.Replace(upgrade, "mysql-1", "rabbit-1", 1), "0")), upgraded),
		Entry("carriage returns and colours", "\x1b[1m"+running(upgrade)+"\x1b[0m\r\nprogress\r"+finished(upgrade, "0")+"\x1b[K\r\n", done(upgraded)),
		Entry("two side by side", lines(running(deploy), running(upgrade), "Task 1 | cf", finished(upgrade, "0"), "Task 2", finished(deploy, "0")), done(deployed), done(upgraded)),
		Entry("one again after it failed", lines(running(upgrade), finished(upgrade, "1"), running(upgrade), finished(upgrade, "0")),
			evidence.Command{Deployment: "mysql-1", Errand: "upgrade-all-service-instances", ExitStatus: 1, Finished: true}, done(upgraded)),
		Entry("one that passed by what Cloud Foundry does not know any more", lines(running(upgrade), orphaned(0), orphaned(2), finished(upgrade, "0")),
			done(counted(upgraded, 2, 0))),
		Entry("one that found no orphans in the end", lines(running(upgrade), orphaned(2), orphaned(0), finished(upgrade, "0")), done(counted(upgraded, 0, 0))),
		Entry("one that sums up what it could not upgrade", lines(running(upgrade), orphaned(1), summed(1, 2, 3), finished(upgrade, "0")), done(counted(upgraded, 1, 5))),
		Entry("one that sums up that nothing is left", lines(running(upgrade), summed(0, 0, 0), finished(upgrade, "0")), done(counted(upgraded, 0, 0))),
		Entry("two errands side by side, none of which takes back what the other said", lines(running(upgrade), running(rabbit), summed(1, 0, 2), orphaned(0), finished(upgrade, "0"), orphaned(0), finished(rabbit, "0")),
			done(counted(upgraded, 1, 2)), done(evidence.Command{Deployment: "rabbit-1", Errand: "upgrade-all-service-instances", Counted: true})),
		Entry("two errands, one behind the other, each with its own", lines(running(upgrade), orphaned(1), finished(upgrade, "0"), running(rabbit), orphaned(0), finished(rabbit, "0")),
			done(counted(upgraded, 1, 0)), done(evidence.Command{Deployment: "rabbit-1", Errand: "upgrade-all-service-instances", Counted: true})),
		Entry("orphans behind its end", lines(running(upgrade), finished(upgrade, "0"), orphaned(2)), done(upgraded)),
	)

	DescribeTable("takes no other command for one of these", func(text string) {
		log := evidence.ParseLog(text)
		Expect(log.Commands).To(BeEmpty())
		Expect(log.Unknown).To(BeEmpty(), "there are marks")
	},
		Entry("another command", lines(running(bosh+"update-runtime-config /x.yml"), finished(bosh+"update-runtime-config /x.yml", "0"))),
		Entry("a file that is called deploy", lines(running(bosh+"--deployment=cf-1 upload-stemcell deploy"), finished(bosh+"--deployment=cf-1 upload-stemcell deploy", "0"))),
		Entry("an errand without a deployment", lines(running(bosh+"run-errand a"), finished(bosh+"run-errand a", "0"))),
		Entry("a Finished alone", lines(finished(upgrade, "0"))),
	)

	DescribeTable("says when a log tells nothing", func(text string) {
		log := evidence.ParseLog(text)
		Expect(log.Asked).To(BeTrue())
		Expect(log.Commands).To(BeEmpty())
		Expect(log.Unknown).To(ContainSubstring("none of the lines"))
	},
		Entry("empty", ""),
		Entry("without marks", "===== done\nupgrade-all-service-instances\n"),
		Entry("half a mark", running(upgrade)[:100]),
	)

	It("does not take in what no installation has", func() {
		log := evidence.ParseLog(strings.Repeat(running(upgrade)+"\n", 10_001))
		Expect(log.Commands).To(BeEmpty())
		Expect(log.Unknown).To(ContainSubstring("more than 10000 commands"))
	})
})

var _ = Describe("a record that says running", func() {
	installation := func(id int, status string, products ...string) evidence.Installation {
		i := evidence.Installation{ID: id, Status: status}
		for _, p := range products {
			i.Changes = append(i.Changes, evidence.Change{Status: p})
		}
		return i
	}
	DescribeTable("is dead", func(newer evidence.Installation, none bool, why string) {
		h := evidence.History{List: []evidence.Installation{newer, installation(12, evidence.InstallationRunning), installation(9, evidence.InstallationSucceeded)}}
		e := evidence.Evidence{History: h, NoneRunning: none}
		ids := func(list []evidence.Installation) (ids []int) {
			for _, i := range list {
				ids = append(ids, i.ID)
			}
			return ids
		}
		dead := h.Dead(none)
		if why == "" {
			Expect(dead).NotTo(ContainElement(HaveField("ID", 12)))
			Expect(ids(e.Running())).To(ContainElement(12))
			return
		}
		Expect(dead).To(ContainElement(And(HaveField("ID", 12), HaveField("Why", why))))
		Expect(ids(e.Running())).NotTo(ContainElement(12))
	},
		Entry("below one that succeeded", installation(13, evidence.InstallationSucceeded), false, "installation 13, which is newer, has ended"),
		Entry("below one that failed", installation(13, evidence.InstallationFailed), false, "installation 13, which is newer, has ended"),
		Entry("below one that is done with a product", installation(13, evidence.InstallationRunning, evidence.DeploymentFailed, evidence.DeploymentPending), false,
			"installation 13, which is newer, has deployed a product since"),
		Entry("not below one that has only begun", installation(13, evidence.InstallationRunning, evidence.DeploymentRunning, evidence.DeploymentSkipped), false, ""),
		Entry("not when it is the newest", installation(11, evidence.InstallationSucceeded), false, ""),
		Entry("when Ops Manager denies it", installation(11, evidence.InstallationSucceeded), true, "Ops Manager's own log says that no installation is in progress"),
	)
})
