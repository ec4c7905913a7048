package figures

import (
	"fmt"
	"io"

	"github.com/opsman-ca/opsman-ca/test/bench/measure"
)

// Tables writes every group as a table of Markdown.
func Tables(w io.Writer, groups []measure.Group) {
	for _, g := range groups {
		fmt.Fprintf(w, "\n### %s\n\n", g.Title)
		if once(g) {
			counts(w, g)
			continue
		}
		fmt.Fprintln(w, "| program (n) | wall, median | fastest–slowest | CPU, median | peak RSS | requests | sent | received | first byte | beside om or the former: wall, CPU, RSS |")
		fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|---|---|")
		for _, s := range g.Series {
			walls := of(s, wall)
			fmt.Fprintf(w, "| `%s` (%d) | %s | %s | %s | %s | %d | %s | %s | %s | %s |\n", s.Name, len(s.Runs),
				milliseconds(median(walls)), spread(walls), milliseconds(medianOf(s, cpu)), mebibytes(worst(s, peak)), worst(s, requests),
				kilobytes(medianOf(s, func(r measure.Run) int64 { return r.Received })), kilobytes(medianOf(s, func(r measure.Run) int64 { return r.Sent })),
				milliseconds(medianOf(s, firstByte)), beside(g, s))
		}
	}
}

// once tells whether nothing was measured but what is the same in every run.
func once(g measure.Group) bool {
	for _, s := range g.Series {
		if s.Against != "" || len(s.Runs) != 1 || s.Limit.Requests == 0 {
			return false
		}
	}
	return true
}

func counts(w io.Writer, g measure.Group) {
	fmt.Fprintln(w, "| situation | requests | should be at most | connections | sent | received | more, because |\n|---|---|---|---|---|---|---|")
	for _, s := range g.Series {
		r := s.Runs[0]
		fmt.Fprintf(w, "| `%s` | %d | %d | %d | %s | %s | %s |\n", s.Name, r.Requests, s.Limit.Requests, r.Connections, kilobytes(r.Received), kilobytes(r.Sent), s.Limit.Why)
	}
}

func beside(g measure.Group, s measure.Series) string {
	other, found := find([]measure.Group{g}, s.Against)
	if !found {
		return ""
	}
	return fmt.Sprintf("%.2f, %.2f, %.2f", ratio(medianOf(s, wall), medianOf(other, wall)),
		ratio(medianOf(s, cpu), medianOf(other, cpu)), ratio(worst(s, peak), worst(other, peak)))
}
