package run

import (
	"cmp"
	"maps"
	"slices"

	"github.com/opsman-ca/opsman-ca/test/soak/rig"
)

// Tally adds results up.
type Tally struct {
	Rotations int
	// Settled said so and are; Stopped said why, by their reasons.
	Settled int
	Stopped map[string]int
	// HalfRotated said success and are not settled; WrongCAs of them have another
	// number of CAs than one, or still the first.
	HalfRotated, WrongCAs int
	// BrokenByUs are foundations in which a phase of the procedure broke handshakes,
	// BrokenByOthers those in which another operator's click alone did.
	BrokenByUs, BrokenByOthers int
	// Excused counts foundations by the way in which that click did it.
	Excused map[string]int
	// Improper are foundations with a call that no procedure may make.
	Improper int
	// OtherThanOneCA: another number of CAs than one at the end, whatever was said.
	OtherThanOneCA int
	// Blind are those of the task rotate without a version that were wrong about
	// what Ops Manager does not show.
	Blind        map[string]int
	Keys         int
	Good, Broken int
	Processes    int
	Struck       map[string]int
	Failed       []Result
}

// Add adds one.
func (t *Tally) Add(r Result) {
	if t.Stopped == nil {
		t.Stopped, t.Struck, t.Blind, t.Excused = map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	}
	v := r.Verdict
	t.Rotations++
	t.Good += v.Good
	t.Broken += v.Broken
	t.Processes += r.Processes
	for name, n := range r.Struck {
		t.Struck[name] += n
	}
	for _, c := range []struct {
		count *int
		on    bool
	}{
		{&t.Settled, r.Said.Success && v.Settled},
		{&t.HalfRotated, r.Said.Success && !v.Settled},
		{&t.WrongCAs, r.Said.Success && (v.CAs != 1 || v.KeptFirst)},
		{&t.OtherThanOneCA, v.CAs != 1},
		{&t.BrokenByUs, len(v.ByUs) > 0},
		{&t.BrokenByOthers, len(v.ByUs) == 0 && v.Broken > 0},
		{&t.Improper, len(v.Improper) > 0},
		{&t.Keys, slices.Contains(r.Leaks, rig.KeyInLog) || slices.Contains(r.Leaks, rig.KeyInArgs)},
	} {
		if c.on {
			*c.count++
		}
	}
	for name := range v.Excused {
		t.Excused[name]++
	}
	if v.Blind != "" {
		t.Blind[v.Blind]++
	}
	if !r.Said.Success {
		t.Stopped[r.Said.Reason]++
	}
	if len(r.Faults) > 0 {
		t.Failed = append(t.Failed, r)
	}
}

// counted is a name with its count.
type counted struct {
	name  string
	count int
}

// most sorts counts, the largest first.
func most(counts map[string]int) []counted {
	var all []counted
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		all = append(all, counted{name, counts[name]})
	}
	slices.SortStableFunc(all, func(a, b counted) int { return cmp.Compare(b.count, a.count) })
	return all
}

func sum(counts map[string]int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}
