package rotation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// applies is how many complete deployments a rotation makes after its CA
// appears: to trust it, to replace the leaves, and to remove the former CA.
const applies = 3

// ClosingApply tells whether the last apply changes of the active CA's rotation
// may be outstanding, for whoever finds one CA and knows nothing else: the API
// does not show that a deleted CA is still trusted. That may be so when the CA
// is younger than the oldest installation known, hence came by a rotation, and
// fewer complete deployments are known since than a rotation makes, one after
// the other, or when the last attempt to deploy a product failed. The message is one sentence. The history has to reach back to the
// CA: see SinceActive.
func ClosingApply(e evidence.Evidence) (message string, outstanding bool) {
	i := slices.IndexFunc(e.CAs, func(ca evidence.CA) bool { return ca.Active })
	if len(e.CAs) != 1 || i < 0 {
		return "", false
	}
	active := e.CAs[i]
	if !cameByRotation(e.History, active) {
		return "", false
	}
	known, h := 0, horizon{created: active.CreatedOn}
	for known <= applies {
		p := prove(e, h, noKind)
		if p.Installation == 0 {
			break
		}
		known++
		// Ops Manager runs one at a time: a higher id started after that one ended.
		h = anchoredAt(p.Installation)
	}
	if broken := unhealthy(e); known == applies && len(broken) > 0 {
		// One of those counted may be somebody else's, and this one ours.
		return fmt.Sprintf("the last apply changes of its rotation may be outstanding: the last deployment did not succeed everywhere: %s", strings.Join(broken, ", ")), true
	}
	if known >= applies {
		return "", false
	}
	return fmt.Sprintf("the last apply changes of its rotation may be outstanding: since CA %s appeared (%s), %d complete deployments of all products are known, and a rotation makes %d",
		active.GUID, active.CreatedOn, known, applies), true
}

// cameByRotation tells whether an installation is known that is older than the
// CA: the first CA of a foundation is older than all of them.
func cameByRotation(h evidence.History, ca evidence.CA) bool {
	return slices.ContainsFunc(h.List, func(i evidence.Installation) bool {
		return !i.StartedAt.IsZero() && !ca.CreatedOn.IsZero() && i.StartedAt.Before(ca.CreatedOn.Latest())
	})
}

// SinceActive tells gathering when to stop reading the history for
// ClosingApply: at the first installation that is older than the active CA.
func SinceActive(cas []evidence.CA) func(evidence.Installation) bool {
	return func(i evidence.Installation) bool {
		return slices.ContainsFunc(cas, func(ca evidence.CA) bool {
			return ca.Active && !i.StartedAt.IsZero() && !ca.CreatedOn.IsZero() && i.StartedAt.Before(ca.CreatedOn.Time)
		})
	}
}
