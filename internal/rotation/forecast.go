package rotation

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// Forecast is how long one apply changes of all products takes, by those that are
// known. It is a range: what it was then says nothing for sure of what it will be.
type Forecast struct {
	Low, High time.Duration
	// Basis is what it rests on, as half a sentence.
	Basis string
}

// Known tells whether there is anything to go by.
func (f Forecast) Known() bool { return f.High > 0 }

func (f Forecast) String() string {
	if from, to := about(f.Low), about(f.High); from != to {
		return from + " to " + to
	}
	return about(f.High)
}

const (
	// lastTimes is how many former installations count: what was long ago was of
	// other versions and sizes.
	lastTimes = 5
	// slower is by how much an apply changes that recreates every VM may take longer.
	// No record tells it of this foundation, and public reports have hours for some
	// dozens of VMs: it is rather too much.
	slower = 3
)

// ForecastApply is how long an apply changes of all products takes: as the newest
// installations did that deployed them all or, where there is none, as long as each
// product did by itself, one after the other.
func ForecastApply(e evidence.Evidence, recreate bool) Forecast {
	newestFirst := slices.SortedFunc(slices.Values(e.History.List), func(a, b evidence.Installation) int { return cmp.Compare(b.ID, a.ID) })
	f := wholeOnes(e, newestFirst)
	if !f.Known() {
		f = oneByOne(e, newestFirst)
	}
	if f.Known() && recreate {
		f.High *= slower
		f.Basis += fmt.Sprintf(", and up to %d times that for recreating VMs", slower)
	}
	return f
}

func wholeOnes(e evidence.Evidence, newestFirst []evidence.Installation) Forecast {
	var f Forecast
	var ids []string
	for _, i := range newestFirst {
		if len(ids) == lastTimes || i.Status != evidence.InstallationSucceeded || i.StartedAt.IsZero() || !i.FinishedAt.After(i.StartedAt) || !ofAll(e, i) {
			continue
		}
		took := i.FinishedAt.Sub(i.StartedAt)
		if len(ids) == 0 {
			f.Low = took
		}
		f.Low, f.High = min(f.Low, took), max(f.High, took)
		ids = append(ids, fmt.Sprint(i.ID))
	}
	if len(ids) > 0 {
		f.Basis = "as installations " + some(ids, ", ") + " of all products took"
	}
	if len(ids) == 1 {
		f.Basis = "as installation " + ids[0] + " of all products took"
	}
	return f
}

// ofAll tells whether the installation deployed every product that is deployed now.
func ofAll(e evidence.Evidence, i evidence.Installation) bool {
	return len(e.Products.List) > 0 && !slices.ContainsFunc(e.Products.List, func(p evidence.Product) bool {
		c, found := changeOf(i, p)
		return !found || c.Status != evidence.DeploymentSuccessful
	})
}

func oneByOne(e evidence.Evidence, newestFirst []evidence.Installation) Forecast {
	var f Forecast
	for _, p := range e.Products.List {
		times, shortest, longest := 0, time.Duration(0), time.Duration(0)
		for _, i := range newestFirst {
			c, found := changeOf(i, p)
			if times == lastTimes || !found || c.Status != evidence.DeploymentSuccessful || c.StartedAt.IsZero() || !c.FinishedAt.After(c.StartedAt) {
				continue
			}
			took := c.FinishedAt.Sub(c.StartedAt)
			if times == 0 {
				shortest = took
			}
			shortest, longest = min(shortest, took), max(longest, took)
			times++
		}
		if times == 0 {
			return Forecast{}
		}
		f.Low, f.High = f.Low+shortest, f.High+longest
	}
	f.Basis = "as each product took by itself, one after the other, without errands: no installation of all products is known"
	return f
}

// about is a duration in words, to the minute.
func about(d time.Duration) string {
	d = max(d.Round(time.Minute), time.Minute)
	hours, minutes := int(d.Hours()), int(d.Minutes())%60
	switch {
	case hours == 0:
		return fmt.Sprintf("%dm", minutes)
	case minutes == 0:
		return fmt.Sprintf("%dh", hours)
	}
	return fmt.Sprintf("%dh%02dm", hours, minutes)
}

func durationRow(q Question) []Finding {
	const name = "duration"
	recreate := recreates(q.Evidence, q.Options)
	f := ForecastApply(q.Evidence, recreate)
	if !f.Known() {
		return one(name, unknown(ReasonDuration, "run prepare first, which measures one", "how long an apply changes of all products takes is unknown: no past one tells"))
	}
	return one(name, noted(ReasonDuration, "keep the foundation free of other changes for all three, and for the time between them", "each of the %d apply changes takes %s, %s", applies, f, f.Basis))
}
