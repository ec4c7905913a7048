package text

import (
	"fmt"
	"io"
	"runtime"

	"github.com/opsman-ca/opsman-ca/test/load/run"
	"github.com/opsman-ca/opsman-ca/test/load/tally"
)

// Benchmark writes each slice as a line of Go's benchmark format, for benchstat:
// ns/op is the time of the whole machine by process, not the wall time of one.
// What there is once for the whole run has a line of its own.
func Benchmark(w io.Writer, r run.Result) {
	fmt.Fprintf(w, "goos: %s\ngoarch: %s\npkg: github.com/opsman-ca/opsman-ca/test/load\n", runtime.GOOS, runtime.GOARCH)
	name := func(kind, command string) string {
		return fmt.Sprintf("Benchmark%s/command=%s/foundations=%d/workers=%d-%d", kind, command, r.Foundations, r.Workers, runtime.NumCPU())
	}
	for _, side := range []struct {
		command string
		*tally.Side
	}{{"check", r.Check}, {"om", r.Om}} {
		command, s := side.command, side.Side
		for _, slice := range s.Slices {
			fmt.Fprintf(w, "%s\t%d\t%d ns/op\t%.1f op/s\t%d cpu-ns/op\t%d simulator-cpu-ns/op\n", name("Fleet", command),
				slice.Runs, slice.Each(slice.Took), slice.Rate(), slice.Each(slice.CPU), slice.Each(slice.Simulator))
		}
		fmt.Fprintf(w, "%s\t%d\t%d p50-ns\t%d p95-ns\t%d p99-ns\t%d peak-RSS-bytes\t%d wrong\n", name("FleetWall", command),
			s.Total().Runs, s.Percentile(50), s.Percentile(95), s.Percentile(99), s.Peak*1024, s.Wrong)
	}
	for _, resident := range r.Resident {
		fmt.Fprintf(w, "%s\t1\t%d RSS-bytes\n", name("FleetSimulator", "fleet"), resident*1024)
	}
}
