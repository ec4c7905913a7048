package durations

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
)

// Report is a table of whole rotations and one of their jobs. Each figure is the
// median of all, and the range where there are more than one.
func Report(rotations []Rotation) string {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, row := range []struct {
		what string
		of   func(Rotation) time.Duration
	}{
		{"from the trigger to the end of the last job", Rotation.Total},
		{"the applies themselves", Rotation.Applied},
		{"beyond the applies", Rotation.Beyond},
		{"  three tasks: opsman-ca and om, which looks every 10 s", Rotation.Tasks},
		{"  seven puts: out", Rotation.Puts},
		{"  seven gets: in, with its container", Rotation.Gets},
		{"  Concourse, around these in the builds", Rotation.Preparing},
		{"  Concourse, between builds", Rotation.Waiting},
	} {
		fmt.Fprintf(table, "%s\t%s\n", row.what, spread(each(rotations, row.of)))
	}
	fmt.Fprintf(table, "from the first trigger to the last end\t%s\n", seconds(overall(rotations)))
	_ = table.Flush() // into a builder
	text.WriteString("\n")

	table = tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "job\tbegins after\tget ca\tget image\ttask: prepare\trun\tof it apply\tput ca: prepare\trun\tbuild in all")
	for i, build := range rotations[0].Builds {
		fmt.Fprint(table, build.Build.Job)
		step := func(kind, name string, of func(concourse.Step) time.Duration) func(Rotation) time.Duration {
			return func(r Rotation) time.Duration { return of(find(r.Builds[i], kind, name)) }
		}
		for _, of := range []func(Rotation) time.Duration{
			func(r Rotation) time.Duration { return r.waited(i) },
			step("get", resource, all), step("get", image, all),
			step("task", task, preparing), step("task", task, running),
			func(r Rotation) time.Duration { return r.applied(i) },
			step("put", resource, preparing), step("put", resource, running),
			func(r Rotation) time.Duration { return r.Builds[i].End.Sub(r.Builds[i].Start) },
		} {
			fmt.Fprintf(table, "\t%s", spread(each(rotations, of)))
		}
		fmt.Fprintln(table)
	}
	_ = table.Flush() // into a builder
	return text.String()
}

func overall(rotations []Rotation) time.Duration {
	first, last := rotations[0].Triggered, rotations[0].Triggered
	for _, r := range rotations {
		if r.Triggered.Before(first) {
			first = r.Triggered
		}
		if end := r.Triggered.Add(r.Total()); end.After(last) {
			last = end
		}
	}
	return last.Sub(first)
}

func each(rotations []Rotation, of func(Rotation) time.Duration) []time.Duration {
	var values []time.Duration
	for _, r := range rotations {
		values = append(values, of(r))
	}
	slices.Sort(values)
	return values
}

// spread is the median, fastest–slowest.
func spread(sorted []time.Duration) string {
	n := len(sorted)
	if sorted[n-1] == 0 {
		return "–"
	}
	median := (sorted[(n-1)/2] + sorted[n/2]) / 2
	if n == 1 {
		return seconds(median)
	}
	return fmt.Sprintf("%s (%.1f–%.1f)", seconds(median), sorted[0].Seconds(), sorted[n-1].Seconds())
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
