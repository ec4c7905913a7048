package apply_test

import (
	"errors"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/apply"
)

var _ = Describe("om dying", func() {
	DescribeTable("before its installation ends: the log goes on where it stopped, nothing lost, nothing twice",
		func(ctx SpecContext, lines []string, acts ...act) {
			r := newRig(acts...)
			r.plan.lines = lines
			outcome, err := r.run(ctx)
			Expect(err).NotTo(HaveOccurred())
			Expect(outcome.ID).To(Equal(2))
			Expect(outcome.Followed).To(Equal(apply.FollowedByClient))
			Expect(r.ids()).To(Equal([]int{1, 2}), "no second installation")
			Expect(r.shownLog()).To(Equal(strings.Join(lines, "")))
			Expect(r.said()).To(ContainSubstring("following it ourselves"))
		},
		Entry("killed right after its POST", logLines(9), asked, act{Post: true}, act{Kill: true}),
		Entry("its POST's answer lost", logLines(9), asked, act{Post: true, Lose: true}),
		Entry("killed after one line", logLines(9), asked, act{Post: true}, act{Look: 1}, act{Kill: true}),
		Entry("killed in the middle", logLines(9), asked, act{Post: true}, act{Look: 5}, act{Kill: true}),
		Entry("killed before the last line", logLines(9), asked, act{Post: true}, act{Look: 8}, act{Kill: true}),
		Entry("exit 1 because of one failed GET of the log", logLines(9), asked, act{Post: true}, act{Look: 4},
			act{Complain: "2026/05/04 10:00:00 installation failed to get logs: EOF\n"}, act{Exit: 1}),
		Entry("a log of one line again and again", []string{"===== x\n", "===== x\n", "===== x\n", "===== x\n"},
			asked, act{Post: true}, act{Look: 2}, act{Kill: true}),
		Entry("a log longer than what is kept of it", []string{
			"===== " + strings.Repeat("a", 100_000) + "\n", "===== " + strings.Repeat("b", 100_000) + "\n", "===== c\n",
		}, asked, act{Post: true}, act{Look: 2}, act{Kill: true}),
		Entry("in the middle of a line", []string{"===== one\n===== tw", "o\n===== three\n"}, asked, act{Post: true}, act{Look: 1}, act{Kill: true}),
		Entry("a last line without a line feed", []string{"===== one\n", "===== two\n"}, asked, act{Post: true}, act{Look: 1}, act{Kill: true}),
	)

	It("just as its installation ends is no reason to doubt it", func(ctx SpecContext) {
		r := newRig(asked, act{Post: true}, act{Look: 12}, act{Kill: true})
		outcome, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.Followed).To(Equal(apply.FollowedByOm))
		Expect(r.shownLog()).To(Equal(strings.Join(logLines(12), "")))
	})

	It("keeps its partial line whole when our own lines come in between", func(ctx SpecContext) {
		r := newRig(asked, act{Post: true}, act{Look: 1}, act{Kill: true})
		r.plan.lines = []string{"===== one\n===== tw", "o\n===== three\n"}
		_, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(strings.Split(r.said(), "\n")).To(ContainElements("===== one", "===== two", "===== three"))
	})

	It("follows through an Ops Manager that does not answer for a while", func(ctx SpecContext) {
		r := newRig(asked, act{Post: true}, act{Look: 3}, act{Kill: true})
		r.failing["installation"], r.failing["logs"], r.failing["deployed"] = 3, 4, 2
		outcome, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.Status).To(Equal("succeeded"))
		Expect(r.shownLog()).To(Equal(strings.Join(logLines(12), "")))
	})

	It("judges without the end of the log when that cannot be read", func(ctx SpecContext) {
		r := newRig(asked, act{Post: true}, act{Look: 3}, act{Kill: true})
		r.failing["logs"] = -1
		outcome, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.Status).To(Equal("succeeded"))
		Expect(r.said()).To(ContainSubstring("the log of installation 2 cannot be read just now: 502 Bad Gateway"))
	})

	It("gives up on an Ops Manager that never answers again, and names the installation", func(ctx SpecContext) {
		r := newRig(asked, act{Post: true}, act{Look: 3}, act{Kill: true})
		r.failing["installation"] = -1
		r.flyFrom("does not give the status")
		r.req.Poll, r.req.Heartbeat = time.Minute, time.Hour
		_, err := r.run(ctx)
		Expect(err).To(MatchError(And(ContainSubstring("installation 2"), ContainSubstring("for 30m0s"), ContainSubstring("502 Bad Gateway"))))
	})

	It("leaves alone an installation that no longer gets on, and starts nothing", func(ctx SpecContext) {
		r := newRig(asked, act{Post: true}, act{Look: 3}, act{Kill: true})
		r.plan.never = true
		r.flyFrom("following it ourselves")
		r.req.Poll, r.req.Heartbeat = time.Minute, 10*time.Minute
		_, err := r.run(ctx)
		var stuck *apply.StuckError
		Expect(errors.As(err, &stuck)).To(BeTrue(), "%v", err)
		Expect(stuck.ID).To(Equal(2))
		Expect(err).To(MatchError(And(ContainSubstring("installation 2 is left alone"), ContainSubstring("for 6h"))))
		Expect(r.ids()).To(Equal([]int{1, 2}))
	})
})

var _ = Describe("om starting nothing", func() {
	It("says in one line what Ops Manager had against it", func(ctx SpecContext) {
		r := newRig(asked, act{Complain: "2026/05/04 10:00:00 installation failed to trigger: request failed: unexpected response from /api/v0/installations:\n" +
			"HTTP/1.1 422 Unprocessable Entity\r\nSet-Cookie: session=baked\r\n\r\n" +
			`{"errors":["TAS is not configured for planted-\"pass\\word"],"deployment_errors":{"products":[{"identifier":"cf"}]}}` + "\nTip: try it\n"}, act{Exit: 1})
		_, err := r.run(ctx)
		var notStarted *apply.NotStartedError
		Expect(errors.As(err, &notStarted)).To(BeTrue(), "%v", err)
		Expect(err).To(MatchError("om started no installation: installation failed to trigger: request failed: unexpected response from /api/v0/installations: " +
			"HTTP 422 Unprocessable Entity: cf; TAS is not configured for [redacted] Tip: try it (exit status 1)"))
		Expect(r.ids()).To(Equal([]int{1}))
	})

	It("says that the recreate flags stay staged", func(ctx SpecContext) {
		r := newRig(act{Say: "setting director to recreate all vms (available in Ops Manager 2.9+)\n"}, asked,
			act{Complain: "installation failed to trigger: EOF\n"}, act{Exit: 1})
		r.req.RecreateVMs = true
		_, err := r.run(ctx)
		Expect(err).To(MatchError(And(ContainSubstring("failed to trigger: EOF"), ContainSubstring("recreate flags were staged all the same"))))
	})

	It("says so also when om only died on the answer to staging them", func(ctx SpecContext) {
		r := newRig(act{Complain: "could not set director to recreate VMS: HTTP 207\n"}, act{Exit: 1})
		r.req.RecreateVMs = true
		_, err := r.run(ctx)
		Expect(err).To(MatchError(ContainSubstring("recreate flags were staged all the same")))
	})

	It("does not talk of recreate flags when om died before", func(ctx SpecContext) {
		r := newRig(act{Complain: "token could not be retrieved\n"}, act{Exit: 1})
		r.req.RecreateVMs = true
		_, err := r.run(ctx)
		Expect(err).To(MatchError("om started no installation: token could not be retrieved (exit status 1)"))
	})

	It("names an om that is not there", func(ctx SpecContext) {
		r := newRig()
		r.deps.Om.Path = "/no/such/om"
		_, err := r.run(ctx)
		Expect(err).To(MatchError(ContainSubstring("the om binary was not found")))
	})
})
