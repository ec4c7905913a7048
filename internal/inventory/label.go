package inventory

import (
	"cmp"
	"fmt"
	"strings"
)

// nameRows gives every row of the report a name that no other row has: each certificate,
// and each procedure.
func nameRows(groups []Group) {
	var certificates []*Entry
	for g := range groups {
		for n := range groups[g].Certificates {
			certificates = append(certificates, &groups[g].Certificates[n])
		}
	}
	names := make([]*string, len(certificates))
	for n, c := range certificates {
		c.Label = cmp.Or(strings.TrimSpace(c.Name), "a certificate without a name")
		names[n] = &c.Label
	}
	distinguish(names,
		func(n int) string { return nonEmpty(" of %s", certificates[n].Of()) },
		func(n int) string { return nonEmpty(" (%s)", certificates[n].guid()) },
		func(n int) string { return ", " + string(certificates[n].Kind) },
		func(n int) string { return nonEmpty(", until %s", certificates[n].Expires) },
	)

	names = make([]*string, len(groups))
	for n := range groups {
		groups[n].Label = groups[n].Procedure
		names[n] = &groups[n].Label
	}
	distinguish(names, func(n int) string { return " (" + groups[n].what() + ")" })
}

// what says which certificates are in the group, for those of which Ops Manager calls
// the procedure the same.
func (g Group) what() string {
	what := tasks[g.Category].procedure
	if len(g.Certificates) == 1 {
		return what + ": " + g.Certificates[0].Label
	}
	return what
}

// distinguish makes names differ that are the same, each by the first of these that
// differs among them; and by a number, where none does.
func distinguish(names []*string, by ...func(n int) string) {
	all := make([]int, len(names))
	for n := range names {
		all[n] = n
	}
	same := alike(names, all)
	for _, more := range by {
		var left [][]int
		for _, few := range same {
			if !differ(few, more) {
				left = append(left, few)
				continue
			}
			for _, n := range few {
				*names[n] += more(n)
			}
			left = append(left, alike(names, few)...)
		}
		same = left
	}
	// Among all of them: a name may be what another one has become.
	same = alike(names, all)
	if len(same) == 0 {
		return
	}
	taken := make(map[string]bool, len(names))
	for _, name := range names {
		taken[*name] = true
	}
	for _, few := range same {
		number := 0
		for _, n := range few {
			name := *names[n]
			for taken[*names[n]] {
				number++
				*names[n] = fmt.Sprintf("%s (%d)", name, number)
			}
			taken[*names[n]] = true
		}
	}
}

// alike are those among some that have a name together, in the order of the report.
func alike(names []*string, some []int) [][]int {
	first := make(map[string]int, len(some))
	found := map[string]int{}
	var groups [][]int
	for _, n := range some {
		name := *names[n]
		before, again := first[name]
		if !again {
			first[name] = n
			continue
		}
		group, known := found[name]
		if !known {
			group = len(groups)
			found[name] = group
			groups = append(groups, []int{before})
		}
		groups[group] = append(groups[group], n)
	}
	return groups
}

// differ tells whether it is not the same for all.
func differ(few []int, more func(n int) string) bool {
	for _, n := range few[1:] {
		if more(n) != more(few[0]) {
			return true
		}
	}
	return false
}

func nonEmpty(form, text string) string {
	if text == "" {
		return ""
	}
	return fmt.Sprintf(form, text)
}
