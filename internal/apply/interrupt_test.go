package apply_test

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/apply"
)

var _ = Describe("SIGTERM", func() {
	DescribeTable("stops om, leaves the installation alone, and names it",
		func(ctx SpecContext, at string, wanted apply.InterruptedError, acts ...act) {
			r := newRig(acts...)
			r.plan.never = true
			outcome, err := r.run(r.interruptedAt(ctx, at))
			outcome.Say(r.deps.Console)
			Expect(r.said()).NotTo(Or(ContainSubstring("of 0 products"), ContainSubstring("Product")))
			var interrupted *apply.InterruptedError
			Expect(errors.As(err, &interrupted)).To(BeTrue(), "%v", err)
			Expect(interrupted.ID).To(Equal(wanted.ID))
			Expect(interrupted.Ours).To(Equal(wanted.Ours))
			Expect(interrupted.Unsure).To(Equal(wanted.Unsure))
			Expect(errors.Is(err, context.Canceled)).To(BeTrue())
			Expect(err).To(MatchError(ContainSubstring("apply changes again")))
			if wanted.ID != 0 {
				Expect(err).To(MatchError(ContainSubstring("installation 2 goes on in Ops Manager, untouched")))
				Expect(r.at(2).Status).To(Equal("running"))
			}
		},
		Entry("while om follows", "line 3", apply.InterruptedError{ID: 2, Ours: true}, asked, act{Post: true}, act{Look: -1}),
		Entry("while om hangs", "is ours", apply.InterruptedError{ID: 2, Ours: true}, asked, act{Post: true}, act{Hang: true}),
		Entry("while we follow", "following it ourselves", apply.InterruptedError{ID: 2, Ours: true}, asked, act{Post: true}, act{Kill: true}),
		Entry("while om asks", "attempting", apply.InterruptedError{Unsure: true}, asked, act{Hang: true}),
		Entry("before om asks", "looking", apply.InterruptedError{}, act{Say: "looking around\n"}, act{Hang: true}),
	)

	It("leaves no om behind", func(ctx SpecContext) {
		r := newRig(asked, act{Post: true}, act{Say: "pid {pid}\n"}, act{Hang: true})
		r.plan.never = true
		_, err := r.run(r.interruptedAt(ctx, "pid "))
		Expect(err).To(HaveOccurred())
		_, after, _ := strings.Cut(r.said(), "pid ")
		pid, err := strconv.Atoi(strings.Fields(after)[0])
		Expect(err).NotTo(HaveOccurred())
		Expect(pid).NotTo(Equal(os.Getpid()))
		Expect(syscall.Kill(pid, 0)).To(MatchError(syscall.ESRCH))
	})
})
