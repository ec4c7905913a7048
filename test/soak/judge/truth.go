package judge

import (
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/soak/schedule"
)

// untrue says why the reason of a stop does not hold in the state that the
// foundation is in; empty when it does hold.
func untrue(c Case, s sim.State, l sim.Ledger) string {
	switch c.Said.Reason {
	case string(rotation.ReasonTooManyCAs):
		if len(s.CAs) > 2 {
			return ""
		}
		return "there are not more than two CAs"
	case string(rotation.ReasonEqualCreation):
		if len(s.CAs) == 2 && c.Schedule.DateOnly {
			return ""
		}
		return "there are not two CAs of one date"
	case string(rotation.ReasonUntrusted):
		if clicked(l, "activate") && !s.TrustsActive() {
			return ""
		}
		return "every VM trusts the active CA, or no other operator has activated it"
	case string(rotation.ReasonTrustUnknown):
		if !s.TrustsActive() || c.Schedule.DateOnly || undated(c, s) || c.Schedule.Is(schedule.Pruned) {
			return ""
		}
		return "every VM trusts the active CA, and its history and date show it"
	case string(rotation.ReasonUndatedCA):
		if len(s.CAs) == 2 && undated(c, s) {
			return ""
		}
		return "there are not two CAs of which one is an operator's own"
	case string(rotation.ReasonPartialGeneration), string(rotation.ReasonPartialActivation), string(rotation.ReasonPartialDeletion):
		if c.Struck[string(schedule.PartlyFailed)] > 0 {
			return ""
		}
		return "no call was carried out in part"
	case SafetyViolation:
		if c.Struck[string(schedule.PartlyFailed)] > 0 || clicked(l, "generate", "activate", "regenerate", "delete") {
			return ""
		}
		return "nothing that was injected makes Ops Manager refuse for good"
	case ApplyFailed:
		if len(s.Broken) > 0 {
			return ""
		}
		return "the VMs shake hands"
	}
	return "it is none of the reasons to stop for"
}

// clicked tells whether the other operator did one of these.
func clicked(l sim.Ledger, kinds ...string) bool {
	return slices.ContainsFunc(l.Events, func(e sim.CAEvent) bool { return e.By == operator && slices.Contains(kinds, e.Kind) })
}

// undated tells whether a CA that is listed is an operator's own, whose date may be the
// day that it was signed: the one of the beginning, or the one that it is rotated to.
func undated(c Case, s sim.State) bool {
	return c.Schedule.Custom && s.Active() != c.First || c.Schedule.Custom && len(s.CAs) == 2 || c.Schedule.Is(schedule.OwnRootCA)
}
