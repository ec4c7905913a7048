package rotation

import (
	"strconv"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// Observe says which phase the evidence shows. The cursor is the last version
// known, nil for none: it carries what the API cannot show (was regenerate
// called? is the delete deployed?), and where it contradicts Ops Manager, Ops
// Manager wins. Without it the earlier phase is taken when in doubt.
func Observe(e evidence.Evidence, cursor *Version) State {
	s := observe(e, cursor)
	s.Version = s.Version.following(cursor)
	if cursor != nil {
		known, _ := cursor.unblocked()
		s.SetBack = setbackOf(s, known)
	}
	return s
}

func observe(e evidence.Evidence, cursor *Version) State {
	if o := findObstacle(e, cursor); o != nil {
		return blocked(e, *o, cursor)
	}
	known := Version{}
	if cursor != nil {
		known, _ = cursor.unblocked()
	}
	if len(e.CAs) == 1 {
		return observeOne(e, known)
	}
	active, inactive := e.CAs[0], e.CAs[1]
	if !active.Active {
		active, inactive = inactive, active
	}
	switch newer(active, inactive, known) {
	case inactive.GUID:
		return observeCandidate(e, active, inactive, known)
	case active.GUID:
		return observeRetiring(e, active, inactive, known)
	}
	return blocked(e, obstacle{ReasonEqualCreation,
		"the two certificate authorities (" + describe(e.CAs) + ") were created at the same time as far as Ops Manager tells, " +
			"so nobody can say which of them is new; hand over a version from before the second one appeared (params.from), " +
			"or delete the inactive one if you know that nothing uses it, and apply changes"}, cursor)
}

// newer is the GUID of the CA that came later: by created_on, else by what was
// known before; empty when neither tells.
func newer(active, inactive evidence.CA, known Version) string {
	switch active.CreatedOn.Order(inactive.CreatedOn) {
	case 1:
		return active.GUID
	case -1:
		return inactive.GUID
	}
	switch {
	case known.samePair(active.GUID, inactive.GUID) && known.Phase.hasCandidate():
		return known.Candidate
	case known.samePair(active.GUID, inactive.GUID):
		return known.Active
	case known.lists(active.GUID) && !known.lists(inactive.GUID):
		return inactive.GUID
	case known.lists(inactive.GUID) && !known.lists(active.GUID):
		return active.GUID
	}
	return ""
}

// observeOne: one CA. It is settled, unless the last thing known is a CA that
// has left since and whose trust no installation has removed yet.
func observeOne(e evidence.Evidence, known Version) State {
	active := e.CAs[0]
	s := State{Phase: Settled, Active: &active}
	s.Version = Version{Phase: Settled, Active: active.GUID}

	switch {
	case known.Phase == "":
		return s
	case known.Phase == Settled && known.Active == active.GUID:
		s.Version = known
		return s
	case known.Phase == Retired && known.Active == active.GUID:
		s.Deployed = prove(e, anchoredAt(known.anchor()), noKind)
		if !s.Deployed.Complete() {
			s.Phase, s.Version = Retired, known
			return s
		}
		s.Version = known
		s.Version.Phase, s.Version.Installation = Settled, strconv.Itoa(s.Deployed.Installation)
		return s
	}
	removed := known.Active
	if removed == active.GUID {
		removed = known.other()
	}
	s.Phase = Retired
	s.Version = Version{Phase: Retired, Active: active.GUID, Removed: removed, Installation: highest(e)}
	s.Deployed = prove(e, anchoredAt(s.Version.anchor()), noKind)
	return s
}

// highest is the anchor of a change first seen now: nothing that has started so
// far proves anything about it.
func highest(e evidence.Evidence) string { return strconv.Itoa(e.History.Highest()) }
