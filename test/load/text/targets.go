// Package text writes what a load test found: for people as tables, and as
// lines of Go's benchmark format.
package text

import (
	"fmt"

	"github.com/opsman-ca/opsman-ca/test/load/run"
)

// What a load test has to reach.
const (
	leastRate  = 150.0 // checks a second
	leastRatio = 2.0   // checks for each om
	mostGrowth = 1.10  // the simulator's memory at the end, to that at the start
)

// Target is one of them, with what was found.
type Target struct {
	Name, Wanted, Found string
	Holds               bool
}

// Targets are all of them, for a result.
func Targets(r run.Result) []Target {
	rate := r.Check.Total().Rate()
	start, _, end := r.Memory()
	growth := float64(end) / float64(max(start, 1))
	judged := r.First.Total().Runs + r.Check.Total().Runs
	return []Target{
		{"checks a second", fmt.Sprintf("≥ %.0f", leastRate), fmt.Sprintf("%.0f", rate), rate >= leastRate},
		{"to om, in the same run", fmt.Sprintf("≥ %.1f", leastRatio), fmt.Sprintf("%.1f", r.Ratio()), r.Ratio() >= leastRatio},
		{"wrong answers", "0", fmt.Sprintf("%d of %d", r.Wrong(), judged), r.Wrong() == 0},
		{"the simulator's memory, end to start", fmt.Sprintf("≤ %.2f", mostGrowth), fmt.Sprintf("%.2f", growth), growth <= mostGrowth},
	}
}

// Missed are the names of those that do not hold.
func Missed(targets []Target) []string {
	var names []string
	for _, t := range targets {
		if !t.Holds {
			names = append(names, fmt.Sprintf("%s: %s, expected %s", t.Name, t.Found, t.Wanted))
		}
	}
	return names
}
