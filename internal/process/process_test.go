package process_test

import (
	"context"
	"errors"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/process"
)

var _ = Describe("Sleep", func() {
	It("ends when its time is over", func(ctx SpecContext) {
		Expect(process.Sleep(ctx, time.Millisecond)).To(Succeed())
	})

	It("ends when its context does, and says why", func() {
		why := errors.New("SIGTERM")
		ctx, end := context.WithCancelCause(context.Background())
		end(why)
		Expect(process.Sleep(ctx, time.Hour)).To(MatchError(why))
	})
})

var _ = Describe("an Environment", func() {
	It("has the machine's clock unless it is given another one", func() {
		now := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
		e := process.WithClock(process.Environment{Now: func() time.Time { return now }})
		Expect(e.Now()).To(Equal(now))
		Expect(e.Sleep).NotTo(BeNil())
		Expect(process.WithClock(process.Environment{}).Now()).To(BeTemporally("~", time.Now(), time.Minute))
	})
})
