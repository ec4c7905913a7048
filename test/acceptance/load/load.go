// Package load tells what a Concourse and its machine had to do while something
// went on.
package load

import (
	"context"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Control groups below the rig's own: each worker's, and in it the containers'.
const (
	workers = "worker-*"
	garden  = workers + "/garden"
)

// interval is how often the machine is looked at. Concourse tells its own figures
// every ten seconds only.
const interval = time.Second

// Load is what is looked at until End.
type Load struct {
	metrics string
	began   time.Time
	before  account
	stop    context.CancelFunc
	all     sync.WaitGroup

	mu sync.Mutex
	// most is the highest that was seen of each figure.
	most map[string]float64
	// looks there were, failed of them by the last error: a web node with fifty
	// rotations may take its time, and one look more or less tells as much.
	looks, failed int
	last          error
}

// Begin begins to look. metrics is the URL of what Concourse tells Prometheus.
func Begin(metrics string) *Load {
	GinkgoHelper()
	before, err := takeAccount(context.Background(), metrics)
	Expect(err).NotTo(HaveOccurred())
	ctx, stop := context.WithCancel(context.Background())
	l := &Load{metrics: metrics, began: time.Now(), before: before, stop: stop, most: map[string]float64{}}
	l.all.Go(func() { l.look(ctx) })
	DeferCleanup(func() {
		stop()
		l.all.Wait()
	})
	return l
}

// look notes what is highest until ctx ends.
func (l *Load) look(ctx context.Context) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		now, err := sample(ctx, l.metrics)
		if ctx.Err() != nil {
			return
		}
		l.mu.Lock()
		l.looks++
		if err != nil {
			l.failed++
			l.last = err
		}
		for name, value := range now {
			l.most[name] = max(l.most[name], value)
		}
		l.mu.Unlock()
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
