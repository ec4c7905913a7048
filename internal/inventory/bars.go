package inventory

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Bars are this high for one certificate, and for a great many.
const (
	lowest  = 5.0
	highest = 20.0
)

// bars are the certificates of a lane, those in one place together.
func (s scale) bars(certificates []Entry, bottom float64) []bar {
	type place struct {
		count int
		// first is what expires first, and so the most urgent.
		first Entry
		cas   int
	}
	places := map[int]*place{}
	for _, c := range certificates {
		if c.until.IsZero() {
			continue
		}
		slot := s.slot(c)
		p := places[slot]
		if p == nil {
			p = &place{first: c}
			places[slot] = p
		}
		if c.until.Before(p.first.until) {
			p.first = c
		}
		p.count++
		if c.IsCA() {
			p.cas++
		}
	}
	var slots []int
	for slot := range places {
		slots = append(slots, slot)
	}
	slices.Sort(slots)
	all := make([]bar, 0, len(slots))
	for _, slot := range slots {
		p := places[slot]
		height := min(highest, lowest+4*math.Log2(float64(p.count)))
		b := bar{X: s.place(slot), Y: bottom - height, Width: barWidth - 1, Height: height, Urgency: p.first.Urgency(), Title: title(p.first, p.count, p.cas)}
		if p.cas > 0 {
			b.CA = diamond(b.X+b.Width/2, b.Y-5)
		}
		all = append(all, b)
	}
	return all
}

// Slots beside the axis.
const (
	slotPast  = -1
	slotLater = math.MaxInt32
)

func (s scale) slot(c Entry) int {
	switch {
	case c.until.Before(s.at):
		return slotPast
	case c.until.After(s.end):
		return slotLater
	}
	last := int((s.right-s.left)/barWidth) - 1
	return min(int((s.x(c.until)-s.left)/barWidth), last)
}

func (s scale) place(slot int) float64 {
	switch slot {
	case slotPast:
		return s.left - gutter/2 - barWidth/2
	case slotLater:
		return s.right + gutter/2 - barWidth/2
	}
	return s.left + float64(slot)*barWidth
}

// diamond is the outline of the mark of a CA around a point.
func diamond(x, y float64) string {
	const r = 4.5
	return fmt.Sprintf("M%.1f %.1fL%.1f %.1fL%.1f %.1fL%.1f %.1fZ", x, y-r, x+r, y, x, y+r, x-r, y)
}

// title says what a bar is.
func title(first Entry, count, cas int) string {
	what := shortened(first.Full(), 120) + " expires on " + first.Expires
	if count > 1 {
		what = fmt.Sprintf("%s, from %s on; first %s", counted(count), first.Expires, shortened(first.Full(), 120))
	}
	switch {
	case cas == 1 && count == 1:
		return what + " (CA)"
	case cas == 1:
		return what + " (1 CA among them)"
	case cas > 1:
		return fmt.Sprintf("%s (%d CAs among them)", what, cas)
	}
	return what
}

// shortened is the text in so many letters.
func shortened(text string, letters int) string {
	runes := []rune(text)
	if len(runes) <= letters {
		return text
	}
	return strings.TrimSpace(string(runes[:letters-1])) + "…"
}

// describe says what the drawing shows to those who do not see it.
func (i Inventory) describe(lanes int) string {
	lines := "One line for the only procedure"
	if lanes > 1 {
		lines = fmt.Sprintf("One line for each of %d procedures", lanes)
	}
	text := fmt.Sprintf("%s, with bars where certificates expire; the tables below say the same. %s.", lines, i.Sentence())
	if first := i.Summary.First; first != nil {
		text += fmt.Sprintf(" The first is %s on %s.", shortened(first.Full(), 120), first.Expires)
	}
	return text
}
