package workers_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/test/workers"
)

func TestWorkers(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Workers")
}

var _ = Describe("Each", func() {
	items := []int{1, 2, 3, 4, 5}
	double := func(_ context.Context, n int) (int, error) { return 2 * n, nil }

	It("sees every result once", func(ctx SpecContext) {
		var seen []int
		Expect(workers.Each(ctx, 2, slices.Values(items), double, func(n int) { seen = append(seen, n) })).To(Succeed())
		Expect(seen).To(ConsistOf(2, 4, 6, 8, 10))
	})

	It("ends with the first error, and sees nothing of that item", func(ctx SpecContext) {
		broken := errors.New("broken")
		var seen []int
		err := workers.Each(ctx, 1, slices.Values(items), func(_ context.Context, n int) (int, error) {
			if n == 2 {
				return 0, broken
			}
			return n, nil
		}, func(n int) { seen = append(seen, n) })
		Expect(err).To(MatchError(broken))
		Expect(seen).To(Equal([]int{1}))
	})

	It("ends with its context", func(ctx SpecContext) {
		ended, cancel := context.WithCancel(ctx)
		cancel()
		Expect(workers.Each(ended, 1, slices.Values(items), func(ctx context.Context, _ int) (int, error) { return 0, ctx.Err() }, func(int) {})).To(MatchError(context.Canceled))
	})
})
