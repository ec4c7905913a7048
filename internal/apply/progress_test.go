package apply_test

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/apply"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/sim"
)

var began = time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)

// part is a product's part in an installation: "TAS successful 10 52" began ten
// minutes after the installation, and ended after 52.
func part(text string) evidence.Change {
	GinkgoHelper()
	var name, status string
	from, to := -1, -1
	_, err := fmt.Sscanf(text+" -1 -1", "%s %s %d %d", &name, &status, &from, &to)
	Expect(err).NotTo(HaveOccurred())
	c := evidence.Change{GUID: strings.ToLower(name) + "-1", Label: name, Status: status, Type: evidence.ChangeUpdate}
	if from >= 0 {
		c.StartedAt = began.Add(time.Duration(from) * time.Minute)
	}
	if to >= 0 {
		c.FinishedAt = began.Add(time.Duration(to) * time.Minute)
	}
	return c
}

func installed(id int, status string, minutes int, parts ...string) evidence.Installation {
	GinkgoHelper()
	i := evidence.Installation{ID: id, Status: status, StartedAt: began}
	if minutes > 0 {
		i.FinishedAt = began.Add(time.Duration(minutes) * time.Minute)
	}
	for _, p := range parts {
		i.Changes = append(i.Changes, part(p))
	}
	return i
}

var _ = Describe("progress", func() {
	const done = evidence.InstallationSucceeded
	three := []evidence.Installation{
		installed(4, done, 68, "BOSH successful 0 10", "TAS successful 10 50", "MySQL successful 50 68"),
		installed(3, evidence.InstallationFailed, 400, "BOSH successful 0 200", "TAS failed 200 400"),
		installed(2, done, 63, "BOSH successful 0 10", "TAS successful 10 48", "MySQL successful 48 63"),
		installed(1, done, 70, "BOSH successful 0 10", "TAS successful 10 54", "MySQL successful 54 70"),
	}

	DescribeTable("by former installations",
		func(history []evidence.Installation, at int, said string, parts ...string) {
			progress, _ := apply.Told(evidence.History{List: history}, installed(9, evidence.InstallationRunning, 0, parts...), began.Add(time.Duration(at)*time.Minute))
			Expect(progress).To(Equal(said))
		},
		Entry("counts, times, and says how long still and how sure that is", three, 62,
			"2 of 3 products done, MySQL running for 12m (took 15–18m the last 3 times), about 4m left (3–6m)",
			"BOSH successful 0 10", "TAS successful 10 50", "MySQL running 50"),
		Entry("adds what waits", three, 15,
			"1 of 3 products done, TAS running for 5m (took 38–44m the last 3 times), 1 waiting, about 51m left (48–57m)",
			"BOSH successful 0 10", "TAS running 10", "MySQL pending"),
		Entry("of one alone says so", three[:1], 0,
			"0 of 3 products done, 3 waiting, about 1h08m left, if it goes as the last time",
			"BOSH pending", "TAS pending", "MySQL pending"),
		Entry("of none gives no estimate", nil, 15, "1 of 3 products done, TAS running for 5m, 1 waiting",
			"BOSH successful 0 10", "TAS running 10", "MySQL pending"),
		Entry("that failed learns nothing", three[1:2], 15, "0 of 1 products done, 1 waiting", "BOSH pending"),
		Entry("names what was never deployed before", three, 0,
			"0 of 3 products done, 3 waiting, at least 50m left (how long Redis takes is not known)",
			"BOSH pending", "TAS pending", "Redis pending"),
		Entry("names what takes longer than ever", three, 100,
			"1 of 3 products done, TAS running for 1h30m (took 38–44m the last 3 times), 1 waiting, at least 16m left (TAS takes longer than before)",
			"BOSH successful 0 10", "TAS running 10", "MySQL pending"),
		Entry("is silent of the rest when what is late is all there is", three, 200,
			"2 of 3 products done, MySQL running for 2h30m (took 15–18m the last 3 times)",
			"BOSH successful 0 10", "TAS successful 10 50", "MySQL running 50"),
		Entry("names what failed, which is not done", three, 50, "1 of 2 products done, TAS failed", "BOSH successful 0 10", "TAS failed 10 50"),
		Entry("knows that products go side by side", []evidence.Installation{
			installed(2, done, 60, "TAS successful 0 60", "MySQL successful 0 60"),
			installed(1, done, 60, "TAS successful 0 60", "MySQL successful 0 60"),
		}, 30, "0 of 2 products done, TAS running for 30m (took 1h00m the last 2 times), MySQL running for 30m (took 1h00m the last 2 times), about 30m left",
			"TAS running 0", "MySQL running 0"),
		Entry("looks at the last three alone", append([]evidence.Installation{
			installed(7, done, 20, "BOSH successful 0 20"), installed(6, done, 20, "BOSH successful 0 20"), installed(5, done, 20, "BOSH successful 0 20"),
		}, three...), 0, "0 of 1 products done, 1 waiting, about 20m left", "BOSH pending"),
		Entry("without times of products counts alone", []evidence.Installation{installed(1, done, 60, "TAS successful", "MySQL successful")}, 0,
			"0 of 2 products done, TAS running, 1 waiting", "TAS running", "MySQL pending"),
	)

	It("says once what was deployed, and in how long", func() {
		_, news := apply.Told(evidence.History{List: three}, installed(9, evidence.InstallationRunning, 0, "BOSH successful 0 9", "TAS successful", "MySQL running 40"), began.Add(50*time.Minute))
		Expect(news).To(Equal("deployed: BOSH in 9m, TAS; 2 of 3 products done, MySQL running for 10m (took 15–18m the last 3 times), about 6m left (5–8m)"))
		_, news = apply.Told(evidence.History{}, installed(9, done, 60, "BOSH successful 0 9"), began)
		Expect(news).To(BeEmpty(), "the verdict comes")
	})

	It("beats with it by Ops Manager's clock, whatever ours says, now and then also while the log talks", func(ctx SpecContext) {
		r := newRig(asked, act{Post: true}, act{Look: 6}, act{Hang: true})
		r.mu.Lock()
		r.clock = func() time.Time { return began.Add(75 * time.Minute) }
		r.installations[0].StartedAt, r.installations[0].FinishedAt = began, began.Add(time.Hour)
		for n := range r.installations[0].Changes {
			c := &r.installations[0].Changes[n]
			c.StartedAt, c.FinishedAt = began.Add(time.Duration(n)*20*time.Minute), began.Add(time.Duration(n+1)*20*time.Minute)
		}
		r.mu.Unlock()
		r.flyFrom("line 5")
		r.req.Poll, r.req.Heartbeat, r.req.StuckAfter = 10*time.Second, 10*time.Minute, 12*time.Hour
		_, err := r.run(ctx)
		Expect(err).To(HaveOccurred())
		Expect(r.said()).To(ContainSubstring("1 of 3 products done, TAS running (took 20m the last time), 1 waiting, about 40m left, if it goes as the last time"))
	})
})

var _ = Describe("the log", func() {
	names := map[string]string{"p-bosh-1a": "BOSH Director", "cf-7b": "TAS", "cf-7b9": "TAS for Windows"}
	grouped := func(log string) string {
		var out bytes.Buffer
		n, err := apply.Grouped(&out, names).Write([]byte(log))
		Expect(n, err).To(Equal(len(log)))
		return out.String()
	}

	It("has a heading where another product begins, by the commands that Ops Manager runs", func() {
		Expect(grouped(`{"type":"step_started","id":"bosh_product.deploying","description":"Installing BOSH"}
===== 2019-08-14 15:31:29 UTC Running "/usr/local/bin/bosh --no-color --non-interactive --tty create-env /var/tempest/workspaces/default/deployments/bosh.yml"
Succeeded
===== 2019-08-14 15:32:21 UTC Finished "/usr/local/bin/bosh --no-color --non-interactive --tty create-env /var/tempest/workspaces/default/deployments/bosh.yml"; Duration: 52s; Exit Status: 0
===== 2019-10-15 04:38:44 UTC Running "/usr/local/bin/bosh --no-color --non-interactive --tty --environment=10.10.10.21 --deployment=cf-7b deploy /var/tempest/workspaces/default/deployments/cf-7b.yml"
Using deployment 'cf-7b9'
===== 2019-10-15 04:48:44 UTC Running "/usr/local/bin/bosh --deployment=cf-7b run-errand smoke_tests"
===== 2019-10-15 05:38:44 UTC Running "/usr/local/bin/bosh --deployment=cf-7b9 deploy cf-7b9.yml"
`)).To(And(
			HavePrefix("▸ BOSH Director\n{\"type\""),
			ContainSubstring("Exit Status: 0\n▸ TAS\n===== 2019-10-15 04:38:44"),
			ContainSubstring("smoke_tests\"\n▸ TAS for Windows\n===== 2019-10-15 05:38:44"),
			WithTransform(func(s string) int { return strings.Count(s, "▸") }, Equal(3)),
		))
	})

	It("passes as it is where it has no marks", func() {
		Expect(grouped("cf-7b is next\n\nUpdating instance\n===== of no product\n")).To(Equal("cf-7b is next\n\nUpdating instance\n===== of no product\n"))
	})

	It("of the real om has them, with what former installations took, and the estimate beside it", func(ctx SpecContext) {
		s := newStage(ctx, sim.Options{VMDelay: 250 * time.Millisecond})
		_, err := s.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(s.Operator(sim.Action{Do: "prune", Keep: 1})).To(Succeed())
		said := len(s.out.Contents())
		outcome, err := s.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		second := string(s.out.Contents())[said:]
		Expect(second).To(MatchRegexp(`(?m)^▸ TAS \(took .*the last .*\)\n\{"type":"step_started","id":"cf-`))
		Expect(second).To(MatchRegexp(`(?m)^▸ MySQL \(took .*\)\n\{"type":"step_started","id":"p.mysql-`))
		Expect(second).To(MatchRegexp(`(?m)^▸ installation \d+ is ours; about \d+s left, if it goes as the last time`))
		Expect(second).To(MatchRegexp(`(?m)^▸ deployed: .*BOSH Director in \d+s.*; \d of 3 products done, .* running for \d+s \(took`))
		Expect(outcome.Table(s.deps.Console.Styles)).To(MatchRegexp(`TAS .* successful +\d+s`))
		Expect(second).NotTo(ContainSubstring("\x1b"))
		Expect(second).NotTo(ContainSubstring("\r"))
	})
})
