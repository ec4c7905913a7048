package concourse

import (
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"github.com/opsman-ca/opsman-ca/test/acceptance/foundation"
)

// Report shows where the time went, from when the recording began to the end of
// the last build: applies, the rest of our own programs, and Concourse.
func (t *Timeline) Report(applies []foundation.Apply) {
	GinkgoHelper()
	t.Stop()
	var text strings.Builder
	fmt.Fprintf(&text, "%-12s %-5s %-14s %9s %9s %9s\n", "job", "step", "", "prepare", "run", "of it apply")
	var ours, applied, end time.Duration
	for _, s := range t.Steps() {
		if s.Finish.IsZero() || s.Name == "opsman-ca" { // the image of the resource's steps, from the cache
			continue
		}
		if s.Start.IsZero() { // a get from the cache starts nothing
			s.Start = s.Finish
		}
		within := during(applies, s)
		fmt.Fprintf(&text, "%-12s %-5s %-14s %9s %9s %9s\n", s.Build.Job, s.Kind, s.Name, seconds(s.Start.Sub(s.Initialize)), seconds(s.Finish.Sub(s.Start)), seconds(within))
		if s.Name == "ca" || s.Kind == "task" {
			ours += s.Finish.Sub(s.Start) - within
		}
		applied += within
	}
	for _, b := range t.builds {
		end = max(end, b.end.Sub(t.began))
	}
	fmt.Fprintf(&text, "from the trigger to the end %s, of it applies %s: %s beyond the applies, of it our programs %s\n",
		seconds(end), seconds(applied), seconds(end-applied), seconds(ours))
	AddReportEntry("where the time went", ReportEntryVisibilityAlways, text.String())
}

// during is how much of the applies went by while the step ran.
func during(applies []foundation.Apply, s Step) time.Duration {
	var sum time.Duration
	for _, a := range applies {
		if middle := a.Start.Add(a.Took() / 2); s.Kind == "task" && middle.After(s.Initialize) && middle.Before(s.Finish) {
			sum += a.Took()
		}
	}
	return sum
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
