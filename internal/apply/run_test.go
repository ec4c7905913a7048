package apply_test

import (
	"context"
	"errors"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/apply"
	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// wholeRun is om as it is when nothing goes wrong.
var wholeRun = []act{asked, {Post: true}, {Look: -1}}

var _ = Describe("a run in which nothing goes wrong", func() {
	It("applies, shows the log, and reports every product", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		outcome, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.ID).To(Equal(2))
		Expect(outcome.Status).To(Equal("succeeded"))
		Expect(outcome.Followed).To(Equal(apply.FollowedByOm))
		Expect(outcome.Attempts).To(Equal(1))
		Expect(outcome.Why).To(Equal("changes are staged for TAS"))
		Expect(outcome.Products).To(HaveLen(3))
		Expect(outcome.Products[1]).To(Equal(apply.Product{GUID: "cf-1", Name: "TAS", Version: "6.0.1", Change: "update", Status: "successful"}))
		Expect(r.shownLog()).To(Equal(strings.Join(logLines(12), "")))
		plain := console.New(GinkgoWriter, console.Options{Color: console.ColorNever})
		Expect(outcome.Table(plain.Styles)).To(MatchRegexp(`TAS +6\.0\.1 +update +successful`))
	})

	It("gives om its credentials by environment alone, and no variable of anyone else's", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		r.req.RecreateVMs, r.req.ForceLatestVariables, r.req.IgnoreWarnings = true, true, true
		r.deps.Om.CACert, r.deps.Om.SkipSSLValidation = secretCA, true
		r.deps.Om.ConnectTimeout, r.deps.Om.RequestTimeout = 1500*time.Millisecond, time.Minute
		r.deps.Environ = append(r.deps.Environ, "OM_VARS_ENV=PRE", "PRE_passphrase=geheim", "PREFIX=kept", "OM_TRACE=true", `OPSMAN={"password":"geheim"}`, "OPSMAN_CA_COLOR=kept")
		_, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(r.oms()).To(HaveLen(1))
		Expect(r.oms()[0]).To(ContainElements("PREFIX=kept", "OPSMAN_CA_COLOR=kept"))
		Expect(r.oms()[0]).NotTo(ContainElement(HavePrefix("OPSMAN=")))
		var om []string
		for _, v := range r.oms()[0] {
			if strings.HasPrefix(v, "OM_") || strings.HasPrefix(v, "PRE_") || !strings.Contains(v, "=") {
				om = append(om, v)
			}
		}
		Expect(om).To(ConsistOf("apply-changes", "--recreate-vms", "--force-latest-variables", "--ignore-warnings",
			"OM_TARGET="+r.URL, "OM_USERNAME=admin", "OM_PASSWORD="+password, "OM_CA_CERT="+secretCA,
			"OM_SKIP_SSL_VALIDATION=true", "OM_CONNECT_TIMEOUT=2", "OM_REQUEST_TIMEOUT=60"))
	})

	It("says when there is nothing to do, and starts nothing", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		r.pending = []evidence.PendingChange{{GUID: "cf-1", Action: "unchanged"}}
		r.req.Needed = func(context.Context) (apply.Need, error) { return apply.Need{Why: "the rotation is settled"}, nil }
		outcome, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.NothingToDo).To(BeTrue())
		Expect(outcome.ID).To(BeZero())
		Expect(r.said()).To(Equal("nothing to do: no product has a staged change, and the rotation is settled\n"))
		Expect(r.oms()).To(BeEmpty())
	})

	DescribeTable("applies although no product has a staged change", func(ctx SpecContext, change func(*apply.Request), why string) {
		r := newRig(wholeRun...)
		r.pending = nil
		change(&r.req)
		outcome, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.Why).To(Equal(why))
		Expect(outcome.ID).To(Equal(2))
	},
		Entry("when something else is outstanding", func(r *apply.Request) {
			r.Needed = func(context.Context) (apply.Need, error) {
				return apply.Need{Apply: true, Why: "the candidate is not deployed yet"}, nil
			}
		}, "the candidate is not deployed yet"),
		Entry("when forced", func(r *apply.Request) { r.Force = true }, "asked for, although nothing is outstanding"),
	)

	It("beats with the elapsed time and the products done while nothing is said", func(ctx SpecContext) {
		r := newRig(asked, act{Post: true}, act{Look: 6}, act{Hang: true})
		r.flyFrom("line 5")
		r.req.Poll, r.req.Heartbeat, r.req.StuckAfter = 10*time.Second, 10*time.Minute, 12*time.Hour
		_, err := r.run(ctx)
		var stuck *apply.StuckError
		Expect(errors.As(err, &stuck)).To(BeTrue(), "%v", err)
		Expect(stuck.ID).To(Equal(2))
		Expect(err).To(MatchError(ContainSubstring("for 12h")))
		Expect(r.said()).To(MatchRegexp(`⋯ \d+h\d\dm  installation 2: 1 of 3 products done, TAS running, 1 waiting\n`))
	})

	It("stops an om that does not notice the end, and judges for itself", func(ctx SpecContext) {
		r := newRig(asked, act{Post: true}, act{Look: 12}, act{Hang: true})
		go r.endWhenWritten(ctx, 2, 12)
		r.flyFrom("is ours")
		r.req.Poll, r.req.Heartbeat, r.req.StuckAfter = 10*time.Second, time.Minute, 100*24*time.Hour
		outcome, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.Status).To(Equal("succeeded"))
		Expect(r.said()).To(ContainSubstring("om has not noticed"))
		Expect(r.shownLog()).To(Equal(strings.Join(logLines(12), "")))
	})
})

// endWhenWritten ends an installation behind om's back.
func (r *rig) endWhenWritten(ctx context.Context, id, lines int) {
	for ctx.Err() == nil {
		r.mu.Lock()
		if len(r.logs[id]) == lines {
			r.finish(id)
			r.mu.Unlock()
			return
		}
		r.mu.Unlock()
		<-time.After(time.Millisecond)
	}
}
