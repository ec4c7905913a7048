package apply

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// course is one installation on its way, as its products are seen from time to
// time, told for people.
type course struct {
	past past
	now  func() time.Time
	// last is the newest look, at when it was by our clock and theirs by Ops
	// Manager's: its stamps are compared with its own clock alone.
	last       evidence.Installation
	at, theirs time.Time
	// told are the products, by GUID, of which it was said that they are done.
	told map[string]bool
}

func newCourse(p past, now func() time.Time) *course {
	return &course{past: p, now: now, told: map[string]bool{}}
}

// saw takes a look, and the time of it by Ops Manager's clock.
func (c *course) saw(i evidence.Installation, theirs time.Time) {
	c.last, c.at, c.theirs = i, c.now(), theirs
}

// clock is Ops Manager's clock now, zero when it has not told it.
func (c *course) clock() time.Time {
	if c.theirs.IsZero() {
		return time.Time{}
	}
	return c.theirs.Add(c.now().Sub(c.at))
}

// String is how far the installation is: "3 of 7 products done, MySQL running for
// 12m (took 15–18m the last 3 times), 3 waiting, about 40m left (36–47m)".
func (c *course) String() string {
	i := c.last
	if len(i.Changes) == 0 {
		return i.Status
	}
	done, waiting := 0, 0
	var parts []string
	for _, change := range i.Changes {
		switch change.Status {
		case evidence.DeploymentPending:
			waiting++
		case evidence.DeploymentRunning:
			parts = append(parts, c.underWay(change))
		case evidence.DeploymentSuccessful:
			done++
		default:
			parts = append(parts, change.Name()+" "+change.Status)
		}
	}
	parts = slices.Insert(parts, 0, fmt.Sprintf("%d of %d products done", done, len(i.Changes)))
	if waiting > 0 {
		parts = append(parts, fmt.Sprintf("%d waiting", waiting))
	}
	if left := c.left(); left != "" {
		parts = append(parts, left)
	}
	return join(parts)
}

// underWay is a product that is being deployed.
func (c *course) underWay(change evidence.Change) string {
	text := change.Name() + " running"
	if at := c.clock(); !at.IsZero() && !change.StartedAt.IsZero() {
		text += " for " + console.About(running(change, at))
	}
	if before := c.past.took(change.GUID); before != "" {
		text += " (" + before + ")"
	}
	return text
}

// left is the estimate, empty for none.
func (c *course) left() string { return c.past.estimated(c.last, c.clock()).String() }

// news is what was done since it was asked for last, with how far that is; empty
// for none, and once the installation has ended, as its verdict says it all.
func (c *course) news() string {
	var done []string
	for _, change := range c.last.Changes {
		if change.Status != evidence.DeploymentSuccessful || c.told[change.GUID] {
			continue
		}
		c.told[change.GUID] = true
		text := change.Name()
		if took, measured := duration(change); measured {
			text += " in " + console.About(took)
		}
		done = append(done, text)
	}
	if len(done) == 0 || hasEnded(c.last) {
		return ""
	}
	return "deployed: " + join(done) + "; " + c.String()
}

// statuses change whenever a product gets on, and at no other time.
func statuses(i evidence.Installation) string {
	var all []string
	for _, c := range i.Changes {
		all = append(all, c.GUID+" "+c.Status)
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

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
			e.unknown = append(e.unknown, c.Name())
			continue
		}
		e.times = min(e.times, len(times))
		gone := running(c, at)
		left := func(took time.Duration) time.Duration { return max(took-gone, 0) }
		low, mid, high := left(slices.Min(times)), left(median(times)), left(slices.Max(times))
		if high == 0 {
			e.late = append(e.late, c.Name())
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

// running is how long a product has been deployed by now, 0 when unknown.
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
	return fmt.Sprintf("took %s the last %d times", console.Between(slices.Min(times), slices.Max(times)), len(times))
}
