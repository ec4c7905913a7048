package figures

import (
	"fmt"
	"io"

	"github.com/opsman-ca/opsman-ca/test/bench/measure"
)

// Target is a figure that has a limit.
type Target struct {
	What, Limit, Measured string
	Holds                 bool
}

// below is a target: the figure may not be above the limit.
func below(what string, limit, measured float64, format string) Target {
	return Target{what, "≤ " + fmt.Sprintf(format, limit), fmt.Sprintf(format, measured), measured <= limit}
}

// Targets judges what was measured. What was not measured is not judged.
func Targets(groups []measure.Group, history, certificates int) []Target {
	var all []Target
	all = append(all, besideOm(groups)...)
	all = append(all, besideFloor(groups)...)
	all = append(all, requestsWithin(groups)...)
	all = append(all, roundTrips(groups)...)
	all = append(all, ofHistory(groups, history)...)
	return append(all, ofCertificates(groups, certificates)...)
}

func besideOm(groups []measure.Group) []Target {
	check, found := find(groups, "check/settled")
	om, omFound := find(groups, "om-certificate-authorities/settled")
	if !found || !omFound {
		return nil
	}
	return []Target{
		below("`check` to `om certificate-authorities`, settled: wall", 0.35, ratio(medianOf(check, wall), medianOf(om, wall)), "%.2f"),
		below("the same: CPU time", 0.35, ratio(medianOf(check, cpu), medianOf(om, cpu)), "%.2f"),
		below("`check`, peak RSS", 9, float64(worst(check, peak))/1024, "%.1f MiB"),
		below("`check`, from the start to the first byte sent", 5, medianOf(check, firstByte).Seconds()*1000, "%.1f ms"),
	}
}

// besideFloor judges what check costs above the least that the same requests take.
func besideFloor(groups []measure.Group) []Target {
	check, found := find(groups, "check/settled")
	floor, floorFound := find(groups, "floor/settled")
	if !found || !floorFound {
		return nil
	}
	return []Target{
		below("`check` to the floor, settled: wall", 1.25, ratio(medianOf(check, wall), medianOf(floor, wall)), "%.2f"),
	}
}

// requestsWithin is one target for all series that have the same limit, with the
// name of the one that sends the most.
func requestsWithin(groups []measure.Group) []Target {
	type worstCase struct {
		name string
		sent int
	}
	var limits []int
	found := map[int]worstCase{}
	for _, g := range groups {
		for _, s := range g.Series {
			if s.Limit.Requests == 0 || len(s.Runs) == 0 {
				continue
			}
			w, known := found[s.Limit.Requests]
			if !known {
				limits = append(limits, s.Limit.Requests)
			}
			if sent := worst(s, requests); !known || sent > w.sent {
				found[s.Limit.Requests] = worstCase{s.Name, sent}
			}
		}
	}
	var all []Target
	for _, limit := range limits {
		w := found[limit]
		all = append(all, below("requests of `"+w.name+"`, which sends the most of all with this limit", float64(limit), float64(w.sent), "%.0f"))
	}
	return all
}

// roundTrips are what latency makes of the wall time. toxiproxy answers a
// connection at once, so each connection is one more.
func roundTrips(groups []measure.Group) []Target {
	near, found := find(groups, "check/near")
	far, farFound := find(groups, "check/far")
	if !found || !farFound {
		return nil
	}
	trips := trips(near, far)
	return []Target{below("round trips of `check`, settled, TCP and TLS included", 5, trips, "%.1f")}
}

func trips(near, far measure.Series) float64 {
	return float64(worst(far, connections)) + ratio(medianOf(far, wall)-medianOf(near, wall), measure.Latency)
}

func ofHistory(groups []measure.Group, installations int) []Target {
	var all []Target
	long, found := find(groups, "check/"+measure.HistoryName("3.1", installations))
	short, shortFound := find(groups, long.Against)
	if found && shortFound {
		all = append(all, below(fmt.Sprintf("`check`, history of %d to one of 10, where the server pages: wall", installations),
			1.1, ratio(medianOf(long, wall), medianOf(short, wall)), "%.2f"))
	}
	if unpaged, found := find(groups, "check/"+measure.HistoryName("2.10", installations)); found {
		all = append(all, below(fmt.Sprintf("`check`, history of %d where it does not page: peak RSS", installations),
			30, float64(worst(unpaged, peak))/1024, "%.1f MiB"))
	}
	return all
}

func ofCertificates(groups []measure.Group, count int) []Target {
	full, found := find(groups, "report/"+measure.CertificatesName(count))
	half, halfFound := find(groups, "report/"+measure.CertificatesName(count/2))
	if !found || !halfFound {
		return nil
	}
	return []Target{
		below(fmt.Sprintf("report of %d certificates: wall", count), 1000, medianOf(full, wall).Seconds()*1000, "%.0f ms"),
		below("the same: peak RSS", 64, float64(worst(full, peak))/1024, "%.1f MiB"),
		below("the same to a report of half as many (linear): wall", 2.2, ratio(medianOf(full, wall), medianOf(half, wall)), "%.2f"),
	}
}

// Judge writes the targets as a table, and a line for each that is missed.
func Judge(w io.Writer, targets []Target) {
	fmt.Fprint(w, "\n### Targets\n\n| target | limit | measured | |\n|---|---|---|---|\n")
	for _, t := range targets {
		verdict := "holds"
		if !t.Holds {
			verdict = "**missed**"
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", t.What, t.Limit, t.Measured, verdict)
	}
	for _, t := range targets {
		if !t.Holds {
			fmt.Fprintf(w, "\ntarget missed: %s is %s, and should be %s\n", t.What, t.Measured, t.Limit)
		}
	}
}
