package judge

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// operator is the other operator's name in the simulator's records.
const operator = "operator"

// The ways in which another operator's click alone breaks handshakes.
const (
	theirs    = "deployed by the other operator, too"
	deleted   = "deployed behind the other operator's delete"
	overtaken = "overtaken by the other operator's click while the installation was being started"
)

// breaks sorts the broken handshakes: byUs says of each installation that broke
// some by a phase of the procedure's hand which phase it was; excused counts those
// that another operator's click alone has caused, by the way in which it did:
//
//   - at least one CA was activated, used or deleted by the other operator while
//     VMs were not ready for it (the ledger's Unready), and none by the procedure;
//   - the installation that broke them was the other operator's as well; or the
//     procedure had not asked for the CAs between that click and its installation;
//     or the click was a delete, which leaves no installation that harms nothing.
func breaks(l sim.Ledger, s sim.State) (byUs []string, excused map[string]int) {
	told := map[int]bool{}
	excused = map[string]int{}
	for _, h := range s.Broken {
		i := slices.IndexFunc(s.Installations, func(in sim.InstallationState) bool { return in.ID == h.Installation })
		var in sim.InstallationState
		if i >= 0 {
			in = s.Installations[i]
		}
		culprit, ours := culprit(l, in)
		if !ours {
			excused[culprit]++
			continue
		}
		if !told[h.Installation] {
			told[h.Installation] = true
			byUs = append(byUs, fmt.Sprintf("installation %d of %s broke %s → %s: %s", h.Installation, in.User, h.Client, h.Server, culprit))
		}
	}
	return byUs, excused
}

// culprit is the phase that made the installation break something, and whether it
// is the procedure's.
func culprit(l sim.Ledger, in sim.InstallationState) (string, bool) {
	var others []sim.CAEvent
	for _, e := range l.Events {
		if len(e.Unready) == 0 || !e.At.Before(in.StartedAt) {
			continue
		}
		if e.By != operator {
			return fmt.Sprintf("%s of %s too early for %v", e.Kind, e.GUID, e.Unready), true
		}
		others = append(others, e)
	}
	if len(others) == 0 {
		return "no phase on record explains it", true
	}
	if in.User == operator {
		return theirs, false
	}
	last := others[len(others)-1]
	if last.Kind != "delete" && sawCAs(l, last.At, startOf(l, in)) {
		return fmt.Sprintf("it was started although the %s of %s by another operator was to be seen", last.Kind, last.GUID), true
	}
	if last.Kind == "delete" {
		return deleted, false
	}
	return overtaken, false
}

// startOf is when the installation was asked for.
func startOf(l sim.Ledger, in sim.InstallationState) time.Time {
	at := in.StartedAt
	for _, r := range l.Requests {
		if r.Method == http.MethodPost && r.Path == "/api/v0/installations" && !r.At.After(in.StartedAt) {
			at = r.At
		}
	}
	return at
}

// sawCAs tells whether the CAs were listed between two moments.
func sawCAs(l sim.Ledger, from, to time.Time) bool {
	return slices.ContainsFunc(l.Requests, func(r sim.Request) bool {
		return r.Method == http.MethodGet && r.Path == "/api/v0/certificate_authorities" && r.Status == http.StatusOK && r.At.After(from) && r.At.Before(to)
	})
}
