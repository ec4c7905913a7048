package apply_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/apply"
)

var _ = Describe("the verdict", func() {
	DescribeTable("is failure unless the installation succeeded and reached every deployed product",
		func(ctx SpecContext, ends plan, text string) {
			r := newRig(wholeRun...)
			ends.lines = logLines(5)
			r.plan = ends
			outcome, err := r.run(ctx)
			var failed *apply.FailedError
			Expect(errors.As(err, &failed)).To(BeTrue(), "%v", err)
			Expect(err).To(MatchError(ContainSubstring(text)))
			Expect(err).To(MatchError(And(ContainSubstring("installation 2"), ContainSubstring("apply changes again"))))
			Expect(outcome.ID).To(Equal(2))
			Expect(outcome.Products).To(HaveLen(3))
		},
		Entry("failed, with a product that failed and one that was skipped",
			plan{status: "failed", products: map[string]string{"cf-1": "failed", "mysql-1": "skipped"}}, "ended as failed (not deployed: TAS (failed), MySQL (skipped))"),
		Entry("failed although every product was reached, as a failing errand leaves it", plan{status: "failed"}, "ended as failed"),
		Entry("succeeded with a pending product", plan{products: map[string]string{"cf-1": "pending"}}, "calls itself succeeded but did not reach every product (not deployed: TAS (pending))"),
		Entry("succeeded with a skipped product", plan{products: map[string]string{"mysql-1": "skipped"}}, "MySQL (skipped)"),
		Entry("succeeded without naming a product, as a selective deploy does", plan{products: map[string]string{"mysql-1": ""}}, "MySQL (not covered)"),
	)

	It("is asked for again only as often as wanted", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		r.plan = plan{lines: logLines(2), status: "failed", products: map[string]string{"cf-1": "failed"}}
		r.req.Attempts = 3
		outcome, err := r.run(ctx)
		Expect(err).To(MatchError(ContainSubstring("installation 4")))
		Expect(outcome.Attempts).To(Equal(3))
		Expect(r.ids()).To(Equal([]int{1, 2, 3, 4}))
	})

	It("is not asked for again once it is good", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		r.plan = plan{lines: logLines(2), status: "failed", products: map[string]string{"cf-1": "failed"}}
		r.req.Attempts = 3
		r.next = &plan{lines: logLines(2)}
		outcome, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.ID).To(Equal(3))
		Expect(outcome.Attempts).To(Equal(2))
	})
})

var _ = Describe("a selective deploy", func() {
	DescribeTable("is none where a variable says nothing", func(ctx SpecContext, value string) {
		r := newRig(wholeRun...)
		r.deps.Environ = append(r.deps.Environ, "SELECTIVE_DEPLOY_PRODUCTS="+value)
		_, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
	},
		Entry(nil, ""), Entry(nil, "false"), Entry("an empty list, as Concourse gives it", "[]"),
	)

	DescribeTable("is refused, by a request as by a variable",
		func(ctx SpecContext, product, environ, text string) {
			r := newRig(wholeRun...)
			if product != "" {
				r.req.Products = []string{product}
			}
			r.deps.Environ = append(r.deps.Environ, environ)
			_, err := r.run(ctx)
			Expect(err).To(MatchError(And(ContainSubstring("a selective deploy is refused ("+text+")"), ContainSubstring("all products"))))
			Expect(r.oms()).To(BeEmpty())
		},
		Entry(nil, "cf", "X=y", "products cf"),
		Entry(nil, "", "OM_PRODUCT_NAME=cf", "the environment variable OM_PRODUCT_NAME"),
		Entry(nil, "", "PRODUCTS=cf", "the environment variable PRODUCTS"),
		Entry(nil, "", "SKIP_DEPLOY_PRODUCTS=true", "the environment variable SKIP_DEPLOY_PRODUCTS"),
		Entry(nil, "cf", "PRODUCTS=cf", "products cf and the environment variable PRODUCTS"),
	)

	It("is not seen where a variable says no", func(ctx SpecContext) {
		r := newRig(wholeRun...)
		r.deps.Environ = append(r.deps.Environ, "SKIP_DEPLOY_PRODUCTS=false", "PRODUCTS=")
		_, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
	})
})

var _ = Describe("what cannot be supervised", func() {
	It("is refused with every problem at once", func(ctx SpecContext) {
		_, err := apply.Run(ctx, apply.Request{Products: []string{"cf"}, Attempts: -1, Poll: -1}, apply.Deps{Om: apply.Om{Username: "u", Path: "/no/om"}})
		for _, problem := range []string{"selective deploy", "attempts is -1", `"poll" is negative`, "client and a console", "needs a target", "needs credentials", "binary was not found"} {
			Expect(err).To(MatchError(ContainSubstring(problem)))
		}
	})

	It("is refused with both kinds of credentials, of which om would pick one in silence", func(ctx SpecContext) {
		r := newRig()
		r.deps.Om.ClientID, r.deps.Om.ClientSecret = "ci", "s"
		_, err := r.run(ctx)
		Expect(err).To(MatchError(ContainSubstring("both a user and a client")))
	})
})

var _ = Describe("secrets", func() {
	It("never show, even when om and Ops Manager repeat them", func(ctx SpecContext) {
		quoted := `planted-\"pass\\word`
		r := newRig(asked, act{Post: true}, act{Look: 2}, act{Complain: "bad " + password + " and " + quoted + "\n"}, act{Exit: 1})
		r.plan.lines = []string{"===== a " + password + "\n", "===== b " + quoted + "\n", "===== c\n"}
		outcome, err := r.run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.Followed).To(Equal(apply.FollowedByClient))
		Expect(r.said()).NotTo(Or(ContainSubstring("pass\\word"), ContainSubstring("pass\\\\word")))
		Expect(r.shownLog()).To(Equal("===== a [redacted]\n===== b [redacted]\n===== c\n"))
	})

	It("are not part of what om is, however it is printed", func() {
		om := apply.Om{Username: "admin", Password: password, ClientSecret: "client-" + password}
		var log strings.Builder
		slog.New(slog.NewJSONHandler(&log, nil)).Info("om", "om", om, "password", om.Password)
		for _, text := range []string{fmt.Sprintf("%v", om), fmt.Sprintf("%+v", om), fmt.Sprintf("%#v", om), fmt.Sprintf("%s %q %x", om.Password, om.Password, om.Password), log.String()} {
			Expect(text).NotTo(Or(ContainSubstring("planted"), ContainSubstring("706c616e746564")))
			Expect(text).To(ContainSubstring("[redacted]"))
		}
	})
})
