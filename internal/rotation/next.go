package rotation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// MoveKind is what becomes of a whole rotation next.
type MoveKind string

// The kinds.
const (
	// MoveApply: an apply changes of all products and, where the phase is Verify, the
	// proof of what it reached.
	MoveApply MoveKind = "apply"
	MovePhase MoveKind = "phase"
	// MoveWait: an installation has to end first.
	MoveWait   MoveKind = "wait"
	MoveDone   MoveKind = "done"
	MoveRefuse MoveKind = "refuse"
)

// NextMove is what comes next on the way of a whole rotation.
type NextMove struct {
	Kind MoveKind
	// Phase is the phase that comes next or is refused, Verify behind an apply
	// changes that a proof waits for; empty where it is about none.
	Phase Phase
	// Does says what it brings about, Why in half a sentence what calls for it.
	Does, Why string
	// For is the code of what an apply changes or a wait is to answer.
	For Reason
	// Recreate says why an apply changes has to recreate VMs, "" where it has not.
	Recreate string
	// ForceLatest says why an apply changes has to deploy the newest version of every
	// variable, "" where it has not.
	ForceLatest string
	// Others are changes of operators that an apply changes would deploy.
	Others []string
	// Note is worth saying before it.
	Note string
	// Begins tells that a rotation begins with it: it is Generate, or the apply changes
	// that comes before it. Who is about to make it asks for the prerequisites first.
	Begins bool
	// Again tells of MoveDone, and of the apply changes before it, that a rotation
	// begins only for who asks for another one.
	Again bool
	// Decision says why it is refused; Stale that a newer version, or none, would not
	// be.
	Decision Decision
	Stale    bool
}

// Way is all that Next depends on.
type Way struct {
	Observed Observation
	Evidence evidence.Evidence
	Options  Options
	// From is the version in hand, nil for none.
	From *Version
	// Again begins a rotation right behind another one.
	Again bool
	// ApplyOnly asks for the rotation's apply changes alone, and for no phase.
	ApplyOnly bool
	Course
}

// Course is what a run of the whole rotation has done so far.
type Course struct {
	// Begun: it was in a rotation, so settled is its end.
	Begun bool
	// Closed: it ended the rotation before this one, and begins none.
	Closed bool
	// Tried are the refusals that it has answered since the last phase: each once.
	Tried []Reason
}

// After is the course behind a move.
func (c Course) After(m NextMove) Course {
	if m.Phase != "" {
		return Course{Begun: true}
	}
	// An apply changes has waited for every installation before it.
	tried := slices.DeleteFunc(slices.Clone(c.Tried), func(r Reason) bool { return r == ReasonInstallationRunning })
	return Course{Begun: c.Begun, Closed: c.Closed || m.Kind == MoveApply && m.Again, Tried: append(tried, m.For)}
}

// Next says what comes next. A run asks it again behind each move, with what it sees
// then; plan and status ask it once, and apply-changes for its part alone: so none of
// them sees a way where another one is refused. Where what is asked before a rotation
// alone was not asked (PrerequisitesAsked), it leaves that to Generate.
func Next(w Way) NextMove {
	m := w.next()
	if m.Kind == MoveApply {
		m.ForceLatest = forced(w.Evidence)
		if m.Note == "" {
			m.Note = w.acceptedAhead(m)
		}
	}
	return m
}

func (w Way) next() NextMove {
	if w.ApplyOnly {
		return w.applyOnly()
	}
	if d, may := Resume(w.Observed, w.handed(), w.Options.Accept...); !may {
		return refusedMove("", d)
	}
	switch {
	case w.Observed.State.atRest():
		return w.atRest()
	case w.Observed.NeedsApply():
		if d, refused := Interferes(w.question(Verify)); refused {
			return refusedMove("", d)
		}
		return w.awaited()
	case w.Observed.Untrusted() && !slices.Contains(w.Tried, ReasonTrustUnknown):
		if d, refused := Interferes(w.question(Verify)); refused {
			return refusedMove("", d)
		}
		return w.provesTrust()
	}
	phase, _ := NextPhase(w.Observed)
	return w.phase(phase)
}

// acceptedAhead says that instances-unproven is accepted for an apply changes that has not
// been made, behind which an operator has to recreate service instances: what runs the whole
// goes on at once with it. It stays the operator's judgement, as a run that no person
// watches has no other way to its end.
func (w Way) acceptedAhead(m NextMove) string {
	vms := Recreating(w.Evidence)
	tiles := slices.DeleteFunc(withoutRecreateAll(w.Evidence), func(p evidence.Product) bool { return !vms.demands(p, w.Observed.Version.Recreate != "") })
	if w.ApplyOnly || m.Phase != Verify || m.Recreate == "" || len(tiles) == 0 || !w.accepts(ReasonInstances) {
		return ""
	}
	return "instances-unproven is accepted before this apply changes is made, and no errand recreates the service instances of " + some(productNames(tiles), ", ") +
		": the rotation goes on right behind it, and an instance that you do not recreate at once (bosh -d DEPLOYMENT recreate) loses its director; " +
		"to be given the time, leave that code out: the rotation then stops behind each apply changes, and verify takes the code once all are recreated"
}

// handed is the version in hand, or else the one that Ops Manager shows.
func (w Way) handed() Version {
	if w.From != nil {
		return *w.From
	}
	return w.Observed.Version
}

func (w Way) question(phase Phase) Question {
	return Question{Phase: phase, From: w.handed(), Observed: w.Observed, Evidence: w.Evidence, Options: w.Options}
}

func (w Way) accepts(r Reason) bool { return slices.Contains(w.Options.Accept, r) }

func refusedMove(phase Phase, d Decision) NextMove {
	return NextMove{Kind: MoveRefuse, Phase: phase, Why: d.Message, For: d.Reason, Decision: d}
}

// applyOnly is for who applies changes and runs no phase. Ops Manager cannot show
// whether leaf certificates were regenerated or a deleted CA is still trusted, so
// without a version an apply changes is needed rather than skipped.
func (w Way) applyOnly() NextMove {
	s := w.Observed
	if d, refused := ApplyRefusal(s, w.Options.Accept...); refused {
		return refusedMove("", d)
	}
	if w.From != nil {
		if d, stale := Stale(s, *w.From); stale {
			m := refusedMove("", d)
			m.Stale = true
			return m
		}
	}
	switch {
	case s.NeedsApply():
		return w.awaited()
	case s.Untrusted():
		return w.provesTrust()
	case w.From == nil && s.State != Trusted:
		return NextMove{Kind: MoveApply, Recreate: w.recreation(), Why: fmt.Sprintf("the rotation is at %s or further, and without a version it is unknown what is deployed of it", s.State)}
	}
	why := fmt.Sprintf("the rotation is at %s, which waits for no apply changes", s.State)
	if s.State == Renewed {
		why = "the regenerated leaf certificates have reached every product"
	}
	return NextMove{Kind: MoveDone, Why: why}
}

// provesTrust is the apply changes that an operator accepts where it is unknown what
// trusts the active CA: it proves that anew.
func (w Way) provesTrust() NextMove {
	return NextMove{Kind: MoveApply, Does: "to prove anew what trusts the active CA", Why: "accepted trust-unknown: " + untrusted(w.Observed).message, For: ReasonTrustUnknown, Recreate: w.recreation(), Others: Staged(w.Evidence, w.Observed)}
}

// awaited is the apply changes that the proof of the state waits for.
func (w Way) awaited() NextMove {
	s := w.Observed
	m, _ := moveFrom(s.State)
	p := s.Awaited()
	why := s.Waiting()
	if why == "" {
		why = fmt.Sprintf("the rotation is at %s and has reached %d of %d products", s.State, p.Covered(), len(p.Products))
	}
	return NextMove{Kind: MoveApply, Phase: Verify, Does: m.does, Why: why, For: p.reason(), Recreate: w.recreation(), Others: Staged(w.Evidence, s)}
}

// recreation says why an apply changes of the rotation has to recreate VMs, "" where it
// has not.
func (w Way) recreation() string {
	if w.Observed.Version.Recreate == "" && !w.closing() {
		return ""
	}
	if needed := Recreating(w.Evidence).Needed; len(needed) > 0 {
		return "VMs take the new certificates only when they are recreated: " + some(phrases(needed), "; ") + w.alsoLast()
	}
	if w.Observed.Version.Recreate == "" {
		return ""
	}
	return "the rotation was begun with recreate"
}

// alsoLast says why the apply changes behind delete recreates VMs, "" for any other.
func (w Way) alsoLast() string {
	if w.Observed.State != Retired && !w.closing() {
		return ""
	}
	return "; " + recreatesLast
}

// recreatesLast is so of a CA as well that had expired: no text of the vendor lets the last
// apply changes go without, and behind the deletion nothing tells that it had.
const recreatesLast = "the vendor has them recreated in the apply changes behind delete as well, also where the CA that was deleted had expired; upgrade their stemcells first to be spared that"

// closing tells that an apply changes may be the last one of a rotation whose version is
// lost: no version tells then that it has to recreate VMs.
func (w Way) closing() bool {
	if w.From != nil || w.Observed.State != Settled {
		return false
	}
	_, outstanding := ClosingApply(w.Evidence)
	return outstanding
}

// atRest is for a foundation without a rotation: one has ended, or one begins.
func (w Way) atRest() NextMove {
	done := func(why string, again bool) NextMove { return NextMove{Kind: MoveDone, Why: why, Again: again} }
	from, known := w.handed().unblocked()
	_, due := StillDue(w.question(Generate))
	switch {
	case due && (w.Begun || w.Closed):
		// What has ended was begun before this was due, and is no answer to it.
		m := w.phase(Generate)
		m.Note = "the rotation before has ended, and another is due within " + w.Options.Within.String()
		return m
	case w.Begun:
		why := "the rotation is complete, active CA " + w.Observed.Version.Active
		if within := w.Options.Within; within != nil && Decide(w.question(Generate)).Verdict != NotDue {
			why += fmt.Sprintf("; something that a rotation replaces expires within %s all the same", within)
			return done(why, true)
		}
		if active, at := w.Observed.Active, w.Evidence.At; !at.IsZero() && active.CreatedOn.SurelyBefore(at.Add(-longest)) {
			return done(why+fmt.Sprintf(", which was created on %s: what has ended is an earlier rotation, and no new rotation was begun", active.CreatedOn), true)
		}
		return done(why, false)
	case w.Closed:
		return done("the rotation before this one has ended, and no new rotation was begun", true)
	case known && !from.State.atRest():
		return done("the rotation of the version handed over is finished", false)
	}
	if why, outstanding := ClosingApply(w.Evidence); outstanding && w.From == nil {
		if d, refused := Interferes(w.question(Verify)); refused {
			return refusedMove("", d)
		}
		return NextMove{Kind: MoveApply, Does: "to end the rotation before this one", Why: why, For: ReasonNotReached, Recreate: w.recreation(), Others: Staged(w.Evidence, w.Observed), Again: true}
	}
	if d := Decide(w.question(Generate)); d.Verdict == NotDue {
		return done(d.Message, false)
	}
	if why, young := EndedLately(w.question(Generate)); young && !w.Again {
		return done(why, true)
	}
	return w.phase(Generate)
}

// phase is a phase whose turn it is, or what has to come before it: the end of an
// installation, or an apply changes where that is what it would be refused for, for an
// earlier run may have stopped at a failed one.
func (w Way) phase(phase Phase) NextMove {
	q := w.question(phase)
	if phase == Generate && !slices.Contains(w.Tried, ReasonPendingChanges) {
		// What is staged and accepted is deployed before the CA changes, not with it.
		q.Options.Accept = slices.DeleteFunc(slices.Clone(q.Options.Accept), func(r Reason) bool { return r == ReasonPendingChanges })
	}
	d := Preliminary(q)
	tried := slices.Contains(w.Tried, d.Reason)
	waitingLeaves := phase == Generate && w.Observed.Waiting() != "" && d.Message == w.Observed.Waiting()
	switch {
	case d.Verdict != Refuse:
		m, _ := moveOf(phase)
		return NextMove{Kind: MovePhase, Phase: phase, Does: m.does, Why: d.Message, Begins: phase == Generate}
	case d.Reason == ReasonInstallationRunning && !tried:
		return NextMove{Kind: MoveWait, Why: d.Message, For: d.Reason}
	case tried, !Mends(d.Reason) && !waitingLeaves, d.Reason == ReasonPendingChanges && phase != Generate:
		return refusedMove(phase, d)
	}
	return w.before(phase, d)
}

// before is the apply changes that answers the refusal of a phase. What is staged is
// deployed only if the operator has accepted it, whatever the apply changes is for.
func (w Way) before(phase Phase, d Decision) NextMove {
	others := Staged(w.Evidence, w.Observed)
	m := NextMove{Kind: MoveApply, Does: "to mend what " + string(phase) + " would be refused for", Why: d.Message, For: d.Reason, Recreate: w.recreation(), Others: others}
	if phase == Generate {
		m.Does, m.Begins = "before the rotation", true
		if r := lasting(w.question(phase), others); r != nil {
			return refusedMove(phase, r.decision())
		}
	}
	if len(others) == 0 || w.accepts(ReasonPendingChanges) {
		if d.Reason == ReasonPendingChanges {
			m.Why = "accepted pending-changes: " + d.Message
		}
		return m
	}
	switch interferes, _ := Interferes(w.question(phase)); {
	case phase != Generate:
		d = interferes
	case d.Reason != ReasonPendingChanges:
		why := d.Message
		d = pending(others).decision()
		d.Message += "; one has to come first, for " + why
	}
	return refusedMove("", d)
}

// lasting is what Generate would be refused for behind an apply changes as well: hours
// of it are for nothing where no rotation may begin. What is staged may be the remedy
// of what others say of stemcells and of BOSH DNS.
func lasting(q Question, staged []string) *refusal {
	for _, g := range guards {
		switch {
		case slices.Contains([]string{"version", "scope", "ending", "customers", "ahead", "check"}, g.name):
		case len(staged) == 0 && slices.Contains([]string{"recreate", "dns"}, g.name):
		default:
			continue
		}
		if r := g.check(q); r != nil && !r.acceptedBy(q.Options) {
			return r
		}
	}
	return nil
}

// Leg is one stretch of the way of a rotation: a phase, or an apply changes with
// the proof after it.
type Leg struct {
	// Name is a phase, or "apply" for an apply changes of all products.
	Name string `json:"name"`
	// To is the state that the leg ends in.
	To   State  `json:"to"`
	Does string `json:"does"`
	// Accept is what the operator has to accept for it, empty for nothing.
	Accept Reason `json:"-"`
	// Status is done, next or later.
	Status string `json:"status"`
}

// Apply is the name of a leg that is an apply changes.
const Apply = "apply"

// Ahead is the way of the rotation, with what is done, what is next and what
// comes later.
func Ahead(s Observation) []Leg {
	legs := make([]Leg, len(moves))
	// From an untrusted activation the way leads back to before it.
	reached, back := s.State.rank(), s.Untrusted()
	if s.State.atRest() {
		reached = Settled.rank()
	}
	if back {
		reached = Generated.rank()
	}
	for i, m := range moves {
		legs[i] = Leg{Name: string(m.phase), To: m.to, Does: m.does, Status: "later"}
		if m.phase == Verify {
			legs[i].Name = Apply
		}
		switch {
		case m.from.rank() < reached:
			legs[i].Status = "done"
		case m.from.rank() == reached && !back:
			legs[i].Status = "next"
		}
	}
	if s.LeftBehind {
		// What no look has seen is not said to be done.
		legs = slices.DeleteFunc(legs, func(l Leg) bool { return l.Status == "done" })
	}
	return legs
}

// Plan is the way ahead of a whole rotation, with the apply changes that has to come
// before a phase, or that a refusal names; m is what Next says of the way.
func Plan(w Way, m NextMove) []Leg {
	legs := Ahead(w.Observed)
	if m.Phase == Verify || m.Kind != MoveApply && (m.Kind != MoveRefuse || m.For != ReasonPendingChanges || !w.Observed.State.atRest()) {
		return legs
	}
	others := m.Others
	if m.Kind == MoveRefuse {
		others = Staged(w.Evidence, w.Observed)
	}
	first := Leg{Name: Apply, To: w.Observed.State, Does: m.Why, Status: "next"}
	if len(others) > 0 {
		first.Does = "before the rotation, deploys what is staged: " + strings.Join(others, ", ")
		first.Accept = ReasonPendingChanges
	}
	at := 0
	for i := range legs {
		if legs[i].Status == "next" {
			at, legs[i].Status = i, "later"
		}
	}
	return slices.Insert(legs, at, first)
}

// NextPhase is the changing phase that comes next, whatever apply changes has to
// come before it; false where none can.
func NextPhase(s Observation) (Phase, bool) {
	if s.State == Renewed {
		return Generate, true
	}
	m, known := moveFrom(s.State)
	for known && m.phase == Verify {
		m, known = moveFrom(m.to)
	}
	return m.phase, known
}

// mended are the refusals of a phase that an apply changes answers.
var mended = []Reason{ReasonPendingChanges, ReasonUpgraded, ReasonInstallationFailed, ReasonOutdated, ReasonFullApply}

// Mends tells whether an apply changes of all products answers the refusal.
func Mends(r Reason) bool { return slices.Contains(mended, r) }

// Interferes refuses an apply changes of a rotation that would deploy staged
// changes that the operator has not accepted.
func Interferes(q Question) (Decision, bool) {
	r := pending(Staged(q.Evidence, q.Observed))
	if r == nil || slices.Contains(q.Options.Accept, ReasonPendingChanges) {
		return Decision{}, false
	}
	r.next = "revert them, or deploy them with apply changes on all products"
	return r.decision(), true
}

// Stale refuses to apply changes for a version whose rotation is over or was set
// back, or that is of another foundation.
func Stale(s Observation, from Version) (Decision, bool) {
	if r := setBack(s, from); r != nil {
		return r.decision(), true
	}
	r := relate(s, from, Verify)
	if r == nil || r.reason != ReasonFinishedRotation && r.reason != ReasonForeignVersion {
		return Decision{}, false
	}
	return r.decision(), true
}

// longest is more than a rotation takes: an active CA that is older was made by another
// one, which left the CA behind that was deleted now.
const longest = 90 * 24 * time.Hour

// lately is for how long a rotation is taken for the one that was asked for. It
// is longer than the longest apply changes and a weekend behind it, and shorter
// than any pause between two rotations.
const lately = 7 * 24 * time.Hour

// EndedLately tells whether the active CA is less than a week old by Ops Manager's
// clock and no rotation is under way, and says so in half a sentence. An operator who asks
// for a whole rotation then asks most likely for the one that has ended: a run
// that was interrupted in the last apply changes is told from none by nothing
// else. A bare date counts from the end of its day. What expires soon makes no
// difference: what the rotation of this week has not replaced, another one would
// not replace either, and a CA that lives less than that has a week to wait at
// most.
func EndedLately(q Question) (message string, young bool) {
	active, at := q.Observed.Active, q.Evidence.At
	if !q.Observed.State.atRest() || at.IsZero() || active.CreatedOn.IsZero() || at.Sub(active.CreatedOn.Latest()) >= lately {
		return "", false
	}
	message = fmt.Sprintf("the active CA %s was created less than a week ago (%s, %s): an earlier rotation has ended, or the foundation is that new",
		active.GUID, active.CreatedOn, ago(at.Sub(active.CreatedOn.Time), active.CreatedOn.DateOnly))
	if within := q.Options.Within; within != nil {
		message += fmt.Sprintf("; something that a rotation replaces expires within %s all the same", within)
	}
	return message, true
}

// ago is an age in words, in days where a bare date does not tell more.
func ago(age time.Duration, days bool) string {
	const day = 24 * time.Hour
	switch {
	case days && age < day:
		return "today"
	case days || age >= 2*day:
		return fmt.Sprintf("%d days ago", age/day)
	case age >= 2*time.Hour:
		return fmt.Sprintf("%d hours ago", age/time.Hour)
	}
	return fmt.Sprintf("%d minutes ago", max(age, 0)/time.Minute)
}

// After is what is known once a phase's call was sent in the state before: the
// cursor for looking at the evidence read back. The anchor is the highest
// installation id read after the call, so an installation that another operator started
// meanwhile proves nothing. Where the CAs show that the call had no effect, the
// version from before holds.
func After(before Observation, phase Phase, e evidence.Evidence) *Version {
	was := before.Version
	active, other := split(e)
	v := was
	switch {
	case phase == Generate && other != "" && active == was.Active:
		v = Version{State: Generated, Active: active, Candidate: other, Recreate: was.Recreate}
	case phase == Activate && active == was.Candidate && other == was.Active:
		v = Version{State: Activated, Active: active, Retiring: other, Trusted: was.Installation, Recreate: was.Recreate}
	case phase == Regenerate && active == was.Active && other == was.Retiring:
		v.State = Regenerated
	case phase == Delete && active == was.Active && other == "":
		v = Version{State: Retired, Active: active, Removed: was.Retiring, Recreate: was.Recreate}
	default:
		return &was
	}
	v.Installation = highest(e)
	v = v.following(&was)
	return &v
}

// split is the active CA and the other one, empty where there is none or more
// than one.
func split(e evidence.Evidence) (active, other string) {
	if len(e.CAs) > 2 {
		return "", ""
	}
	for _, ca := range e.CAs {
		if ca.Active {
			active = ca.GUID
		} else {
			other = ca.GUID
		}
	}
	return active, other
}

// applies is how many complete deployments a rotation makes after its CA
// appears: to trust it, to replace the leaves, and to remove the former CA.
const applies = 3

// ClosingApply tells whether the last apply changes of the active CA's rotation
// may be outstanding, for a caller that finds one CA and knows nothing else: the API
// does not show that a deleted CA is still trusted. That may be so when the CA
// is younger than the oldest installation known, hence came by a rotation, and
// fewer complete deployments are known since than a rotation makes, one after
// the other, or when the last attempt to deploy a product failed. The message is one sentence. The history has to reach back to the
// CA: see EnoughForAll.
func ClosingApply(e evidence.Evidence) (message string, outstanding bool) {
	i := slices.IndexFunc(e.CAs, func(ca evidence.CA) bool { return ca.Active })
	if len(e.CAs) != 1 || i < 0 {
		return "", false
	}
	active := e.CAs[i]
	if !cameByRotation(e.History, active) {
		return "", false
	}
	known, h, counting := 0, horizon{created: active.CreatedOn}, onlyRecreating(e)
	for known <= applies {
		p := prove(counting, h, productsAlone)
		if p.Installation == 0 {
			break
		}
		known++
		// Ops Manager runs one at a time: a higher id started after that one ended.
		h = anchoredAt(p.Installation)
	}
	if broken := unhealthy(e); known == applies && len(broken) > 0 {
		// One of those counted may be another operator's, and this one ours.
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

// EnoughForAll is Enough for who asks Next: with one CA and no version, ClosingApply
// wants the history as far as the first installation that is older than the CA.
func EnoughForAll(cas []evidence.CA, products []evidence.Product, cursor *Version) func(evidence.Installation) bool {
	enough := Enough(cas, products, cursor)
	if cursor != nil || len(cas) != 1 {
		return enough
	}
	return func(i evidence.Installation) bool {
		older := !i.StartedAt.IsZero() && !cas[0].CreatedOn.IsZero() && i.StartedAt.Before(cas[0].CreatedOn.Time)
		return enough(i) && older
	}
}
