package judge

import (
	"fmt"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// improper replays what was done to the CAs and names what no procedure may do by
// its own hand: a second candidate, the activation of anything but a candidate,
// the deletion of anything but a former active CA, a phase that VMs were not ready
// for. What another operator did an instant before, unseen, excuses.
func improper(l sim.Ledger, first string) []string {
	var found []string
	active, inactive, former := first, []string{}, map[string]bool{}
	age := []string{first} // oldest first
	var clicked sim.CAEvent
	for _, e := range l.Events {
		if e.By == operator {
			clicked = e
		} else if wrong := wrongStep(e, active, age, inactive, former); wrong != "" && (clicked.GUID == "" || sawCAs(l, clicked.At, e.At)) {
			found = append(found, wrong)
		}
		switch e.Kind {
		case "generate", "create":
			inactive, age = append(inactive, e.GUID), append(age, e.GUID)
		case "activate":
			former[active] = true
			if e.GUID != active {
				inactive = append(inactive, active)
			}
			active = e.GUID
			inactive = slices.DeleteFunc(inactive, func(g string) bool { return g == e.GUID })
		case "delete":
			inactive = slices.DeleteFunc(inactive, func(g string) bool { return g == e.GUID })
		}
	}
	return found
}

func wrongStep(e sim.CAEvent, active string, age, inactive []string, former map[string]bool) string {
	switch {
	case len(e.Unready) > 0:
		return fmt.Sprintf("%s of %s came too early for %v", e.Kind, e.GUID, e.Unready)
	case (e.Kind == "generate" || e.Kind == "create") && len(inactive) > 0:
		return fmt.Sprintf("CA %s was made beside the inactive %v", e.GUID, inactive)
	case e.Kind == "activate" && slices.Index(age, e.GUID) < slices.Index(age, active):
		return fmt.Sprintf("CA %s was activated, which is older than the active %s", e.GUID, active)
	case e.Kind == "delete" && !former[e.GUID]:
		return fmt.Sprintf("CA %s was deleted, which was never active", e.GUID)
	}
	return ""
}
