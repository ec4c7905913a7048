package apply

import (
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
			parts = append(parts, changed(change)+" "+change.Status)
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
	text := changed(change) + " running"
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
		text := changed(change)
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

func least(times []time.Duration) time.Duration { return slices.Min(times) }
func most(times []time.Duration) time.Duration  { return slices.Max(times) }
