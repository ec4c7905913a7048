package apply_test

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"

	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/apply"
	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

var _ = Describe("another attempt", func() {
	failing := plan{lines: logLines(2), status: "failed", products: map[string]string{"cf-1": "failed"}}

	It("is refused when the question has another answer by then", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		r.plan, r.req.Attempts = failing, 3
		r.req.Needed = func(context.Context) (apply.Need, error) {
			if len(r.ids()) > 1 {
				return apply.Need{}, &apply.RefusedError{Sentence: "refused: the trust is not deployed", Reason: rotation.ReasonTooEarly}
			}
			return apply.Need{Apply: true, Why: "a spec wants it"}, nil
		}
		_, err := r.run(ctx)
		Expect(err).To(MatchError("refused: the trust is not deployed"))
		Expect(r.ids()).To(Equal([]int{1, 2}))
	})

	It("is none when another operator's apply has done it by then", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		r.plan, r.req.Attempts, r.req.LeaveStaged = failing, 3, true
		r.req.Needed = func(context.Context) (apply.Need, error) {
			return apply.Need{Apply: len(r.ids()) == 1, Why: "the candidate is trusted everywhere"}, nil
		}
		outcome, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.NothingToDo).To(BeTrue())
		Expect(r.ids()).To(Equal([]int{1, 2}))
	})

	It("is made although what failed no longer shows as staged", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		r.plan, r.req.Attempts = failing, 2
		r.next = &plan{lines: logLines(2)}
		r.when(ctx, "trying again", func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.pending = nil
		})
		r.req.Needed = func(context.Context) (apply.Need, error) {
			// Not before what was staged is gone.
			for len(r.ids()) > 1 && ctx.Err() == nil {
				r.mu.Lock()
				gone := r.pending == nil
				r.mu.Unlock()
				if gone {
					break
				}
			}
			return apply.Need{Why: "the rotation is settled"}, nil
		}
		outcome, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.ID).To(Equal(3))
	})
})

var _ = Describe("a record that says running and is dead", func() {
	It("is not waited for when a newer installation has outlived it", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		r.dead = true
		r.foreign.never = true
		r.add("bob", r.foreign)
		r.add("admin", plan{})
		r.finish(3)
		r.req.StuckAfter = 24 * time.Hour
		outcome, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.ID).To(Equal(4))
		Expect(outcome.WaitedFor).To(BeEmpty())
		Expect(strings.Count(r.said(), "installation 2 (started by bob) is listed as running and is dead (installation 3, which is newer, has ended): going on")).To(Equal(1))
	})

	It("is not waited for when Ops Manager denies it twice", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		r.dead, r.foreign.never, r.denies = true, true, []bool{true}
		r.add("bob", r.foreign)
		outcome, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.ID).To(Equal(3))
		Expect(strings.Count(r.said(), "is dead (Ops Manager's own log says that no installation is in progress): going on")).To(Equal(1))
	})

	It("is waited for when Ops Manager denies it once, as just before it begins", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		r.denies = []bool{true, false}
		r.add("bob", r.foreign)
		outcome, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.WaitedFor).To(Equal([]int{2}))
	})

	It("is asked for again when it stands still", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		r.dead, r.foreign.never, r.denies = true, true, []bool{false, true}
		r.add("bob", r.foreign)
		r.flyFrom("runs already")
		r.req.Poll, r.req.Heartbeat = time.Minute, time.Hour
		outcome, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.ID).To(Equal(3))
	})

	It("still hinders om where it is the newest: what helps is said", func(ctx SpecContext) {
		r := newRig(act{Complain: "apply changes is already running, use \"--reattach\" to enable reattaching\n"}, act{Exit: 1})
		r.foreign.never, r.denies = true, []bool{true}
		r.add("bob", r.foreign)
		_, err := r.run(ctx)
		Expect(err).To(MatchError(And(ContainSubstring("om starts none while the newest record, installation 2, says that it runs"), ContainSubstring("press Apply Changes once"))))
	})
})

var _ = Describe("our installation", func() {
	DescribeTable("is known although Ops Manager calls our user by another name",
		func(ctx SpecContext, acts ...act) {
			r := newRig(acts...)
			r.user = "ldap:cn=admin"
			outcome, err := r.run(ctx)
			Expect(err).NotTo(HaveOccurred())
			Expect(outcome.ID).To(Equal(2))
			Expect(r.ids()).To(Equal([]int{1, 2}), "no second installation")
			Expect(outcome.Applied).To(Equal(&evidence.Applied{Installation: 2, Errands: map[string][]string{}}))
		},
		Entry("by om's success", wholeRun[0], wholeRun[1], wholeRun[2]),
		Entry("by the log that om has shown", asked, act{Post: true}, act{Look: 3}, act{Kill: true}),
		Entry("by the path that om complains of", asked, act{Post: true},
			act{Complain: "2026/05/04 10:00:00 installation failed to get status after 3 attempts: request failed: unexpected response from /api/v0/installations/2:\nHTTP/1.1 502 Bad Gateway\r\n\r\n"}, act{Exit: 1}),
	)

	It("is told by its log from another that came first", func(ctx SpecContext) {
		r := newRig(asked, act{Post: true}, act{Look: 3}, act{Kill: true})
		r.user = "ldap:cn=admin"
		r.plan.lines = []string{"===== ours\n", "===== ours too\n", "===== ours at last\n"}
		r.when(ctx, "===== ours too", func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.add("bob", plan{lines: logLines(2)})
		})
		outcome, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.ID).To(Equal(2))
	})

	It("is no evidence where it is ours by the name alone", func(ctx SpecContext) {
		r := newRig(asked, act{Post: true, Lose: true})
		outcome, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.ID).To(Equal(2))
		Expect(outcome.Applied).To(BeNil())
	})

	It("leaves behind the errands that it forced", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		r.deps.Errands, r.req.ServiceErrands = services{}, true
		outcome, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.Applied).To(Equal(&evidence.Applied{Installation: 2, Errands: map[string][]string{"mysql-1": {"upgrade-all-service-instances"}}}))
	})

	It("leaves nothing behind when it failed", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		r.plan.status = "failed"
		outcome, err := r.run(ctx)
		Expect(err).To(HaveOccurred())
		Expect(outcome.Applied).To(BeNil())
	})
})

var _ = Describe("an Ops Manager that does not answer om's first requests", func() {
	DescribeTable("is asked again",
		func(ctx SpecContext, complaint string, acts ...act) {
			r := newRig(append(acts, act{Unless: 2, Complain: complaint}, asked, act{Post: true}, act{Look: -1})...)
			outcome, err := r.run(ctx)
			Expect(err).NotTo(HaveOccurred())
			Expect(outcome.ID).To(Equal(2))
			Expect(r.oms()).To(HaveLen(3))
			Expect(strings.Count(r.said(), "starting om again")).To(Equal(2))
		},
		Entry("for the token", "token could not be retrieved from target url: oauth2: cannot fetch token: 502 Bad Gateway"),
		Entry("for the connection", "could not check for any already running installation: could not make api request to installations endpoint: dial tcp 10.0.0.1:443: connect: connection refused"),
		Entry("for the products, which om asks for after it says that it applies", "installation failed to trigger: failed to list staged and/or deployed products: could not make request to staged-products endpoint: EOF", asked),
	)

	DescribeTable("is not asked again for ever, nor where that is of no use",
		func(ctx SpecContext, complaint string, oms int) {
			r := newRig(act{Unless: 99, Complain: complaint})
			_, err := r.run(ctx)
			var notStarted *apply.NotStartedError
			Expect(errors.As(err, &notStarted)).To(BeTrue(), "%v", err)
			Expect(r.oms()).To(HaveLen(oms))
		},
		Entry("502 again and again", "could not check for any already running installation: HTTP 502 Bad Gateway", 6),
		Entry("a wrong password", "token could not be retrieved from target url: oauth2: cannot fetch token: 401 Unauthorized", 1),
	)
})

var _ = Describe("an output whose reader is gone", func() {
	It("does not end a running apply", func(ctx SpecContext) {
		reader, writer, err := os.Pipe()
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(writer.Close)
		Expect(reader.Close()).To(Succeed())
		r := newRig(wholeRun...)
		r.deps.Console = console.New(writer, console.Options{Color: console.ColorNever})
		r.plan.lines = []string{"===== " + strings.Repeat("a", 300_000) + "\n", "===== b\n", "===== c\n"}
		outcome, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.Status).To(Equal("succeeded"))
		Expect(outcome.Followed).To(Equal(apply.FollowedByOm))
	})

	It("does not end the program, its standard output or not", func(ctx SpecContext) {
		reader, writer, err := os.Pipe()
		Expect(err).NotTo(HaveOccurred())
		self, err := os.Executable()
		Expect(err).NotTo(HaveOccurred())
		child := exec.CommandContext(ctx, self)
		child.Env, child.Stdout = append(os.Environ(), "WRITES_TO_CLOSED_PIPE=1"), writer
		Expect(child.Start()).To(Succeed())
		Expect(writer.Close()).To(Succeed())
		_, _ = io.ReadFull(reader, make([]byte, 2))
		Expect(reader.Close()).To(Succeed())
		Expect(child.Wait()).To(Succeed())
	})
})
