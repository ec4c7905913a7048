package apply

import (
	"cmp"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// past is how long things took in former installations that succeeded. What it
// was then says nothing for sure of what it will be: the first apply changes of a
// rotation that recreates VMs takes far longer than one that changes nothing.
type past struct {
	// products are how long each took, by GUID, the last time first.
	products map[string][]time.Duration
	// pace is an installation's whole time as a part of its products' times: about
	// 1 where Ops Manager deploys one after the other, less where it does so side
	// by side.
	pace float64
}

// lastTimes is how many former times count: what was long ago was of other
// versions and sizes.
const lastTimes = 3

// learn reads the past out of the installations that were read anyhow.
func learn(h evidence.History) past {
	newestFirst := slices.SortedFunc(slices.Values(h.List), func(a, b evidence.Installation) int { return cmp.Compare(b.ID, a.ID) })
	known := past{products: map[string][]time.Duration{}, pace: 1}
	var paces []float64
	for _, i := range newestFirst {
		if i.Status != evidence.InstallationSucceeded {
			continue
		}
		var sum time.Duration
		whole := true
		for _, c := range i.Changes {
			took, measured := duration(c)
			whole = whole && measured
			if !measured {
				continue
			}
			sum += took
			if times := known.products[c.GUID]; len(times) < lastTimes {
				known.products[c.GUID] = append(times, took)
			}
		}
		if lasted := i.FinishedAt.Sub(i.StartedAt); whole && sum > 0 && lasted > 0 && !i.StartedAt.IsZero() && len(paces) < lastTimes {
			paces = append(paces, float64(lasted)/float64(sum))
		}
	}
	if len(paces) > 0 {
		known.pace = median(paces)
	}
	return known
}

// duration is how long a product was being deployed, where that went well and Ops
// Manager says when (GET /installations).
func duration(c evidence.Change) (time.Duration, bool) {
	if c.Status != evidence.DeploymentSuccessful || c.StartedAt.IsZero() || !c.FinishedAt.After(c.StartedAt) {
		return 0, false
	}
	return c.FinishedAt.Sub(c.StartedAt), true
}

// median is the value in the middle, of two the greater: rather too long than too
// short.
func median[T cmp.Ordered](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
