package apply_test

import (
	"context"
	"errors"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/apply"
)

var _ = Describe("an installation that runs already", func() {
	It("is waited for, and ours is run after it", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		r.add("bob", r.foreign)
		outcome, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.ID).To(Equal(3))
		Expect(outcome.WaitedFor).To(Equal([]int{2}))
		Expect(r.said()).To(ContainSubstring("installation 2 (started by bob) runs already: waiting for it to end"))
		Expect(r.shownLog()).To(Equal(strings.Join(logLines(12), "")))
	})

	It("may have done what was outstanding", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		r.add("bob", r.foreign)
		r.pending = nil
		r.req.Needed = func(context.Context) (apply.Need, error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			return apply.Need{Apply: r.running(), Why: "the candidate is trusted everywhere"}, nil
		}
		outcome, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.NothingToDo).To(BeTrue())
		Expect(r.ids()).To(Equal([]int{1, 2}))
	})

	It("is not waited for longer than asked", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		r.foreign.never = true
		r.add("bob", r.foreign)
		r.flyFrom("runs already")
		r.req.Poll, r.req.Heartbeat, r.req.WaitFor = time.Minute, 10*time.Minute, 2*time.Hour
		_, err := r.run(ctx)
		Expect(err).To(MatchError(And(ContainSubstring("installation 2 is left alone and nothing was started"), ContainSubstring("after waiting 2h00m"))))
		Expect(r.said()).To(MatchRegexp(`⋯ 1h\d\dm  waiting for installation 2 \(started by bob\): \d of 3 products done`))
		Expect(r.oms()).To(BeEmpty())
	})

	It("is named when it no longer gets on", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		r.foreign.never = true
		r.add("bob", r.foreign)
		r.flyFrom("runs already")
		r.req.Poll, r.req.Heartbeat, r.req.WaitFor, r.req.StuckAfter = time.Minute, 10*time.Minute, 20*time.Hour, 2*time.Hour
		_, err := r.run(ctx)
		Expect(err).To(MatchError(And(ContainSubstring("installation 2"), ContainSubstring("has not grown and no product has got on for 2h00m"), ContainSubstring("name it as one to ignore"))))
		Expect(r.oms()).To(BeEmpty())
	})

	It("can be ignored by its id when it is a dead record", func(ctx SpecContext) {
		r := newRig(asked, act{Complain: "would have gone on\n"}, act{Exit: 1})
		r.foreign.never = true
		r.add("bob", r.foreign)
		r.req.IgnoreInstallations = []int{2}
		_, err := r.run(ctx)
		Expect(err).To(MatchError(ContainSubstring("would have gone on")))
		Expect(r.said()).NotTo(ContainSubstring("to ignore"))
		Expect(r.oms()).To(HaveLen(1))
	})

	It("that is to be ignored and does not run is warned of", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		r.add("bob", r.foreign)
		r.req.IgnoreInstallations = []int{99, 1}
		_, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(strings.Count(r.said(), "there is no running installation 99 to ignore; those that run: 2 (started by bob)")).To(Equal(1))
		Expect(r.said()).To(ContainSubstring("there is no running installation 1 to ignore"))
	})

	It("that is to be ignored and does not run, with none that does", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		r.req.IgnoreInstallations = []int{99}
		_, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(r.said()).To(ContainSubstring("no running installation 99 to ignore; those that run: none"))
	})

	DescribeTable("wins the race for the turn: it is waited for, then ours is started again",
		func(ctx SpecContext, user string) {
			r := newRig(act{Foreign: user}, asked, act{Post: true}, act{Look: -1})
			r.foreign.never = true
			r.when(ctx, "runs already", func() {
				r.mu.Lock()
				defer r.mu.Unlock()
				r.finish(2)
			})
			outcome, err := r.run(ctx)
			Expect(err).NotTo(HaveOccurred())
			Expect(outcome.WaitedFor).To(Equal([]int{2}))
			Expect(outcome.ID).To(Equal(3), "the other's installation is not taken for ours")
			Expect(r.said()).To(ContainSubstring("just before ours"))
		},
		Entry("started by another user", "bob"),
		Entry("started by another run with our own user", "admin"),
	)

	It("stops nothing from failing clearly: history that cannot be read starts nothing", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		r.failing["installations"] = -1
		_, err := r.run(ctx)
		Expect(err).To(MatchError("cannot tell whether an installation runs, so nothing was started: 502 Bad Gateway"))
		Expect(r.oms()).To(BeEmpty())
	})

	It("interrupted waiting names it and starts nothing", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		r.foreign.never = true
		r.add("bob", r.foreign)
		_, err := r.run(r.interruptedAt(ctx, "runs already"))
		var interrupted *apply.InterruptedError
		Expect(errors.As(err, &interrupted)).To(BeTrue(), "%v", err)
		Expect(interrupted.ID).To(Equal(2))
		Expect(interrupted.Ours).To(BeFalse())
		Expect(errors.Is(err, context.Canceled)).To(BeTrue())
		Expect(r.oms()).To(BeEmpty())
	})
})
