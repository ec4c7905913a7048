package rotation

import (
	"strconv"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// observeCandidate: the inactive CA is the newer one. Whoever made it, it is
// adopted: there is only one, and it is known which.
func observeCandidate(e evidence.Evidence, active, candidate evidence.CA, known Version) State {
	s := State{Active: &active, Candidate: &candidate}
	s.Version = Version{Active: active.GUID, Candidate: candidate.GUID}
	same := known.Phase.hasCandidate() && known.Active == active.GUID && known.Candidate == candidate.GUID

	if same && known.Phase == Trusted && uphold(e, candidate, known.Installation, &s.Trust) {
		s.Phase, s.Version = Trusted, known
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
	s.Phase = Generated
	s.Version.Installation = strconv.Itoa(h.floor(e.History))
	if s.Trust.Complete() {
		s.Phase = Trusted
		s.Version.Installation = strconv.Itoa(s.Trust.Installation)
	}
	if s.Phase == Generated {
		s.Strays = undeployedLeaves(e, candidate)
	}
	s.Version.Phase = s.Phase
	return s
}

// observeRetiring: the inactive CA is the older one, so the newer one was
// activated. That the leaves were regenerated is known from the cursor alone.
func observeRetiring(e evidence.Evidence, active, retiring evidence.CA, known Version) State {
	s := State{Phase: Activated, Active: &active, Retiring: &retiring}
	same := known.Phase.hasRetiring() && known.Active == active.GUID && known.Retiring == retiring.GUID

	s.Version = Version{Active: active.GUID, Retiring: retiring.GUID, Installation: highest(e)}
	if same {
		s.Version = known
	}
	if same && known.Phase != Activated {
		s.deployment(e, known)
	}
	if s.Phase == Activated {
		s.trust(e, known, same)
	}
	s.Version.Phase = s.Phase
	return s
}

// trust establishes whether every product trusts the active CA.
func (s *State) trust(e evidence.Evidence, known Version, same bool) {
	claim, h := "", horizon{created: s.Active.CreatedOn}
	switch {
	case same:
		// The CA existed when that installation id was read.
		claim, h = known.Trusted, anchoredAt(known.anchor())
	case known.Phase == Trusted && known.Candidate == s.Active.GUID:
		claim = known.Installation
	case known.Phase == Generated && known.Candidate == s.Active.GUID:
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
func (s *State) deployment(e evidence.Evidence, known Version) {
	if known.Phase != Replaced || !uphold(e, *s.Active, known.Installation, &s.Deployed) {
		s.Phase = Regenerated
		s.Deployed = prove(e, anchoredAt(known.anchor()), anyKind)
		if !s.Deployed.Complete() {
			return
		}
		s.Version.Installation = strconv.Itoa(s.Deployed.Installation)
	}
	s.Phase = Replaced
	if len(lateLeaves(e, *s.Active, *s.Retiring)) > 0 {
		// Everything was deployed and some leaves are not the active CA's all the
		// same: they have to be regenerated again.
		s.Phase = Activated
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
