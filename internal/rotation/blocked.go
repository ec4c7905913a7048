package rotation

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// blockage is why no state can be named.
type blockage struct {
	reason  Reason
	message string
}

// blockages are looked for in this order; the first one found is reported, and the
// last one sees one CA or two, of which one is active.
var blockages = []func(evidence.Evidence, *Version) *blockage{noCAs, tooManyCAs, notOneActive, expiredCA}

func findBlockage(e evidence.Evidence, cursor *Version) *blockage {
	for _, look := range blockages {
		if o := look(e, cursor); o != nil {
			return o
		}
	}
	return nil
}

func noCAs(e evidence.Evidence, _ *Version) *blockage {
	if len(e.CAs) > 0 {
		return nil
	}
	return &blockage{ReasonNoCAs, "Ops Manager lists no certificate authority at all; " +
		"look at it in the UI (Settings, Certificates) and contact support before anything else"}
}

func tooManyCAs(e evidence.Evidence, _ *Version) *blockage {
	if len(e.CAs) <= 2 {
		return nil
	}
	return &blockage{ReasonTooManyCAs, fmt.Sprintf(
		"Ops Manager lists %d certificate authorities (%s), and a rotation knows two; "+
			"find out who made the others, and delete the inactive ones that nothing uses "+
			"(DELETE /api/v0/certificate_authorities/GUID, then apply changes) until two are left", len(e.CAs), describe(e.CAs))}
}

func notOneActive(e evidence.Evidence, _ *Version) *blockage {
	var active []evidence.CA
	for _, ca := range e.CAs {
		if ca.Active {
			active = append(active, ca)
		}
	}
	switch len(active) {
	case 1:
		return nil
	case 0:
		return &blockage{ReasonNoneActive, fmt.Sprintf("none of the certificate authorities (%s) is active; "+
			"contact support: Ops Manager can sign nothing in this state", describe(e.CAs))}
	}
	return &blockage{ReasonSeveralActive, fmt.Sprintf("more than one certificate authority is active (%s); "+
		"contact support before anything else is done", describe(active))}
}

// ActiveExpired tells that the active CA has expired, by Ops Manager's clock: no
// rotation works any more.
func ActiveExpired(e evidence.Evidence) bool {
	return !e.At.IsZero() && slices.ContainsFunc(e.CAs, func(ca evidence.CA) bool { return ca.Active && ca.ExpiresOn.SurelyBefore(e.At) })
}

// expiredCA blocks when the signer, or the CA that is to become it, has
// expired. An expired retiring CA does not: deleting it is what is left to do.
// The version tells which one is retiring, and where it does not, the dates. A
// candidate that has expired is only to be deleted: nothing signed by it is valid.
func expiredCA(e evidence.Evidence, cursor *Version) *blockage {
	if ActiveExpired(e) {
		active := activeCA(e)
		return &blockage{ReasonExpiredCA, fmt.Sprintf(
			"certificate authority %s expired on %s; the normal procedure does not work with an expired CA: "+
				"contact support for the recovery procedure, and do not apply changes before", active.GUID, active.ExpiresOn)}
	}
	if len(e.CAs) == 1 {
		return nil
	}
	active, inactive := pair(e)
	if e.At.IsZero() || !inactive.ExpiresOn.SurelyBefore(e.At) {
		return nil
	}
	var known Version
	if cursor != nil {
		known, _ = cursor.unblocked()
	}
	known, _ = believed(e, active, inactive, known)
	switch newer(e, active, inactive, known) {
	case active.GUID:
		return nil
	case inactive.GUID:
		return &blockage{ReasonExpiredCA, fmt.Sprintf(
			"certificate authority %[1]s, which is newer than the active %[2]s, expired on %[3]s before it was activated, and must never be activated: "+
				"delete it (om delete-certificate-authority --id %[1]s), then apply changes; where Ops Manager refuses that (CredHub Maestro), ask its support", inactive.GUID, active.GUID, inactive.ExpiresOn)}
	}
	if undated(e, active) || undated(e, inactive) {
		return nil // Which of the two is new is said to be unclear, and not that it is the end.
	}
	return &blockage{ReasonExpiredCA, fmt.Sprintf(
		"the inactive certificate authority %s expired on %s and must never be activated; whether it is older than the active %s is unknown (%s): "+
			"hand over a version from before the second one appeared, or ask Ops Manager's support whether to delete it", inactive.GUID, inactive.ExpiresOn, active.GUID, describe(e.CAs))}
}

// blocked is the state for a blockage; it keeps what the cursor knew.
func blocked(e evidence.Evidence, o blockage, cursor *Version) Observation {
	v := Version{}
	if cursor != nil {
		if before, known := cursor.unblocked(); known {
			v = before
			v.Was = before.State
		}
	}
	v.State, v.Reason, v.CAs = Blocked, o.reason, guids(e.CAs)
	return Observation{State: Blocked, Version: v, Reason: o.reason, Message: o.message}
}

func guids(cas []evidence.CA) string {
	var all []string
	for _, ca := range cas {
		all = append(all, ca.GUID)
	}
	slices.Sort(all)
	return strings.Join(all, ",")
}

// describe lists CAs with what tells them apart.
func describe(cas []evidence.CA) string {
	var all []string
	for _, ca := range cas {
		activity := "inactive"
		if ca.Active {
			activity = "active"
		}
		all = append(all, fmt.Sprintf("%s %s, created %s", ca.GUID, activity, ca.CreatedOn))
	}
	return strings.Join(all, "; ")
}

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
