package figures

import (
	"fmt"
	"io"
	"runtime"

	"github.com/opsman-ca/opsman-ca/test/bench/measure"
)

// Lines writes every run as a line of Go's benchmark format, so that benchstat
// finds medians and spreads by itself.
func Lines(w io.Writer, groups []measure.Group) error {
	if _, err := fmt.Fprintf(w, "goos: %s\ngoarch: %s\npkg: github.com/opsman-ca/opsman-ca/test/bench\n", runtime.GOOS, runtime.GOARCH); err != nil {
		return fmt.Errorf("write the figures: %w", err)
	}
	for _, g := range groups {
		for _, s := range g.Series {
			for _, r := range s.Runs {
				_, err := fmt.Fprintf(w, "BenchmarkProcess/%s-%d 1 %d ns/op %d cpu-ns/op %d rss-KiB %d requests/op %d connections/op %d sent-B/op %d received-B/op %d first-byte-ns\n",
					s.Name, runtime.NumCPU(), r.Wall.Nanoseconds(), r.CPU.Nanoseconds(), r.Peak,
					r.Requests, r.Connections, r.Received, r.Sent, r.FirstByte().Nanoseconds())
				if err != nil {
					return fmt.Errorf("write the figures: %w", err)
				}
			}
		}
	}
	return nil
}
