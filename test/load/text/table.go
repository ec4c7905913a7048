package text

import (
	"fmt"
	"io"
	"time"

	"github.com/opsman-ca/opsman-ca/test/load/run"
	"github.com/opsman-ca/opsman-ca/test/load/tally"
)

// Tables writes the result for people, in Markdown.
func Tables(w io.Writer, r run.Result) {
	fmt.Fprintf(w, "\n%d foundations in one simulator, up in %s; %d workers; check and om by turns\n\n", r.Foundations, r.Started.Round(100*time.Millisecond), r.Workers)
	fmt.Fprint(w, "| command | processes | a second | wall, median | p95 | p99 | CPU each | simulator's CPU each | peak RSS | wrong |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, s := range []*tally.Side{r.Check, r.Om} {
		t := s.Total()
		fmt.Fprintf(w, "| `%s` | %d | %.1f | %s | %s | %s | %s | %s | %s | %d |\n", s.Name, t.Runs, t.Rate(),
			milliseconds(s.Percentile(50)), milliseconds(s.Percentile(95)), milliseconds(s.Percentile(99)),
			milliseconds(t.Each(t.CPU)), milliseconds(t.Each(t.Simulator)), peak(s.Peak, r.Own), s.Wrong)
	}
	start, middle, end := r.Memory()
	fmt.Fprintf(w, "\nsimulator's RSS: %s at the start, %s in the middle, %s at the end\n\n", mebibytes(start), mebibytes(middle), mebibytes(end))
	fmt.Fprint(w, "| target | wanted | found | holds |\n|---|---|---|---|\n")
	for _, t := range Targets(r) {
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", t.Name, t.Wanted, t.Found, map[bool]string{true: "yes", false: "**no**"}[t.Holds])
	}
	for _, example := range r.Examples() {
		fmt.Fprintf(w, "\nwrong: %s\n", example)
	}
}

// peak is at most what was read, where the process that started it is as large.
func peak(read, own int64) string {
	if read <= own {
		return "≤ " + mebibytes(read)
	}
	return mebibytes(read)
}

func mebibytes(kib int64) string { return fmt.Sprintf("%.1f MiB", float64(kib)/1024) }

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}
