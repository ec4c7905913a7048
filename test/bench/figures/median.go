package figures

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/test/bench/measure"
)

// of collects one figure of all runs.
func of[T any](s measure.Series, figure func(measure.Run) T) []T {
	var all []T
	for _, r := range s.Runs {
		all = append(all, figure(r))
	}
	return all
}

func median[T cmp.Ordered](all []T) T {
	return slices.Sorted(slices.Values(all))[len(all)/2]
}

// The figures of a run.
func wall(r measure.Run) time.Duration      { return r.Wall }
func cpu(r measure.Run) time.Duration       { return r.CPU }
func peak(r measure.Run) int64              { return r.Peak }
func requests(r measure.Run) int            { return r.Requests }
func connections(r measure.Run) int         { return r.Connections }
func firstByte(r measure.Run) time.Duration { return r.FirstByte() }

func medianOf[T cmp.Ordered](s measure.Series, figure func(measure.Run) T) T {
	return median(of(s, figure))
}

// worst is the largest of all runs.
func worst[T cmp.Ordered](s measure.Series, figure func(measure.Run) T) T {
	return slices.Max(of(s, figure))
}

func ratio[T int64 | time.Duration](a, b T) float64 { return float64(a) / float64(b) }

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}

func mebibytes(kib int64) string { return fmt.Sprintf("%.1f MiB", float64(kib)/1024) }

func kilobytes(bytes int64) string { return fmt.Sprintf("%.1f kB", float64(bytes)/1000) }

// find is a series by its name; false where it was not measured.
func find(groups []measure.Group, name string) (measure.Series, bool) {
	for _, g := range groups {
		if i := slices.IndexFunc(g.Series, func(s measure.Series) bool { return s.Name == name && len(s.Runs) > 0 }); i >= 0 {
			return g.Series[i], true
		}
	}
	return measure.Series{}, false
}

func spread(all []time.Duration) string {
	return milliseconds(slices.Min(all)) + "–" + milliseconds(slices.Max(all))
}
