package apply_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/apply"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

var _ = Describe("the real om", func() {
	DescribeTable("applies all changes",
		func(ctx SpecContext, o sim.Options, change func(*apply.Request)) {
			s := newStage(ctx, o)
			change(&s.req)
			outcome, err := s.run(ctx)
			Expect(err).NotTo(HaveOccurred())
			Expect(outcome.Followed).To(Equal(apply.FollowedByOm))
			Expect(outcome.Status).To(Equal("succeeded"))
			Expect(outcome.ID).To(Equal(s.installations(ctx).Highest()))
			Expect(len(outcome.Products)).To(BeNumerically(">", 2))
			for _, p := range outcome.Products {
				Expect(p.Reached()).To(BeTrue(), p.Name)
			}
			Expect(outcome.Duration).To(BeNumerically(">", 0))
			s.expectWholeLog(ctx, outcome.ID)
			Expect(string(s.out.Contents())).NotTo(ContainSubstring("planted"))
		},
		Entry("plain", sim.Options{}, func(*apply.Request) {}),
		Entry("on 2.10", sim.Options{Version: "2.10.63-build.1"}, func(*apply.Request) {}),
		Entry("recreating every VM", sim.Options{}, func(r *apply.Request) { r.RecreateVMs = true }),
		Entry("with the latest variables, past warnings", sim.Options{Version: "3.0.25-build.1261"}, func(r *apply.Request) { r.ForceLatestVariables, r.IgnoreWarnings = true, true }),
	)

	It("works as a UAA client", func(ctx SpecContext) {
		s := newStage(ctx, sim.Options{})
		s.deps.Om.Username, s.deps.Om.Password = "", ""
		s.deps.Om.ClientID, s.deps.Om.ClientSecret = "concourse", "concourse-secret"
		outcome, err := s.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.Status).To(Equal("succeeded"))
	})

	It("runs the errands that its configuration names", func(ctx SpecContext) {
		s := newStage(ctx, sim.Options{})
		s.req.ErrandsFile = filepath.Join(s.dir, "errands.yml")
		Expect(os.WriteFile(s.req.ErrandsFile, []byte("errands: {cf: {run_post_deploy: {smoke_tests: false, push-usage-service: true}}}"), 0o600)).To(Succeed())
		_, err := s.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(string(s.out.Contents())).To(And(ContainSubstring("run-errand push-usage-service"), Not(ContainSubstring("run-errand smoke_tests"))))
	})

	It("runs the errands before the deletion of a tile", func(ctx SpecContext) {
		leaving := sim.ServiceTile("p.redis", "Redis", "3.5.0", 1, sim.Job{Name: "broker", Instances: 1}, sim.Job{Name: "redis", Instances: 1})
		leaving.StagedForDeletion = true
		s := newStage(ctx, sim.Options{Tiles: append(slices.Clone(smallTiles), leaving)})
		s.req.ErrandsFile = filepath.Join(s.dir, "errands.yml")
		Expect(os.WriteFile(s.req.ErrandsFile, []byte(`{"errands": {"p.redis": {"run_pre_delete": {"delete-all-service-instances": true}}}}`), 0o600)).To(Succeed())
		_, err := s.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(string(s.out.Contents())).To(ContainSubstring("run-errand delete-all-service-instances"))
	})

	It("waits for an installation of another operator, then runs ours", func(ctx SpecContext) {
		s := newStage(ctx, slowly)
		Expect(s.Operator(sim.Action{Do: "apply"})).To(Succeed())
		theirs := s.installations(ctx).Highest()
		outcome, err := s.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.WaitedFor).To(Equal([]int{theirs}))
		Expect(outcome.ID).To(Equal(theirs + 1))
		s.expectWholeLog(ctx, outcome.ID)
	})

	It("is started again when another operator's installation began during its POST", func(ctx SpecContext) {
		s := newStage(ctx, slowly)
		held := s.fault(faults.Fault{Method: "POST", Path: "/api/v0/installations", Effect: faults.HoldBefore})
		raced := make(chan error, 1)
		go func() {
			raced <- errors.Join(s.WaitStruck(ctx, held, 1), s.Operator(sim.Action{Do: "apply"}), s.Release(held))
		}()
		before := s.installations(ctx).Highest()
		outcome, err := s.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(<-raced).To(Succeed())
		Expect(outcome.ID).To(Equal(before + 2))
		Expect(string(s.out.Contents())).To(ContainSubstring("another installation was started just before ours"))
		ours, _ := s.installations(ctx).Find(outcome.ID)
		Expect(ours.User).To(Equal("admin"))
	})

	DescribeTable("dying while its installation runs loses nothing of the log",
		func(ctx SpecContext, die func(context.Context, *stage)) {
			s := newStage(ctx, slowly)
			before := s.installations(ctx).Highest()
			die(ctx, s)
			outcome, err := s.run(ctx)
			Expect(err).NotTo(HaveOccurred())
			Expect(outcome.Followed).To(Equal(apply.FollowedByClient))
			Expect(outcome.ID).To(Equal(before + 1))
			Expect(s.installations(ctx).Highest()).To(Equal(before+1), "no second installation")
			s.expectWholeLog(ctx, outcome.ID)
		},
		Entry("SIGKILL as soon as a VM is updated", func(ctx context.Context, s *stage) {
			s.when(ctx, "Updating instance", func() { s.signalOm(syscall.SIGKILL) })
		}),
		Entry("SIGTERM by another process, later", func(ctx context.Context, s *stage) {
			s.when(ctx, "Installing TAS", func() { s.signalOm(syscall.SIGTERM) })
		}),
		Entry("one failed GET of the log", func(_ context.Context, s *stage) {
			s.fault(faults.Fault{Method: "GET", Path: "/api/v0/installations/*/logs", Skip: 1, Effect: faults.Answer, Status: 502})
		}),
		Entry("one log cut off", func(_ context.Context, s *stage) {
			s.fault(faults.Fault{Method: "GET", Path: "/api/v0/installations/*/logs", Skip: 1, Effect: faults.Truncate})
		}),
		Entry("the answer to its POST lost", func(_ context.Context, s *stage) {
			s.fault(faults.Fault{Method: "POST", Path: "/api/v0/installations", Effect: faults.CloseAfter})
		}),
	)

	It("starting nothing is said with Ops Manager's words", func(ctx SpecContext) {
		s := newStage(ctx, sim.Options{})
		before := s.installations(ctx).Highest()
		s.req.RecreateVMs = true
		s.fault(faults.Fault{Method: "POST", Path: "/api/v0/installations", Effect: faults.Answer, Status: 422, Body: `{"errors":["TAS is not configured"]}`})
		_, err := s.run(ctx)
		var notStarted *apply.NotStartedError
		Expect(errors.As(err, &notStarted)).To(BeTrue(), "%v", err)
		Expect(notStarted.Recreate).To(BeTrue())
		Expect(err).To(MatchError(And(ContainSubstring("HTTP 422 Unprocessable Entity: TAS is not configured Tip:"), Not(ContainSubstring("\n")))))
		Expect(s.installations(ctx).Highest()).To(Equal(before))
	})

	It("failing on a product is judged by name, and tried again only when asked", func(ctx SpecContext) {
		s := newStage(ctx, sim.Options{})
		s.fault(faults.Fault{Effect: faults.FailProduct, Product: "cf"})
		outcome, err := s.run(ctx)
		var failed *apply.FailedError
		Expect(errors.As(err, &failed)).To(BeTrue(), "%v", err)
		Expect(err).To(MatchError(And(ContainSubstring(fmt.Sprintf("installation %d ended as failed", outcome.ID)), ContainSubstring("(failed)"), ContainSubstring("(skipped)"))))
		s.expectWholeLog(ctx, outcome.ID)

		s.fault(faults.Fault{Effect: faults.FailProduct, Product: "cf"})
		s.req.Attempts = 2
		outcome, err = s.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.Attempts).To(Equal(2))
	})

	It("is stopped by SIGTERM, its installation is not", func(ctx SpecContext) {
		s := newStage(ctx, slowly)
		interrupted, cancel := context.WithCancel(ctx)
		defer cancel()
		s.when(ctx, "Updating instance", cancel)
		_, err := s.run(interrupted)
		var stopped *apply.InterruptedError
		Expect(errors.As(err, &stopped)).To(BeTrue(), "%v", err)
		running := s.installations(ctx).Running()
		Expect(running).To(HaveLen(1))
		Expect(stopped.ID).To(Equal(running[0].ID))

		outcome, err := s.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.WaitedFor).To(Equal([]int{stopped.ID}))
	})

	It("is not started when there is nothing to do", func(ctx SpecContext) {
		s := newStage(ctx, sim.Options{})
		s.req.Needed = nil
		outcome, err := s.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.NothingToDo).To(BeTrue())
		Expect(filepath.Join(s.dir, "pid")).NotTo(BeAnExistingFile())
	})
})
