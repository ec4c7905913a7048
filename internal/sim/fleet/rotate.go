package fleet

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/roster"
)

// rotation brings a foundation to a place in a rotation, and says what version
// that is. It knows it from what it has done, and not from what a check reads.
type rotation struct {
	*sim.Foundation
	// before is the version that Concourse knew ahead of now, nil for none.
	before, now roster.Version
}

func begin(f *sim.Foundation) *rotation {
	return &rotation{Foundation: f, now: roster.Version{"state": settled, "active": f.Dump().Active()}}
}

// deploy is an installation that deployed everything at once: what counts here
// is how it leaves the foundation, and not the handshakes on its way.
var deploy = sim.Action{Do: "hard-rotation"}

// leadsTo is what leads to each state.
var leadsTo = map[string]sim.Action{
	generated: {Do: "generate"}, trusted: deploy,
	activated: {Do: "activate"}, regenerated: {Do: "regenerate"}, replaced: deploy,
	retired: {Do: "delete"}, settled: deploy,
}

// advance leads to the next state.
func (r *rotation) advance(ctx context.Context, state string) error {
	if err := r.OperatorContext(ctx, leadsTo[state]); err != nil {
		return fmt.Errorf("bring a foundation to %s: %w", state, err)
	}
	last := r.now
	r.before, r.now = last, r.version(state, last)
	if state == regenerated {
		// No check finds out that leaves were regenerated: the put has told.
		r.before = r.now
	}
	return nil
}

// version is that of the state, by the one before it.
func (r *rotation) version(state string, last roster.Version) roster.Version {
	dump := r.Dump()
	v := roster.Version{"state": state, "active": dump.Active(), "installation": newest(dump)}
	switch state {
	case generated, trusted:
		v["candidate"] = inactive(dump)
	case activated, regenerated, replaced:
		v["retiring"] = inactive(dump)
		v["trusted"] = last["trusted"]
		if state == activated {
			v["trusted"] = last["installation"]
		}
	case retired:
		v["removed"] = last["retiring"]
	case settled:
		v["removed"] = last["removed"]
	}
	return v
}

// block makes a third CA.
func (r *rotation) block(ctx context.Context) error {
	if err := r.OperatorContext(ctx, leadsTo[generated]); err != nil {
		return fmt.Errorf("block a foundation: %w", err)
	}
	r.before = r.now
	r.now = roster.Version{}
	for key, value := range r.before {
		r.now[key] = value
	}
	r.now["was"], r.now["state"] = r.before["state"], blocked
	r.now["reason"], r.now["cas"] = "too-many-cas", strings.Join(slices.Sorted(slices.Values(guids(r.Dump()))), ",")
	return nil
}

func newest(s sim.State) string { return strconv.Itoa(s.Installations[len(s.Installations)-1].ID) }

func inactive(s sim.State) string {
	for _, ca := range s.CAs {
		if !ca.Active {
			return ca.GUID
		}
	}
	return ""
}

func guids(s sim.State) []string {
	var all []string
	for _, ca := range s.CAs {
		all = append(all, ca.GUID)
	}
	return all
}
