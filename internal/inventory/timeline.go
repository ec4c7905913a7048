package inventory

import (
	"time"
)

// A timeline shows no more years than these; what expires after them is at its
// end. It shows a year at least.
const (
	mostYears = 5
	mostLanes = 24
)

// barWidth is the width of a bar, in pixels: what expires within the same few days
// shares one, so that a drawing is as large for 20,000 certificates as for 20.
const barWidth = 6

// timeline is the drawing of one width.
type timeline struct {
	ID            string
	Width, Height float64
	// Left is where the axis begins, now.
	Left        float64
	Top, Bottom float64
	Desc        string
	Ticks       []label
	// Spans are the days of which the urgency has a colour.
	Spans []span
	Lanes []lane
	// Past and Later name the columns beside the axis, where there are any.
	Past, Later *label
}

// Tall is the height of its lanes.
func (t timeline) Tall() float64 { return t.Bottom - t.Top }

type label struct {
	X    float64
	Text string
}

type span struct {
	X, Width float64
	Urgency  Urgency
}

// lane is one procedure.
type lane struct {
	// TextY and LineY are where its name and its line are.
	TextY, LineY float64
	Name, Count  string
	Rotated      bool
	Bars         []bar
}

// bar is what expires within a few days.
type bar struct {
	X, Y, Width, Height float64
	Urgency             Urgency
	// CA draws a mark upon it.
	CA    string
	Title string
}

// shape is how a timeline is laid out.
type shape struct {
	id    string
	width float64
	// months is the distance of two ticks by years shown.
	months func(years float64) int
}

var (
	wide = shape{"wide", 1040, func(years float64) int {
		switch {
		case years <= 1.5:
			return 1
		case years <= 3:
			return 3
		}
		return 6
	}}
	medium = shape{"medium", 700, func(years float64) int {
		switch {
		case years <= 1.5:
			return 2
		case years <= 3:
			return 6
		}
		return 12
	}}
	narrow = shape{"narrow", 340, func(years float64) int {
		switch {
		case years <= 1.5:
			return 3
		case years <= 3:
			return 6
		}
		return 12
	}}
)

const (
	margin     = 4.0
	gutter     = 48.0
	laneHeight = 42.0
	axisHeight = 24.0
	// letter and digit are about as wide as one of a lane's name, and of its count.
	letter = 7.6
	digit  = 6.6
)

// timelines are the drawings for a desktop, for a tablet or paper, and for a phone; none where Ops Manager
// did not say what day it is, or gives no date at all.
func (i Inventory) timelines() []timeline {
	if i.at.IsZero() || i.Summary.First == nil {
		return nil
	}
	return []timeline{i.draw(wide), i.draw(medium), i.draw(narrow)}
}

func (i Inventory) draw(s shape) timeline {
	groups := laned(i.Groups)
	scale := newScale(i, s)
	t := timeline{
		ID: s.id, Width: s.width, Height: axisHeight + laneHeight*float64(len(groups)) + margin,
		Left: scale.left, Top: axisHeight, Bottom: axisHeight + laneHeight*float64(len(groups)),
		Desc: i.describe(len(groups)),
	}
	for n, g := range groups {
		y := axisHeight + laneHeight*float64(n)
		l := lane{TextY: y + 15, LineY: y + laneHeight - 3, Count: counted(len(g.Certificates)), Rotated: g.Rotated}
		l.Name = shortened(g.Label, int((s.width-scale.left-margin-float64(len(l.Count))*digit)/letter))
		l.Bars = scale.bars(g.Certificates, l.LineY)
		t.Lanes = append(t.Lanes, l)
	}
	t.Ticks = scale.ticks(s.months(scale.end.Sub(i.at).Hours() / 24 / 365))
	t.Spans = scale.spans()
	if scale.past {
		t.Past = &label{X: margin, Text: "expired"}
	}
	if scale.later {
		t.Later = &label{X: s.width - margin, Text: "later"}
	}
	return t
}

// laned are the groups that get a lane of their own, and the rest in one.
func laned(groups []Group) []Group {
	if len(groups) <= mostLanes {
		return groups
	}
	rest := Group{Label: "all other procedures"}
	for _, g := range groups[mostLanes-1:] {
		rest.Certificates = append(rest.Certificates, g.Certificates...)
	}
	return append(append([]Group{}, groups[:mostLanes-1]...), rest)
}

// scale maps dates to pixels.
type scale struct {
	at, end     time.Time
	left, right float64
	past, later bool
}

func newScale(i Inventory, s shape) scale {
	sc := scale{at: i.at, end: i.at.AddDate(1, 0, 0), left: margin, right: s.width - margin}
	limit := i.at.AddDate(mostYears, 0, 0)
	for _, g := range i.Groups {
		for _, c := range g.Certificates {
			switch {
			case c.until.IsZero():
			case c.until.After(limit):
				sc.later = true
			case c.until.Before(i.at):
				sc.past = true
			case c.until.After(sc.end):
				sc.end = c.until
			}
		}
	}
	if sc.past {
		sc.left += gutter
	}
	if sc.later {
		sc.end = limit
		sc.right -= gutter
	}
	return sc
}

// x is where the date is, between now and the end.
func (s scale) x(t time.Time) float64 {
	part := float64(t.Sub(s.at)) / float64(s.end.Sub(s.at))
	return s.left + part*(s.right-s.left)
}

// ticks are the first days of months, as many months apart.
func (s scale) ticks(months int) []label {
	var all []label
	day := time.Date(s.at.Year(), time.January, 1, 0, 0, 0, 0, time.UTC)
	for ; day.Before(s.end); day = day.AddDate(0, months, 0) {
		x := s.x(day)
		if x < s.left+48 || x > s.right-24 {
			continue // it would touch "now", or stick out
		}
		text := day.Format("Jan 2006")
		if months == 12 {
			text = day.Format("2006")
		} else if day.Month() != time.January {
			text = day.Format("Jan")
		}
		all = append(all, label{x, text})
	}
	return all
}

func (s scale) spans() []span {
	var (
		urgent = min(s.x(s.at.AddDate(0, 0, urgentDays)), s.right)
		soon   = min(s.x(s.at.AddDate(0, 0, soonDays)), s.right)
		all    []span
	)
	if s.past {
		all = append(all, span{0, s.left, Expired})
	}
	return append(all, span{s.left, urgent - s.left, Urgent}, span{urgent, soon - urgent, Soon})
}
