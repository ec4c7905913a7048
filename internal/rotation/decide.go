package rotation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// Verdict is what becomes of a wanted phase.
type Verdict string

// The verdicts. Done and NotDue are successes that change nothing.
const (
	Go     Verdict = "go"
	Done   Verdict = "done"
	NotDue Verdict = "not-due"
	Refuse Verdict = "refuse"
)

// Decision is the answer to a wanted phase.
type Decision struct {
	Verdict Verdict
	Reason  Reason
	// Message says what was found, with its evidence; Next what to do now.
	Message string
	Next    string
	// Setting is the key by which the operator gets past it all the same, empty for
	// none; see Advice.
	Setting setting.Key
	// Notes are worth knowing and stop nothing.
	Notes []string
	// Version is the one to go on with where Verify moved the state because what the
	// proof lacks was accepted, or proves what no look tells; nil for the one observed.
	Version *Version
}

// Advice is Next, and what can be done with Setting; names has a name for that, and for
// the keys that Next has a place for.
func (d Decision) Advice(names setting.Names) string {
	next := names.Fill(d.Next)
	switch name := names.Of(d.Setting); d.Setting {
	case setting.Accept:
		return fmt.Sprintf("%s; or, if you know better, add %q to %s", next, d.Reason, name)
	case setting.Unrotated:
		return fmt.Sprintf("%s, or name those that Ops Manager does not rotate in %s", next, name)
	case setting.From:
		return fmt.Sprintf("%s (a version is handed over in %s)", next, name)
	}
	return next
}

// Options are an operator's own conditions.
type Options struct {
	// Accept are refusals that the operator overrides, of Acceptable.
	Accept []Reason
	// Within makes Generate run only when something expires within it.
	Within *Within
	// RequireFullApply makes Generate run only behind a recent apply changes of all
	// products.
	RequireFullApply bool
	// IfRotating makes every other phase succeed and change nothing when no
	// rotation is under way.
	IfRotating bool
	// Ignore are ids of installations that Ops Manager calls running although the
	// operator knows them to be dead.
	Ignore []int
	// Exclude are the paths of CAs in CredHub that this rotation leaves alone, as
	// those of a customer: Generate tells Ops Manager to exclude them.
	Exclude []string
	// Recreate tells that every apply changes of the rotation recreates the VMs.
	Recreate bool
	// LeafOnly makes Regenerate and Verify those of the leaf certificates alone,
	// outside a rotation. Verify is that at renewed in any case.
	LeafOnly bool
}

// Question is all that a decision depends on.
type Question struct {
	Phase    Phase
	From     Version
	Observed Observation
	Evidence evidence.Evidence
	Options  Options
}

// Decide says whether the phase may run: first whether the version handed over
// and the state are of one rotation, then whether the phase is already done,
// then whether its turn has come, then every guard.
func Decide(q Question) Decision { return decide(q, guards, leafGuards) }

// Preliminary is Decide for who has not asked yet what is asked before a rotation alone:
// it leaves open what that would tell. Once it was asked, it is Decide.
func Preliminary(q Question) Decision {
	if q.Phase != Generate || PrerequisitesAsked(q.Evidence) {
		return Decide(q)
	}
	left := slices.DeleteFunc(slices.Clone(guards), func(g guard) bool { return slices.Contains(gathered, g.name) })
	return decide(q, left, leafGuards)
}

func decide(q Question, guards, leafGuards []guard) Decision {
	if q.Observed.State == Blocked {
		return refusal{q.Observed.Reason, q.Observed.Message, nothingRuns}.decision()
	}
	if q.Options.LeafOnly || q.ofLeaves() {
		return leafOnly(q, leafGuards)
	}
	if r := relate(q.Observed, q.From, q.Phase); r != nil {
		return r.decision()
	}
	if q.idle() {
		return Decision{Verdict: Done, Reason: ReasonNoRotation,
			Message: fmt.Sprintf("nothing to do: no rotation is under way (%s), so there is nothing to %s", q.Observed.where(), q.Phase), Next: next(q.Observed)}
	}
	if q.Phase == Verify {
		return verify(q)
	}
	m, known := moveOf(q.Phase)
	if !known {
		return Decision{Verdict: Refuse, Reason: ReasonTooEarly, Message: fmt.Sprintf("%q is not a phase", q.Phase),
			Next: "use one of " + list(Phases())}
	}
	switch another := dueNext(q); {
	case another != nil:
		return another.decision()
	case passed(q.Observed, q.From, m):
		said := fmt.Sprintf("nothing to do: %s is done already (%s)", m.phase, q.Observed.where())
		if q.Observed.LeftBehind {
			said = fmt.Sprintf("nothing to %s, and nothing was changed: %s; no other rotation begins before it is deleted", m.phase, q.Observed.left())
		}
		return Decision{Verdict: Done, Reason: ReasonAlreadyDone, Message: said, Next: next(q.Observed)}
	case m.phase == Delete && q.backForLeaves():
		return q.keptByLeaves().decision()
	case q.Observed.State != m.from && (q.Phase != Generate || q.Observed.State != Renewed):
		return early(q.Observed, m)
	}
	if q.Phase == Generate && q.Options.Within != nil {
		if d := due(q); d != nil {
			return *d
		}
	}
	if q.Phase == Generate && q.Observed.State == Renewed && q.Observed.NeedsApply() && q.waitsBut() {
		p := q.Observed.Awaited()
		return Decision{Verdict: Refuse, Reason: p.reason(), Message: q.Observed.Waiting(), Next: next(q.Observed)}
	}
	return guarded(q, guards, fmt.Sprintf("%s may run: %s", q.Phase, q.Observed.where()))
}

// idle tells whether the phase is wanted only in a rotation, and there is none:
// neither now nor in the version handed over.
func (q Question) idle() bool {
	from, _ := q.From.unblocked()
	return q.Options.IfRotating && q.Phase != Generate && q.Observed.State.atRest() && from.State.atRest()
}

// passed tells whether the rotation is beyond the move. Settled is the end of a
// rotation as well as the beginning of the next: it is the end for who hands over
// retired.
func passed(s Observation, from Version, m move) bool {
	if m.phase == Generate && s.Version.other() == "" {
		return false
	}
	if from, _ = from.unblocked(); s.State == Settled && from.State == Retired {
		return true
	}
	return s.State.rank() >= m.to.rank()
}

// backForLeaves tells whether leaf certificates of another CA have set the rotation
// back from behind the regenerate that the version handed over knows of.
func (q Question) backForLeaves() bool {
	s := q.Observed
	from, _ := q.From.unblocked()
	return s.State == Activated && !s.Untrusted() && from.State.rank() > Activated.rank() && ofSameCAs(s, from)
}

// keptByLeaves refuses for those leaf certificates, and names them.
func (q Question) keptByLeaves() *refusal {
	if r := noLeavesOnRetiring(q); r != nil {
		return r
	}
	return oldLeavesLeft(q)
}

// oldLeavesLeft says what keeps a rotation behind its regenerate from going on.
func oldLeavesLeft(q Question) *refusal {
	s := q.Observed
	return &refusal{ReasonOldLeaves, fmt.Sprintf(
		"every product was deployed since, and leaf certificates are left that are older than the active CA %s or signed by the retiring CA %s: %s",
		s.Active.GUID, s.Retiring.GUID, names(lateLeaves(q.Evidence, s))),
		next(s)}
}

// early refuses a phase whose turn has not come.
func early(s Observation, m move) Decision {
	d := Decision{Verdict: Refuse, Reason: ReasonTooEarly, Next: next(s)}
	d.Message = fmt.Sprintf("%s is for state %s, and this rotation is at %s", m.phase, m.from, s.where())
	if m.phase == Delete && s.Candidate != nil {
		d.Message += fmt.Sprintf("; deleting the inactive CA %s now would delete the new one", s.Candidate.GUID)
	}
	if p := s.Awaited(); p != nil && s.NeedsApply() {
		d.Message += "; " + p.sentence()
		if reached, _ := moveFrom(s.State); reached.to == m.from {
			d.Reason = p.reason()
		}
	}
	return d
}

// verify answers whether the proof that the state waits for is there.
func verify(q Question) Decision {
	s := q.Observed
	from, _ := q.From.unblocked()
	back := setBack(s, q.From)
	switch {
	case s.Untrusted():
		return untrusted(s).decision()
	case back != nil:
		return back.decision()
	case s.NeedsApply():
		return unproven(q)
	case s.State == Activated && from.State.rank() > Activated.rank():
		return oldLeavesLeft(q).decision()
	}
	d := Decision{Verdict: Done, Reason: ReasonProven, Message: "proven: " + s.where(), Next: next(s)}
	if of, waits := proofOf(s.State); waits {
		// A proof that was made while Ops Manager did not list certificates is
		// upheld by the history alone.
		late, clusters := outdated(q.Evidence, of)
		if len(late) > 0 {
			return outdatedRefusal(late).decision()
		}
		if r := (lack{ReasonClusters, clusters}).refusal(); len(clusters) > 0 && !r.acceptedBy(q.Options) {
			return r.decision()
		}
		if q.Evidence.Certificates.Source == evidence.SourceUnknown {
			d.Notes = append(d.Notes, fmt.Sprintf("Ops Manager did not list the deployed certificates (%s): installations alone prove it", q.Evidence.Certificates.Unknown))
		}
	}
	switch {
	case s.State == Settled && from.State == Settled:
		d.Message = "nothing waits for a proof: " + s.where()
	case s.State == Activated:
		d.Message = "every product trusts the active CA, and nothing else waits for a proof: " + s.where()
	}
	return d
}

// unproven refuses to verify a state whose proof lacks something, unless nothing is
// missing but what the operator accepts.
func unproven(q Question) Decision {
	s := q.Observed
	p := s.Awaited()
	if p.Installation == 0 {
		return Decision{Verdict: Refuse, Reason: p.reason(), Message: fmt.Sprintf("not proven yet (%s): %s", s.where(), p.sentence()), Next: next(s)}
	}
	var notes []string
	for _, l := range p.lacks() {
		r := l.refusal()
		if !r.acceptedBy(q.Options) {
			d := r.decision()
			d.Message, d.Notes = fmt.Sprintf("not proven yet (%s): %s", s.where(), d.Message), notes
			return d
		}
		notes = append(notes, fmt.Sprintf("accepted %s: %s", r.reason, r.message))
	}
	m, _ := moveFrom(s.State)
	v := s.Version
	v.State, v.Installation = m.to, strconv.Itoa(p.Installation)
	if v.State.atRest() {
		v.Recreate = ""
	}
	v = v.following(&s.Version)
	return Decision{Verdict: Done, Reason: ReasonProven, Message: fmt.Sprintf("taken for proven, as accepted: the rotation goes from %s to %s", s.State, v.State),
		Next: next(Observation{State: v.State}), Notes: notes, Version: &v}
}

// refusal is what a proof is refused with for want of it.
func (l lack) refusal() *refusal {
	switch l.reason {
	case ReasonOutdated:
		return outdatedRefusal(l.phrases)
	case ReasonNotReached:
		return &refusal{l.reason, "every product was deployed, and the errand did not reach their service instances: " + some(l.phrases, "; "),
			"run apply changes on all products once more (with the upgrade-all-service-instances errands), then verify"}
	case ReasonNotRecreated:
		return &refusal{l.reason, "VMs that take new certificates only when they are recreated are not known to have been: " + some(l.phrases, "; "),
			"run apply changes on all products once more, which recreates them (and runs the recreate-all-service-instances errands), then verify"}
	case ReasonInstances:
		return &refusal{l.reason, "every product was deployed, and nothing shows that their service instances were: " + some(l.phrases, "; "),
			"run apply changes on all products once more (with the upgrade-all-service-instances errands), then verify"}
	case ReasonClusters:
		return &refusal{l.reason, "clusters of TKGI are not known to have the new certificates: " + some(l.phrases, "; "),
			"upgrade the clusters (the tile's upgrade-all errand, which is not run unasked), then rerun this step"}
	}
	return &refusal{l.reason, "Ops Manager does not tell " + some(l.phrases, "; "), "fix that, then rerun this step"}
}

// proofOf tells which certificates the proof behind a state is about.
func proofOf(p State) (of chosen, proven bool) {
	switch p {
	case Trusted:
		return authorities, true
	case Replaced:
		return anyKind, true
	}
	return noKind, false
}

// guarded runs every guard of the phase; the first that objects decides, unless
// the operator accepts it.
func guarded(q Question, guards []guard, message string) Decision {
	d := Decision{Verdict: Go, Reason: ReasonReady, Message: message}
	for _, g := range guards {
		if !slices.Contains(g.phases, q.Phase) {
			continue
		}
		r := g.check(q)
		switch {
		case r == nil:
		case r.acceptedBy(q.Options):
			d.Notes = append(d.Notes, fmt.Sprintf("accepted %s: %s", r.reason, r.message))
		default:
			refused := r.decision()
			refused.Notes = d.Notes
			return refused
		}
	}
	d.Notes = append(d.Notes, notes(q)...)
	return d
}

// acceptedBy tells whether the operator overrides the refusal of a phase. That it is
// unknown what trusts the active CA is accepted for an apply changes alone, which
// proves it anew.
func (r refusal) acceptedBy(o Options) bool {
	return r.reason != ReasonTrustUnknown && slices.Contains(Acceptable(), r.reason) && slices.Contains(o.Accept, r.reason)
}

func (r refusal) decision() Decision {
	d := Decision{Verdict: Refuse, Reason: r.reason, Message: r.message, Next: r.next}
	switch {
	case slices.Contains(Acceptable(), r.reason) && r.reason != ReasonTrustUnknown:
		d.Setting = setting.Accept
	case r.reason == ReasonOldLeaves:
		d.Setting = setting.Unrotated
	case r.reason == ReasonEqualCreation || r.reason == ReasonUndatedCA:
		d.Setting = setting.From
	}
	return d
}

// sentence says what a proof lacks.
func (p Proof) sentence() string {
	if p.Installation > 0 || p.Shown {
		var all []string
		for _, l := range p.lacks() {
			all = append(all, l.refusal().message)
		}
		return strings.Join(all, "; ")
	}
	return fmt.Sprintf("since installation %d it has reached %d of %d products; missing: %s",
		p.Since, p.Covered(), len(p.Products), some(p.Missing(), ", "))
}

func (p Proof) reason() Reason {
	if lacks := p.lacks(); p.Installation > 0 && len(lacks) > 0 {
		return lacks[0].reason
	}
	return ReasonNotReached
}

// next says what comes next in a state.
func next(s Observation) string {
	switch s.State {
	case Settled:
		return "nothing is outstanding; generate begins a rotation"
	case Generated:
		return "run apply changes on all products (with the upgrade-all-service-instances errands), then verify"
	case Trusted:
		return "activate the candidate"
	case Activated:
		if s.Untrusted() {
			return wayBack(s)
		}
		return "regenerate the leaf certificates"
	case Regenerated:
		if s.LeftBehind {
			return "run apply changes on all products (with the upgrade-all-service-instances errands), verify, then delete CA " + s.Retiring.GUID
		}
		return "run apply changes on all products (with the upgrade-all-service-instances errands), then verify"
	case Replaced:
		if s.LeftBehind {
			return "delete CA " + s.Retiring.GUID + " (phase delete), and apply changes"
		}
		return "delete the retiring CA"
	case Retired:
		return "run apply changes on all products, then verify"
	case Renewed:
		if !s.NeedsApply() {
			return "verify: the regenerated leaf certificates have reached every product"
		}
		return "run apply changes on all products (from this version, with the upgrade-all-service-instances errands), then verify"
	}
	return nothingRuns
}

// Next says what comes next.
func (s Observation) Next() string { return next(s) }

// notes are what an operator should know although it stops nothing.
func notes(q Question) []string {
	var all []string
	if q.Evidence.Certificates.Fallback != "" {
		all = append(all, q.Evidence.Certificates.Fallback)
	}
	for _, d := range q.Evidence.History.Dead(q.Evidence.NoneRunning) {
		all = append(all, fmt.Sprintf("installation %d is listed as running and is taken for dead: %s", d.ID, d.Why))
	}
	if q.Phase == Generate && WithTKGI(q.Evidence.Products) {
		all = append(all, "TKGI's clusters get new certificates only by its upgrade-all errand, which is not run unasked: until it has run, verify and what comes after it are refused (clusters-not-upgraded)",
			"TKGI is installed: Ops Manager then leaves out its own CredHub safety checks, and CredHub certificates have a procedure of their own")
	}
	if q.Phase == Regenerate && q.Observed.State.atRest() && WithTKGI(q.Evidence.Products) {
		all = append(all, "TKGI's clusters get new leaf certificates only by its upgrade-all errand, which is not run unasked: until it has run, verify is refused (clusters-not-upgraded)")
	}
	if q.Phase == Generate {
		all = append(all, unlooked(q)...)
	}
	if born := bornNote(q); born != "" {
		all = append(all, born)
	}
	if auto := slices.IndexFunc(q.Evidence.Certificates.List, func(c evidence.Certificate) bool { return c.AutoRotated }); auto >= 0 {
		all = append(all, "BOSH DNS certificates are rotated automatically: apply changes with force latest variables")
	}
	if q.Phase == Regenerate && q.Observed.Retiring != nil {
		if edits := Staged(q.Evidence, q.Observed); len(edits) > 0 {
			all = append(all, "changes are staged that the next apply changes would deploy together with the new leaf certificates: "+strings.Join(edits, ", ")+
				"; apply or revert them first unless they are of the activation itself, which some versions of Ops Manager show as an update of every product")
		}
		if leaves := configurableOn(q.Evidence, q.Observed); len(leaves) > 0 {
			all = append(all, fmt.Sprintf("replace these configurable certificates before the next apply changes, or delete will be refused: %s", names(leaves)))
		}
	}
	return all
}
