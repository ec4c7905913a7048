package inventory

import "fmt"

// Urgency is how soon something expires.
type Urgency string

// Urgencies. Undated is what Ops Manager gives no date for, or itself did not say
// what day it is: unknown, and never taken for fine.
const (
	Expired Urgency = "expired"
	Urgent  Urgency = "urgent"
	Soon    Urgency = "soon"
	Fine    Urgency = "fine"
	Undated Urgency = "undated"
)

// What expires in fewer whole days than these is urgent, or soon.
const (
	urgentDays = 30
	soonDays   = 90
)

// Urgency is how soon it expires.
func (e Entry) Urgency() Urgency {
	switch {
	case e.DaysLeft == nil:
		return Undated
	case *e.DaysLeft < 0:
		return Expired
	case *e.DaysLeft < urgentDays:
		return Urgent
	case *e.DaysLeft < soonDays:
		return Soon
	}
	return Fine
}

// Left is the rest of its life for a table: days, or a word.
func (e Entry) Left() string {
	switch e.Urgency() {
	case Undated:
		return "unknown"
	case Expired:
		return "expired"
	}
	return fmt.Sprint(*e.DaysLeft)
}

// Summary counts certificates by urgency.
type Summary struct {
	Total   int `json:"total"`
	Expired int `json:"expired"`
	// Urgent expire in fewer than 30 days, Soon in 30 to 89.
	Urgent int `json:"within_30_days"`
	Soon   int `json:"within_90_days"`
	Fine   int `json:"later"`
	// Undated are those for which Ops Manager gives no date.
	Undated int `json:"undated"`
	// First is what expires first, absent where there is nothing with a date.
	First *Entry `json:"first,omitempty"`
}

// SummaryOf counts what is in the groups, which are in the order of an inventory:
// what expires first comes first.
func SummaryOf(groups []Group) Summary {
	var s Summary
	for _, g := range groups {
		for _, c := range g.Certificates {
			s.Total++
			switch c.Urgency() {
			case Expired:
				s.Expired++
			case Urgent:
				s.Urgent++
			case Soon:
				s.Soon++
			case Fine:
				s.Fine++
			case Undated:
				s.Undated++
			}
		}
		if first := g.Certificates[0]; s.First == nil && !first.until.IsZero() {
			s.First = &first
		}
	}
	return s
}

// Sentence is the summary for people.
func (s Summary) Sentence() string {
	text := fmt.Sprintf("%s: %d expired, %d within 30 days, %d within 90 days, %d later", counted(s.Total), s.Expired, s.Urgent, s.Soon, s.Fine)
	if s.Undated > 0 {
		text += fmt.Sprintf(", %d without a date", s.Undated)
	}
	return text
}

func counted(n int) string {
	if n == 1 {
		return "1 certificate"
	}
	return fmt.Sprintf("%d certificates", n)
}
