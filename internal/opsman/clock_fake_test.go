package opsman_test

import (
	"context"
	"log/slog"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

// clock is moved only by sleeping.
type clock struct {
	mu     sync.Mutex
	at     time.Time
	sleeps []time.Duration
}

func newClock() *clock { return &clock{at: time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
	c.sleeps = append(c.sleeps, d)
	return ctx.Err()
}

func (c *clock) slept() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]time.Duration(nil), c.sleeps...)
}

func (c *clock) total() (sum time.Duration) {
	for _, d := range c.slept() {
		sum += d
	}
	return sum
}

// rig is a client, its clock and what it logs.
type rig struct {
	*opsman.Client
	clock *clock
	log   *gbytes.Buffer
}

func connect(cfg opsman.Config) rig {
	GinkgoHelper()
	r := rig{clock: newClock(), log: gbytes.NewBuffer()}
	var err error
	r.Client, err = opsman.New(cfg,
		opsman.WithClock(r.clock.now),
		opsman.WithSleep(r.clock.sleep),
		opsman.WithUserAgent("opsman-ca/test"),
		opsman.WithLogger(slog.New(slog.NewJSONHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(r.Close)
	return r
}
