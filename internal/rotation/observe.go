package rotation

import (
	"strconv"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// Observation is what the evidence amounts to.
type Observation struct {
	State State
	// Version is the state as Concourse keeps it.
	Version Version
	// Reason and Message say why a state is blocked.
	Reason  Reason
	Message string

	// SetBack says what set the rotation back since the cursor, "" for nothing.
	SetBack string

	Active    *evidence.CA
	Candidate *evidence.CA
	Retiring  *evidence.CA

	// Trust is the proof that the newest CA is trusted everywhere; it matters
	// until the leaf certificates are regenerated.
	Trust Proof
	// Strays are leaves, known from certificates v1, that a candidate signed which
	// not every product trusts: somebody had activated it, and went back.
	Strays []evidence.Certificate
	// Deployed is the proof that Regenerated, Retired or Renewed waits for.
	Deployed Proof
}

// Awaited is the proof that the next step of the state needs, nil when it needs
// none.
func (s Observation) Awaited() *Proof {
	switch s.State {
	case Generated, Trusted, Activated:
		return &s.Trust
	case Regenerated, Replaced, Retired, Renewed:
		return &s.Deployed
	}
	return nil
}

// NeedsApply tells whether an apply changes of all products is what comes next.
func (s Observation) NeedsApply() bool {
	if s.State == Renewed {
		// Verify alone ends it, and asks for more than a deployment.
		return !s.Deployed.Complete()
	}
	m, known := moveFrom(s.State)
	return known && m.phase == Verify
}

// Untrusted tells that somebody activated a CA that not every product trusts.
// No apply changes must come now: it would deploy certificates of that CA, the
// director's own first, to products that turn them down.
func (s Observation) Untrusted() bool { return s.State == Activated && !s.Trust.Complete() }

// Observe says which state the evidence shows. The cursor is the last version
// known, nil for none: it carries what the API cannot show (was regenerate
// called? is the delete deployed?), and where it contradicts Ops Manager, Ops
// Manager wins. Without it the earlier state is taken when in doubt.
func Observe(e evidence.Evidence, cursor *Version) Observation {
	s := observe(e, cursor)
	s.Version = s.Version.following(cursor)
	if cursor != nil {
		known, _ := cursor.unblocked()
		s.SetBack = setbackOf(s, known)
	}
	return s
}

func observe(e evidence.Evidence, cursor *Version) Observation {
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
			"so it is unclear which of them is new; hand over a version from before the second one appeared (params.from), " +
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
	case known.samePair(active.GUID, inactive.GUID) && known.State.hasCandidate():
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
// has left since and whose trust no installation has removed yet, or a call that
// regenerated the leaf certificates, of which Ops Manager keeps no trace.
func observeOne(e evidence.Evidence, known Version) Observation {
	active := e.CAs[0]
	s := Observation{State: Settled, Active: &active}
	s.Version = Version{State: Settled, Active: active.GUID}

	switch {
	case known.State == "":
		return s
	case known.State == Settled && known.Active == active.GUID:
		s.Version = known
		return s
	case known.State == Renewed && known.Active == active.GUID:
		s.State, s.Version = Renewed, known
		s.Deployed = prove(e, anchoredAt(known.anchor()), anyKind)
		return s
	case known.State == Retired && known.Active == active.GUID:
		s.Deployed = prove(e, anchoredAt(known.anchor()), noKind)
		if !s.Deployed.Complete() {
			s.State, s.Version = Retired, known
			return s
		}
		s.Version = known
		s.Version.State, s.Version.Installation = Settled, strconv.Itoa(s.Deployed.Installation)
		return s
	}
	removed := known.Active
	if removed == active.GUID {
		removed = known.other()
	}
	s.State = Retired
	s.Version = Version{State: Retired, Active: active.GUID, Removed: removed, Installation: highest(e)}
	s.Deployed = prove(e, anchoredAt(s.Version.anchor()), noKind)
	return s
}

// highest is the anchor of a change first seen now: nothing that has started so
// far proves anything about it.
func highest(e evidence.Evidence) string { return strconv.Itoa(e.History.Highest()) }

// observeCandidate: the inactive CA is the newer one. Whoever made it, it is
// adopted: there is only one, and it is known which.
func observeCandidate(e evidence.Evidence, active, candidate evidence.CA, known Version) Observation {
	s := Observation{Active: &active, Candidate: &candidate}
	s.Version = Version{Active: active.GUID, Candidate: candidate.GUID}
	same := known.State.hasCandidate() && known.Active == active.GUID && known.Candidate == candidate.GUID

	if same && known.State == Trusted && uphold(e, candidate, known.Installation, &s.Trust) {
		s.State, s.Version = Trusted, known
		return s
	}
	h := horizon{created: candidate.CreatedOn}
	switch {
	case same:
		h = anchoredAt(known.anchor())
	case known.samePair(active.GUID, candidate.GUID):
		// It was active before: leaves of it may be anywhere, so nothing deployed
		// up to now says what the foundation trusts.
		h = anchoredAt(e.History.Highest())
	}
	s.Trust = prove(e, h, authorities)
	s.State = Generated
	s.Version.Installation = strconv.Itoa(h.floor(e.History))
	if s.Trust.Complete() {
		s.State = Trusted
		s.Version.Installation = strconv.Itoa(s.Trust.Installation)
	}
	if s.State == Generated {
		s.Strays = undeployedLeaves(e, candidate)
	}
	s.Version.State = s.State
	return s
}

// observeRetiring: the inactive CA is the older one, so the newer one was
// activated. That the leaves were regenerated is known from the cursor alone.
func observeRetiring(e evidence.Evidence, active, retiring evidence.CA, known Version) Observation {
	s := Observation{State: Activated, Active: &active, Retiring: &retiring}
	same := known.State.hasRetiring() && known.Active == active.GUID && known.Retiring == retiring.GUID

	s.Version = Version{Active: active.GUID, Retiring: retiring.GUID, Installation: highest(e)}
	if same {
		s.Version = known
	}
	if same && known.State != Activated {
		s.deployment(e, known)
	}
	if s.State == Activated {
		s.trust(e, known, same)
	}
	s.Version.State = s.State
	return s
}

// trust establishes whether every product trusts the active CA.
func (s *Observation) trust(e evidence.Evidence, known Version, same bool) {
	claim, h := "", horizon{created: s.Active.CreatedOn}
	switch {
	case same:
		// The CA existed when that installation id was read.
		claim, h = known.Trusted, anchoredAt(known.anchor())
	case known.State == Trusted && known.Candidate == s.Active.GUID:
		claim = known.Installation
	case known.State == Generated && known.Candidate == s.Active.GUID:
		h = anchoredAt(known.anchor())
	}
	if !uphold(e, *s.Active, claim, &s.Trust) {
		s.Trust = prove(e, horizon{created: s.Active.CreatedOn}, authorities)
		if !s.Trust.Complete() {
			s.Trust = prove(e, h, authorities)
		}
	}
	s.Version.Trusted = ""
	if s.Trust.Complete() {
		s.Version.Trusted = strconv.Itoa(s.Trust.Installation)
	}
}

// deployment establishes whether the regenerated leaves reached every product.
func (s *Observation) deployment(e evidence.Evidence, known Version) {
	if known.State != Replaced || !uphold(e, *s.Active, known.Installation, &s.Deployed) {
		s.State = Regenerated
		s.Deployed = prove(e, anchoredAt(known.anchor()), anyKind)
		if !s.Deployed.Complete() {
			return
		}
		s.Version.Installation = strconv.Itoa(s.Deployed.Installation)
	}
	s.State = Replaced
	if len(lateLeaves(e, *s.Active, *s.Retiring)) > 0 {
		// Everything was deployed and some leaves are not the active CA's all the
		// same: they have to be regenerated again.
		s.State = Activated
	}
}

// uphold accepts a proof that the version carries, as long as the history does
// not speak against it: every product has a success that may be younger than
// the CA. Records that were pruned cannot be upheld.
func uphold(e evidence.Evidence, ca evidence.CA, claim string, proof *Proof) bool {
	if claim == "" {
		return false
	}
	p := prove(e, horizon{created: ca.CreatedOn, lenient: true}, noKind)
	if p.Installation == 0 {
		return false
	}
	p.Claimed, p.Installation = true, number(claim)
	for i := range p.Products {
		p.Products[i].Installation = lastSuccess(e.History, p.Products[i], p.Installation)
	}
	*proof = p
	return true
}

// lastSuccess is the newest installation up to the one that completed a claimed
// proof that deployed the product: what the claim means by it.
func lastSuccess(h evidence.History, line ProductProof, upTo int) int {
	last := line.Installation
	for _, i := range h.List {
		c, found := changeOf(i, line.Product)
		if found && i.ID <= upTo && i.ID > last && c.Status == evidence.DeploymentSuccessful && conclusive(i) {
			last = i.ID
		}
	}
	return last
}
