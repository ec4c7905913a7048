package judge

import (
	"fmt"
	"maps"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/soak/schedule"
)

// prerequisites holds what was said of the vendor's prerequisites against the
// foundation: a refusal for one that it does not lack is untrue, and a CA that the
// procedure made without one that holds came unasked.
func prerequisites(c Case, l sim.Ledger) []string {
	var found []string
	began := slices.ContainsFunc(l.Events, func(e sim.CAEvent) bool {
		return e.By != operator && (e.Kind == "generate" || e.Kind == "create")
	})
	for _, reason := range slices.Sorted(maps.Keys(schedule.Prerequisites)) {
		said, is := slices.Contains(c.Said.Refused, string(reason)), c.Schedule.Is(schedule.Prerequisites[reason])
		switch {
		case said && !is:
			found = append(found, fmt.Sprintf("it refused for a reason that is not true (%s)", reason))
		case is && !said && began:
			found = append(found, fmt.Sprintf("it made a CA and never said %s, which holds", reason))
		}
	}
	return found
}

// IsPrerequisite tells a refusal that the operator answers by an option.
func IsPrerequisite(reason string) bool {
	_, is := schedule.Prerequisites[rotation.Reason(reason)]
	return is
}
