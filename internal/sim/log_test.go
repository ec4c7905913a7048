package sim_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

// ran is a pattern for a command's marks in a log, with its exit status.
func ran(command string, status int) string {
	return fmt.Sprintf(`(?s)\n===== \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC Running "/usr/local/bin/bosh [^"]*%s"\n(?:.*\n)?`+
		`===== [0-9: -]+ UTC Finished "/usr/local/bin/bosh [^"]*%[1]s"; Duration: \d+s; Exit Status: %d\n`, command, status)
}

var _ = Describe("an installation's log", func() {
	mysql := func(om *opsman) string { return om.Dump().Products[2].GUID }
	errands := func(om *opsman, settings map[string]any) map[string]any {
		return map[string]any{"errands": map[string]any{mysql(om): map[string]any{"run_post_deploy": settings}}}
	}

	It("has steps, and marks around the director, each deployment and each errand", func() {
		om := loggedIn(sim.Options{})
		id := om.startApply(nil)
		Expect(om.Wait(id)).To(Succeed())
		log := om.Log(id)
		Expect(log).To(HavePrefix(`{"type":"step_started","id":"bosh_product.deploying","description":"Installing BOSH"}` + "\n"))
		Expect(log).To(ContainSubstring(`{"type":"step_finished","id":"bosh_product.deploying"}`))
		Expect(log).To(MatchRegexp(ran(`create-env /var/tempest/workspaces/default/deployments/bosh\.yml`, 0)))
		Expect(log).To(MatchRegexp(ran(fmt.Sprintf(`--environment=10\.0\.0\.5 --deployment=%s deploy /var/tempest/workspaces/default/deployments/%[1]s\.yml`, mysql(om)), 0)))
		Expect(log).To(MatchRegexp(ran("--deployment="+mysql(om)+" run-errand upgrade-all-service-instances", 0)))
		Expect(log).NotTo(ContainSubstring("--recreate"))
		Expect(log).NotTo(ContainSubstring("recreate-all"))
		Expect(log).To(HaveSuffix("Exited with 0.\n"))
	})

	It("tells that VMs are recreated", func() {
		om := loggedIn(sim.Options{Version: "3.3.0-build.1"})
		body := errands(om, map[string]any{sim.RecreateAllErrand: true})
		body["recreate"] = true
		id := om.startApply(body)
		Expect(om.Wait(id)).To(Succeed())
		Expect(om.Log(id)).To(And(MatchRegexp(ran(mysql(om)+`\.yml --recreate`, 0)), MatchRegexp(ran("run-errand recreate-all-service-instances", 0))))
	})

	It("has the exit status of an errand that failed", func() {
		om := loggedIn(sim.Options{})
		fault(om, faults.Fault{Effect: faults.FailErrand, Product: "p.mysql", Errand: sim.UpgradeAllErrand})
		id := om.startApply(nil)
		Expect(om.Wait(id)).NotTo(Succeed())
		Expect(om.Log(id)).To(And(MatchRegexp(ran("run-errand "+sim.UpgradeAllErrand, 1)), HaveSuffix("Exited with 1.\n")))
	})

	It("has no end of a command that still runs", func() {
		om := loggedIn(sim.Options{})
		stuck := fault(om, faults.Fault{Effect: faults.Stuck, Product: "p.mysql"})
		id := om.startApply(nil)
		Expect(om.WaitStruck(soon(), stuck, 1)).To(Succeed())
		Expect(om.Log(id)).To(ContainSubstring(`deploy /var/tempest/workspaces/default/deployments/` + mysql(om) + `.yml"`))
		Expect(om.Log(id)).NotTo(MatchRegexp("Finished .*" + mysql(om)))
	})

	It("of the history has the errands that ran then", func() {
		om := loggedIn(sim.Options{})
		Expect(om.get("/api/v0/installations/2/logs").body["logs"]).To(And(
			MatchRegexp(ran("--deployment="+mysql(om)+" run-errand upgrade-all-service-instances", 0)), HaveSuffix("Exited with 0.\n")))
	})

	It("can be without any marks", func() {
		om := loggedIn(sim.Options{PlainLogs: true})
		Expect(om.apply()).To(Succeed())
		for id := 1; id <= 3; id++ {
			Expect(om.Log(id)).To(And(Not(ContainSubstring("=====")), Not(ContainSubstring("step_")), ContainSubstring("Exited with 0.")))
		}
	})
})

var _ = Describe("the current log", func() {
	const path = "/api/v0/installations/current_log"

	It("says that nothing runs", func() {
		om := loggedIn(sim.Options{})
		a := om.get(path)
		Expect(a.status).To(Equal(http.StatusOK))
		Expect(a.header.Get("Content-Type")).To(Equal("text/event-stream"))
		Expect(a.text).To(Equal("event:exit\ndata:{\"type\":\"no install in progress\"}\n\n"))
	})

	DescribeTable("streams what runs to its end", func(effect faults.Effect, code int) {
		om := loggedIn(sim.Options{})
		stuck := fault(om, faults.Fault{Effect: faults.Stuck, Product: "cf"})
		if effect != "" {
			fault(om, faults.Fault{Effect: effect, Product: "cf"})
		}
		om.startApply(nil)
		Expect(om.WaitStruck(soon(), stuck, 1)).To(Succeed())
		request, err := http.NewRequestWithContext(soon(), http.MethodGet, om.server.URL+path, http.NoBody)
		Expect(err).NotTo(HaveOccurred())
		request.Header.Set("Authorization", "Bearer "+om.token)
		answer, err := om.client.Do(request)
		Expect(err).NotTo(HaveOccurred())
		defer func() { _ = answer.Body.Close() }()
		var lines []string
		for scanner := bufio.NewScanner(answer.Body); scanner.Scan(); {
			lines = append(lines, scanner.Text())
			if strings.HasPrefix(scanner.Text(), "data:===== ") && strings.Contains(scanner.Text(), om.Dump().Products[1].GUID+".yml") {
				Expect(om.Release(stuck)).To(Succeed()) // so it came while it ran
			}
		}
		Expect(lines[0]).To(Equal("event:step_info"))
		Expect(lines[1]).To(HavePrefix(`data:[{"id":"bosh_product.deploying",`))
		Expect(lines).To(ContainElements("event:step_started", "event:step_finished", HavePrefix("data:Updating instance router/0")))
		Expect(lines[len(lines)-3:]).To(Equal([]string{"event:exit", fmt.Sprintf(`data:{"type":"exit","code":%d}`, code), ""}))
	}, Entry("in success", faults.Effect(""), 0), Entry("in failure", faults.FailProduct, 1))

	It("is left by a client without ado", func() {
		om := loggedIn(sim.Options{})
		stuck := fault(om, faults.Fault{Effect: faults.Stuck})
		om.startApply(nil)
		Expect(om.WaitStruck(soon(), stuck, 1)).To(Succeed())
		newest := func() sim.Request { requests := om.Ledger().Requests; return requests[len(requests)-1] }
		ctx, leave := context.WithCancel(context.Background())
		gone := make(chan struct{})
		go func() {
			defer GinkgoRecover()
			defer close(gone)
			_, _ = om.try(ctx, "GET", path, nil) // the server may end it first
		}()
		Eventually(newest).Should(HaveField("Path", path))
		leave()
		<-gone
		Eventually(newest).Should(HaveField("Done", true))
	})
})
