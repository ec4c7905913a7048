package rotation

import (
	"cmp"
	"fmt"
	"slices"
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

	// Restarted says that installation ids begin again, "" where they do not.
	Restarted string
	// SetBack says what set the rotation back since the cursor, "" for nothing.
	SetBack string
	// Expired tells that the retiring CA has expired, by Ops Manager's clock: it
	// cannot be the active one any more.
	Expired bool
	// LeftBehind tells that the retiring CA is not of a rotation under way: an earlier
	// one left it behind, it has expired, and it is only to be deleted.
	LeftBehind bool
	// former is whether the retiring CA may be the active one again, where the active
	// one is not trusted.
	former former
	// deployedSince tells, where the other CA of the cursor is gone, that every product
	// was deployed since the cursor's installation or may have been: whether the
	// deletion came before that or after is unknown.
	deployedSince bool

	Active    *evidence.CA
	Candidate *evidence.CA
	Retiring  *evidence.CA

	// Trust is the proof that the newest CA is trusted everywhere; it matters
	// until the leaf certificates are regenerated.
	Trust Proof
	// Strays are leaves, known from certificates v1, that a candidate signed which
	// not every product trusts: an operator had activated it, and went back.
	Strays []evidence.Certificate
	// Deployed is the proof that Regenerated, Retired or Renewed waits for.
	Deployed Proof
}

// Awaited is the proof that the next phase needs, nil when it needs none.
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

// Untrusted tells that an operator activated a CA that not every product trusts.
// No apply changes must come now: it would deploy certificates of that CA, the
// director's own first, to products that turn them down.
// That Ops Manager does not list its certificates at the moment is not that: see
// the guards.
func (s Observation) Untrusted() bool { return s.State == Activated && !s.Trust.deployed() }

// Observe says which state the evidence shows. The cursor is the last version
// known, nil for none: it carries what the API cannot show (was regenerate
// called? is the delete deployed?), and where it contradicts Ops Manager, Ops
// Manager wins. Without it the earlier state is taken when in doubt.
func Observe(e evidence.Evidence, cursor *Version) Observation {
	s := observe(e, cursor)
	known := Version{}
	if cursor != nil {
		known, _ = cursor.unblocked()
	}
	if s.State != Blocked {
		s.Version = s.Version.recreated(e, known)
	}
	s.Version = s.Version.following(cursor)
	if cursor != nil {
		s.SetBack = setbackOf(s, known)
	}
	return s
}

func observe(e evidence.Evidence, cursor *Version) Observation {
	if s, still := stillPartial(e, cursor); still {
		return s
	}
	if o := findBlockage(e, cursor); o != nil {
		return blocked(e, *o, cursor)
	}
	known := Version{}
	if cursor != nil {
		known, _ = cursor.unblocked()
	}
	if again := restarted(e, known); again != "" {
		s := observeKnown(e, anew(e, known), cursor)
		if s.State != Blocked {
			s.Restarted = again
		}
		return s
	}
	return observeKnown(e, known, cursor)
}

func observeKnown(e evidence.Evidence, known Version, cursor *Version) Observation {
	if len(e.CAs) == 1 {
		return observeOne(e, known)
	}
	active, inactive := pair(e)
	known, returned := believed(e, active, inactive, known)
	switch newer(e, active, inactive, known) {
	case inactive.GUID:
		return observeCandidate(e, active, inactive, known)
	case active.GUID:
		s := observeRetiring(e, active, inactive, known)
		if s.Untrusted() {
			s.former = trustInFormer(e, s, known, returned)
		}
		return s
	}
	if undated(e, active) || undated(e, inactive) {
		return blocked(e, blockage{ReasonUndatedCA,
			"it is unknown which of the two certificate authorities (" + describe(e.CAs) + ") is new: one is an operator's own, and the date that Ops Manager gives for it " +
				"may be the day it was signed instead of the day it was added; hand over a version from before the second one appeared, " +
				"or delete the inactive one if you know that nothing uses it, and apply changes"}, cursor)
	}
	return blocked(e, blockage{ReasonEqualCreation,
		"the two certificate authorities (" + describe(e.CAs) + ") were created at the same time as far as Ops Manager tells, " +
			"so it is unclear which of them is new; hand over a version from before the second one appeared, " +
			"or delete the inactive one if you know that nothing uses it, and apply changes"}, cursor)
}

// restarted tells that the history's ids begin again, as after a re-import or a
// snapshot: all of them are below one that the version knows. Nothing that it says
// of installations holds then. The sentence is empty where they do not.
func restarted(e evidence.Evidence, known Version) string {
	highest := e.History.Highest()
	if !e.History.Asked || highest >= known.anchor() {
		return ""
	}
	return fmt.Sprintf("the ids of installations start again (the highest is %d, and the version knew %d), so what was proven by them is proven anew", highest, known.anchor())
}

// anew is the version without what it proved, anchored at what there is now.
func anew(e evidence.Evidence, known Version) Version {
	known.Installation, known.Trusted, known.Since = highest(e), "", ""
	switch known.State {
	case Trusted:
		known.State = Generated
	case Replaced:
		known.State = Regenerated
	case Settled:
		known.Installation, known.Removed = "", ""
	}
	return known
}

// cameBack tells that a CA is listed again that the version knows to be gone, or that
// is surely older than the only one that it knew, as after the restore of a snapshot:
// nothing that it says of that time holds then.
func cameBack(e evidence.Evidence, active, inactive evidence.CA, known Version) bool {
	switch {
	case known.State == "" || known.other() != "":
		return false
	case known.Removed == active.GUID || known.Removed == inactive.GUID:
		return true
	case known.Active == active.GUID:
		return later(e, active, inactive) > 0
	case known.Active == inactive.GUID:
		return later(e, inactive, active) > 0
	}
	return false
}

// pair are the two CAs, the active one first.
func pair(e evidence.Evidence) (active, inactive evidence.CA) {
	if e.CAs[0].Active {
		return e.CAs[0], e.CAs[1]
	}
	return e.CAs[1], e.CAs[0]
}

// believed is what the version tells of the two CAs: nothing where one of them came
// back.
func believed(e evidence.Evidence, active, inactive evidence.CA, known Version) (version Version, returned bool) {
	if cameBack(e, active, inactive, known) {
		return Version{}, true
	}
	return known, false
}

// newer is the GUID of the CA that came later: by what was known before, which
// outranks every date, else by created_on; empty when neither tells.
func newer(e evidence.Evidence, active, inactive evidence.CA, known Version) string {
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
	switch later(e, active, inactive) {
	case 1:
		return active.GUID
	case -1:
		return inactive.GUID
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
		s.Deployed = prove(e, anchoredAt(known.anchor()), renewal)
		return s
	case known.State == Retired && known.Active == active.GUID:
		s.Deployed = prove(e, anchoredAt(known.anchor()), removal.within(known))
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
	s.Deployed = prove(e, anchoredAt(s.Version.anchor()), removal.within(known))
	s.deployedSince = deployedSince(e, known.anchor())
	return s
}

// deployedSince tells whether every product was deployed since the installation, or may
// have been in one whose record is gone.
func deployedSince(e evidence.Evidence, id int) bool {
	oldest := e.History.Highest()
	for _, i := range e.History.List {
		oldest = min(oldest, i.ID)
	}
	return prove(e, anchoredAt(id), productsAlone).Installation > 0 || oldest > id+1
}

// highest is the anchor of a change first seen now: nothing that has started so
// far proves anything about it.
func highest(e evidence.Evidence) string { return strconv.Itoa(e.History.Highest()) }

// observeCandidate: the inactive CA is the newer one. No matter who made it, it is
// adopted: there is only one, and it is known which.
func observeCandidate(e evidence.Evidence, active, candidate evidence.CA, known Version) Observation {
	s := Observation{Active: &active, Candidate: &candidate}
	s.Version = Version{Active: active.GUID, Candidate: candidate.GUID}
	same := known.State.hasCandidate() && known.Active == active.GUID && known.Candidate == candidate.GUID

	late := unaware(e, known)
	if same && known.State == Trusted && !late && uphold(e, candidate, known.Installation, &s.Trust) {
		s.State, s.Version = Trusted, known
		return s
	}
	h := horizon{created: candidate.CreatedOn}
	switch {
	case same && late && known.State == Trusted && !undated(e, candidate):
		// The installation that it names may be the one that recreated the VMs.
	case same:
		h = anchoredAt(known.anchor())
	case known.samePair(active.GUID, candidate.GUID), undated(e, candidate):
		// It was active before: leaves of it may be anywhere, so nothing deployed
		// up to now says what the foundation trusts. Of an operator's own, it is
		// unknown since when it is there.
		h = anchoredAt(e.History.Highest())
	}
	s.Trust = prove(e, h, trustIn(e, candidate).within(known))
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
	s := Observation{State: Activated, Active: &active, Retiring: &retiring, Expired: !e.At.IsZero() && retiring.ExpiresOn.SurelyBefore(e.At)}
	if s.leftBehind(e, known) {
		return s
	}
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
	claim, since := "", ""
	switch {
	case same && known.Since != "":
		since = known.Since
	case same:
		// The CA existed when that installation id was read.
		claim, since = known.Trusted, known.Installation
	case known.State == Trusted && known.Candidate == s.Active.GUID:
		claim = known.Installation
	case known.State == Generated && known.Candidate == s.Active.GUID:
		since = known.Installation
	}
	if unaware(e, known) {
		claim = ""
	}
	if !uphold(e, *s.Active, claim, &s.Trust) {
		about := trustIn(e, *s.Active).within(known)
		s.Trust = prove(e, horizon{created: s.Active.CreatedOn}, about)
		if since != "" && !s.Trust.deployed() {
			anchored := prove(e, anchoredAt(InstallationID(since)), about)
			// That id was read at the activation, or at the first sight of it: what was
			// deployed before it may have brought the trust as well. So may what began right
			// after generate, and where it may have, nothing shows that trust is missing.
			if either := s.Trust.orLater(anchored); same && known.Since == "" || known.State == Generated && either.onlyUnknown() {
				anchored = either
			}
			s.Trust = anchored
		}
	}
	// What was deployed is no matter where VMs have to be recreated.
	if !s.Trust.deployed() && s.Trust.onlyUnknown() && !mustBeRecreated(e, known) && showsTrust(e, *s.Active) {
		s.Trust.Shown, s.Trust.Installation = true, e.History.Highest()
	}
	s.Version.Trusted, s.Version.Since = "", ""
	if !s.Trust.deployed() && (!same || known.Since != "") {
		s.Version.Since = since
	}
	switch {
	case s.Trust.deployed() && s.Trust.Installation > 0:
		s.Version.Trusted = strconv.Itoa(s.Trust.Installation)
	case len(s.Trust.Products) == 0:
		// An answer without products says nothing against what was proven.
		s.Version.Trusted = claim
	}
}

// deployment establishes whether the regenerated leaves reached every product.
func (s *Observation) deployment(e evidence.Evidence, known Version) {
	_, outlived := s.outlived(e)
	if known.State != Replaced || unaware(e, known) && !outlived || !uphold(e, *s.Active, known.Installation, &s.Deployed) {
		s.State = Regenerated
		about := leavesOf(*s.Active).within(known)
		about.outlived = outlived
		s.Deployed = prove(e, anchoredAt(known.anchor()), about)
		if !s.Deployed.Complete() {
			return
		}
	}
	// By the anchor at which they were regenerated, which moves on now.
	late := lateLeaves(e, *s)
	if s.State == Regenerated {
		s.Version.Installation = strconv.Itoa(s.Deployed.Installation)
	}
	s.State = Replaced
	if len(late) > 0 {
		// Everything was deployed and some leaves are not the active CA's all the
		// same: they have to be regenerated again.
		s.State, s.LeftBehind = Activated, false
	}
}

// showsTrust tells whether certificates v1 shows that everything trusts the CA: no
// deployment is outdated in any CA, its own row is listed, and a leaf that it signed
// is deployed.
func showsTrust(e evidence.Evidence, ca evidence.CA) bool {
	late, clusters := outdated(e, authorities)
	return tellsInstances(e, ca.GUID) && len(late)+len(clusters) == 0 &&
		slices.ContainsFunc(leavesBelow(e, ca), func(c evidence.Certificate) bool {
			return !c.IsCA && len(c.Deployments) > 0 && len(c.OutdatedDeployments) == 0
		})
}

// uphold accepts a proof that the version carries, as long as the history does
// not speak against it: every product has a success that may be younger than
// the CA, or a past of which no record is left.
func uphold(e evidence.Evidence, ca evidence.CA, claim string, proof *Proof) bool {
	if claim == "" {
		return false
	}
	h := horizon{created: ca.CreatedOn, lenient: true}
	p := prove(e, h, productsAlone)
	for _, line := range p.Products {
		if line.Installation == 0 && !line.Unknown && !succeeded(e.History, h, line.Product) {
			return false
		}
	}
	if len(p.Products) == 0 {
		return false
	}
	p.Claimed, p.Installation = true, InstallationID(claim)
	for i := range p.Products {
		p.Products[i].Installation = cmp.Or(lastSuccess(e, p.Products[i], p.Installation), p.Installation)
	}
	*proof = p
	return true
}

// succeeded tells whether the product was ever called successful beyond the horizon,
// be it in an installation that proves nothing by itself: what made a claim true then
// may not be at hand now, a log for one.
func succeeded(history evidence.History, h horizon, product evidence.Product) bool {
	return slices.ContainsFunc(history.List, func(i evidence.Installation) bool {
		c, found := changeOf(i, product)
		return found && h.after(i) && c.Status == evidence.DeploymentSuccessful
	})
}

// lastSuccess is the newest installation up to the one that completed a claimed
// proof that deployed the product: what the claim means by it.
func lastSuccess(e evidence.Evidence, line ProductProof, upTo int) int {
	last := line.Installation
	for _, i := range e.History.List {
		c, found := changeOf(i, line.Product)
		if found && i.ID <= upTo && i.ID > last && c.Status == evidence.DeploymentSuccessful && conclusive(e, i, line.Product) {
			last = i.ID
		}
	}
	return last
}
