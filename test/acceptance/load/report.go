package load

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// figure is one that Concourse tells.
type figure struct{ name, what string }

var (
	gauges = []figure{
		{"concourse_builds_running", "builds running"},
		{"concourse_builds_check_running", "checks running"},
		{"concourse_steps_waiting", "steps waiting for a worker"},
		{"concourse_jobs_scheduling", "jobs being scheduled"},
		{"concourse_db_connections", "connections to the database"},
	}
	counters = []figure{
		{"concourse_lidar_checks_started_total", "checks started"},
		{"concourse_lidar_checks_finished_total{success}", "checks that succeeded"},
		{"concourse_lidar_checks_finished_total{error}", "checks that did not"},
		{"concourse_db_queries_total", "queries of the database"},
	}
)

// End ends the looking, and gives what was seen as a table.
func (l *Load) End() string {
	GinkgoHelper()
	took := time.Since(l.began)
	l.stop()
	l.all.Wait()
	after, err := takeAccount(context.Background(), l.metrics)
	Expect(err).NotTo(HaveOccurred())
	Expect(l.failed).To(BeNumerically("<", max(l.looks, 1)), "no look at the machine succeeded: %v", l.last)
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	row := func(what, format string, values ...any) { fmt.Fprintf(table, what+"\t"+format+"\n", values...) }
	row("looked at for", "%.0f s on %d processors", took.Seconds(), runtime.NumCPU())
	spent := func(what string, before, after time.Duration) {
		row(what, "%.1f s, %.0f %% of the machine", (after - before).Seconds(), 100*(after-before).Seconds()/took.Seconds()/float64(runtime.NumCPU()))
	}
	b, a := l.before, after
	spent("processor time of the whole machine", b.machine, a.machine)
	spent("  of others on the machine", b.machine-b.rig, a.machine-a.rig)
	spent("  of the rig", b.rig, a.rig)
	spent("    containers: the steps' and checks' programs", b.containers, a.containers)
	spent("    worker, containerd, runc", b.worker-b.containers, a.worker-a.containers)
	spent("    web node", b.web, a.web)
	spent("    simulators and scenario", b.self, a.self)
	spent("    PostgreSQL, registry, and the rest", b.rig-b.worker-b.web-b.self, a.rig-a.worker-a.web-a.self)
	row("looks, and of them failed", "%d, %d", l.looks, l.failed)
	for _, name := range []string{loadAverage, memory, containers} {
		row(name+", at most", "%.1f", l.most[name])
	}
	for _, gauge := range gauges {
		row(gauge.what+", at most", "%.0f", l.most[gauge.name])
	}
	for _, counter := range counters {
		n := a.concourse[counter.name] - b.concourse[counter.name]
		row(counter.what, "%.0f, %.2f a second", n, n/took.Seconds())
	}
	_ = table.Flush() // into a builder
	return text.String()
}
