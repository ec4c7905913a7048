package apply

import (
	"fmt"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// estimate is how long an installation has still to go, by the past.
type estimate struct {
	left, low, high time.Duration
	// times is how many former times the least known product has.
	times int
	// unknown are products without a past, late those that take longer than ever.
	unknown, late []string
}

// estimated sums up the products that are not done, at a time by Ops Manager's
// clock.
func (p past) estimated(i evidence.Installation, at time.Time) estimate {
	e := estimate{times: lastTimes}
	var longest, longestLow, longestHigh time.Duration
	for _, c := range i.Changes {
		if c.Status != evidence.DeploymentPending && c.Status != evidence.DeploymentRunning {
			continue
		}
		times := p.products[c.GUID]
		if len(times) == 0 {
			e.unknown = append(e.unknown, changed(c))
			continue
		}
		e.times = min(e.times, len(times))
		gone := running(c, at)
		left := func(took time.Duration) time.Duration { return max(took-gone, 0) }
		low, mid, high := left(least(times)), left(median(times)), left(most(times))
		if high == 0 {
			e.late = append(e.late, changed(c))
		}
		e.low, e.left, e.high = e.low+low, e.left+mid, e.high+high
		longestLow, longest, longestHigh = max(longestLow, low), max(longest, mid), max(longestHigh, high)
	}
	// Side by side it is faster than one after the other, but never faster than
	// the longest of them.
	e.low, e.left, e.high = p.paced(e.low, longestLow), p.paced(e.left, longest), p.paced(e.high, longestHigh)
	return e
}

func (p past) paced(sum, longest time.Duration) time.Duration {
	return max(time.Duration(float64(sum)*p.pace), longest)
}

// running is how long a product has been deployed by now, 0 when nobody knows.
func running(c evidence.Change, at time.Time) time.Duration {
	if c.Status != evidence.DeploymentRunning || c.StartedAt.IsZero() || at.IsZero() {
		return 0
	}
	return max(at.Sub(c.StartedAt), 0)
}

// String is the estimate with how sure it is: "about 40m left (36–47m)"; empty
// when nothing is known.
func (e estimate) String() string {
	if e.left <= 0 {
		return ""
	}
	switch {
	case len(e.unknown) > 0:
		return fmt.Sprintf("at least %s left (how long %s takes is not known)", console.About(e.left), join(e.unknown))
	case len(e.late) > 0:
		return fmt.Sprintf("at least %s left (%s takes longer than before)", console.About(e.left), join(e.late))
	case e.times == 1:
		return fmt.Sprintf("about %s left, if it goes as the last time", console.About(e.left))
	}
	text := "about " + console.About(e.left) + " left"
	if between := console.Between(e.low, e.high); between != console.About(e.left) {
		text += " (" + between + ")"
	}
	return text
}

// took says how long a product took before: "took 15–18m the last 3 times"; empty
// when nothing is known.
func (p past) took(guid string) string {
	times := p.products[guid]
	switch len(times) {
	case 0:
		return ""
	case 1:
		return "took " + console.About(times[0]) + " the last time"
	}
	return fmt.Sprintf("took %s the last %d times", console.Between(least(times), most(times)), len(times))
}
