package rotation

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// An earlier rotation that ended without its delete leaves the former CA behind, which
// expires in time. Ops Manager keeps no trace of that rotation. What shows that nothing
// lives by the former CA any more is a deployment since it expired: of a director, an
// agent or NATS with a certificate of it, or without trust in the active one, none
// succeeds. So the VMs have the new certificates, whether or not their stemcells need
// recreating for it.

// outlived tells whether every product was deployed successfully since the former CA
// had expired and the active one was there; the horizon is that moment.
func (s Observation) outlived(e evidence.Evidence) (horizon, bool) {
	if !s.Expired || undated(e, *s.Active) || later(e, *s.Active, *s.Retiring) <= 0 {
		return horizon{}, false
	}
	h := horizon{created: s.Retiring.ExpiresOn}
	if s.Active.CreatedOn.Latest().After(h.created.Latest()) {
		h.created = s.Active.CreatedOn
	}
	return h, prove(e, h, productsAlone).Installation > 0
}

// leftBehind tells whether the former CA is one that an earlier rotation left behind,
// and what is left to do about it: delete, or an apply changes before. A rotation that
// the version knows has phases of its own ahead.
func (s *Observation) leftBehind(e evidence.Evidence, known Version) bool {
	h, is := s.outlived(e)
	switch {
	case !is, e.Certificates.Source == evidence.SourceUnknown, len(lateLeaves(e, *s)) > 0:
		return false
	case known.samePair(s.Active.GUID, s.Retiring.GUID) && (known.Active != s.Active.GUID || !known.State.hasRetiring() || known.Trusted != "" || known.Since != ""):
		return false
	}
	s.LeftBehind = true
	if known.State == Regenerated || known.State == Replaced {
		return false // The version says from where on to prove it.
	}
	about := leavesOf(*s.Active)
	about.outlived = true
	s.Version = Version{Active: s.Active.GUID, Retiring: s.Retiring.GUID}
	s.Deployed = prove(e, h, about)
	s.State, s.Version.State = Regenerated, Regenerated
	switch {
	case slices.Contains(slices.Collect(maps.Values(undeployed(e))), true):
		s.Version.Installation = highest(e)
		s.Deployed = prove(e, anchoredAt(s.Version.anchor()), about)
	case s.Deployed.Complete():
		s.State, s.Version.State = Replaced, Replaced
		s.Version.Installation = strconv.Itoa(s.Deployed.Installation)
	default:
		s.Version.Installation = strconv.Itoa(s.Deployed.Since)
	}
	return true
}

// left says of a CA that was left behind what it is.
func (s Observation) left() string {
	return fmt.Sprintf("CA %s expired on %s and was left behind by an earlier rotation; no product that is deployed needs it", s.Retiring.GUID, s.Retiring.ExpiresOn)
}
