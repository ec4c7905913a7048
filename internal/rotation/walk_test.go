package rotation_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// bounds of a walk: how many CAs are ever made, how many installations there are
// at most, and how many clicks of others and mishaps of ours come on one path.
type bounds struct {
	cas, installations, left int
	// alone: leaves are renewed without a rotation.
	alone bool
	// leaves: they are renewed without a rotation as well.
	leaves bool
	// only, when set, is all that others click.
	only []string
}

// walk explores every situation that is reachable within the bounds.
type walk struct {
	rules
	bounds
	// starts are what others did by hand before the first look.
	starts      map[string]func(*world)
	seen        map[key]struct{}
	settles     map[key]struct{}
	worlds      map[string]struct{}
	queue       []*situation
	situations  int
	transitions int
	mutants     *mutants
	// failures are broken invariants, each with the path to it; limits those that
	// are known not to hold, and why.
	failures []string
	limits   map[string]int
	// reasons and back count what was seen.
	reasons map[rotation.Reason]int
	back    map[[2]rotation.State]int
}

func (k *walk) fail(s *situation, format string, values ...any) {
	if len(k.failures) < 20 {
		k.failures = append(k.failures, fmt.Sprintf(format, values...)+"\n    "+s.path())
	}
}

func (k *walk) visit(s *situation) {
	k.transitions++
	id := s.key()
	if _, known := k.seen[id]; known {
		return
	}
	k.seen[id] = struct{}{}
	k.queue = append(k.queue, s)
}

func (s *situation) does(what string, change func(*situation)) *situation {
	next := *s
	next.world, next.what, next.parent, next.answers = s.clone(), what, s, nil
	change(&next)
	return &next
}

func (k *walk) run() {
	k.seen, k.settles, k.limits = map[key]struct{}{}, map[key]struct{}{}, map[string]int{}
	k.worlds = map[string]struct{}{}
	k.reasons, k.back = map[rotation.Reason]int{}, map[[2]rotation.State]int{}
	if len(k.starts) == 0 {
		k.starts = map[string]func(*world){"": func(*world) {}}
	}
	for _, name := range slices.Sorted(maps.Keys(k.starts)) {
		w := newWorld(k.rules)
		k.starts[name](&w)
		first := w.observe(w.evidence(plainly), nil).Version
		k.visit(&situation{world: w, cursor: &first, left: k.left, what: name, parent: &situation{}})
	}
	for len(k.queue) > 0 {
		s := k.queue[0]
		k.queue = k.queue[1:]
		s.answers = new([views]*evidence.Evidence)
		k.look(s)
		k.ours(s)
		k.theirs(s)
		if !k.alone {
			k.ends(s)
		}
		s.answers = nil
	}
	// What is known of them is not asked again, and is much.
	k.situations = len(k.seen)
	k.seen, k.settles, k.worlds, k.queue = nil, nil, nil, nil
}

// look is a check, with an answer of Ops Manager that may lack something, and a
// build that keeps the newest version for later.
func (k *walk) look(s *situation) {
	for _, seen := range s.views() {
		cost := 0
		if seen != plainly {
			cost = 1
		}
		state := s.observe(checked(s.seen(seen)), s.cursor)
		k.backwards(s, state)
		if v := state.Version; v != *s.cursor && s.left >= cost {
			k.visit(s.does("check: "+string(v.State)+seen.String(), func(s *situation) { s.cursor = &v; s.left -= cost }))
		}
	}
	if s.stale == nil && s.cursor.State != rotation.Settled && s.left > 0 && len(k.only) == 0 {
		k.visit(s.does("a build waits with "+string(s.cursor.State), func(s *situation) { s.stale = s.cursor; s.left-- }))
	}
}

// views are how Ops Manager may answer. Without a date it matters only where something
// may have expired.
func (s *situation) views() []view {
	all := []view{plainly, deaf, blind, timeless}
	if !slices.ContainsFunc(s.cas, func(ca modelCA) bool { return ca.short }) {
		return all[:timeless]
	}
	return all
}

// backwards: a state goes back for a cause that the evidence shows, and that is
// true.
func (k *walk) backwards(s *situation, state rotation.Observation) {
	known := s.cursor
	if known.State == rotation.Blocked || state.State == rotation.Blocked {
		return
	}
	sameCAs := s.lists(known.Active) && (known.Candidate+known.Retiring == "" || s.lists(known.Candidate+known.Retiring))
	goesBack := rank(state.State) < rank(known.State) && sameCAs && state.State != rotation.Settled && known.State != rotation.Retired
	switch {
	case goesBack && state.SetBack == "":
		k.fail(s, "goes back from %s to %s without a cause", known.State, state.State)
	case state.SetBack != "":
		k.back[[2]rotation.State{known.State, state.State}]++
		if !causeHolds(s, state) {
			k.fail(s, "says %q, and that is not true", state.SetBack)
		}
	}
}

// hand is a version that a phase is run with.
type hand struct {
	name   string
	from   *rotation.Version
	cursor *rotation.Version
}

var foreignVersions = []*rotation.Version{
	{State: rotation.Settled, Active: guidX},
	{State: rotation.Replaced, Active: guidX, Retiring: guidA, Installation: "1"},
}

// hands are the versions at hand, the strange ones where they are wanted.
func (s *situation) hands(strange bool) []hand {
	all := []hand{{"", s.cursor, s.cursor}, {"without a version: ", nil, nil}}
	if s.stale != nil && *s.stale != *s.cursor {
		all = append(all, hand{"the build that waited: ", s.stale, s.stale})
	}
	for _, v := range foreignVersions {
		if !strange {
			break
		}
		all = append(all, hand{"with a foreign version: ", v, v})
	}
	return all
}

// ours is every phase with every version at hand, each also with a crash, or an
// answer that was lost, before the version is recorded. A call that Ops Manager
// drops without an error changes nothing, and so leads nowhere new.
func (k *walk) ours(s *situation) {
	// What a foreign version leads to is the same whatever the newest one is.
	world := s.identity()
	_, before := k.worlds[world]
	k.worlds[world] = struct{}{}
	for _, h := range s.hands(!before) {
		for _, seen := range s.views() {
			if seen != plainly && h.from != s.cursor {
				continue
			}
			e := s.seen(seen)
			state := s.observe(e, h.cursor)
			from := h.from
			if from == nil {
				from = &state.Version
			}
			if k.alone {
				k.step(s, h, seen, rotation.Question{Phase: rotation.Regenerate, From: *from, Observed: state, Evidence: e, Options: leavesAlone})
				k.step(s, h, seen, rotation.Question{Phase: rotation.Verify, From: *from, Observed: state, Evidence: e, Options: leavesAlone})
				continue
			}
			for _, phase := range rotation.Phases() {
				k.step(s, h, seen, rotation.Question{Phase: phase, From: *from, Observed: state, Evidence: e})
			}
			if k.leaves {
				k.step(s, h, seen, rotation.Question{Phase: rotation.Regenerate, From: *from, Observed: state, Evidence: e, Options: leavesAlone})
			}
		}
	}
	k.apply(s)
}

func (k *walk) step(s *situation, h hand, seen view, q rotation.Question) {
	d := rotation.Decide(q)
	what := func() string { return fmt.Sprintf("%s%s from %s%s", h.name, q.Phase, q.From.State, seen) }
	k.reasons[d.Reason]++
	c := claim{situation: *s, seen: seen, step: q.Phase, from: q.From, state: q.Observed, alone: ofLeaves(q)}
	if truth, known := truths[d.Reason]; !known || truth == nil {
		k.fail(s, "%s: no truth says when %q holds", what(), d.Reason)
	} else if !truth(c) && s.again && seen == deaf && d.Reason == rotation.ReasonProven {
		k.limits["as many installations since a snapshot was restored as it has lost, before anything looked, and no list of certificates"]++
	} else if !truth(c) && !s.spoilt {
		k.fail(s, "%s: says %s (%s), and that is not true", what(), d.Reason, d.Message)
	}
	switch {
	case d.Verdict == rotation.Done:
		v := q.Observed.Version
		if d.Version != nil {
			v = *d.Version
		}
		if v != *s.cursor && h.cursor == s.cursor && seen == plainly {
			k.visit(s.does(what()+" (done)", func(s *situation) { s.cursor = &v }))
		}
	case d.Verdict == rotation.Refuse && q.Phase == rotation.Verify && seen == deaf && h.cursor == s.cursor && s.left > 0 && k.v1:
		k.accepts(s, what(), q)
	case d.Reason == rotation.ReasonClusters && seen == plainly && h.cursor == s.cursor:
		k.clusters(s, what(), q)
		if k.mutants != nil {
			k.mutants.try(s, h, c, q, d)
		}
	case d.Verdict == rotation.Go && strings.Contains(h.name, "foreign"):
		k.fail(s, "%s: goes ahead", what())
	case d.Verdict == rotation.Go:
		k.act(s, what(), q)
	case d.Verdict == rotation.Refuse && k.mutants != nil:
		k.mutants.try(s, h, c, q, d)
	}
	if d.Reason == rotation.ReasonRecreateNeeded && !q.Options.Recreate {
		q.Options.Recreate = true // as it says
		k.step(s, h, seen, q)
	}
	if d.Reason == rotation.ReasonConfigurableAhead && !slices.Contains(q.Options.Accept, d.Reason) {
		// A rotation with it accepted waits at the delete.
		q.Options.Accept = append(q.Options.Accept, d.Reason)
		k.step(s, h, seen, q)
	}
}

// accepts is verify with what our operator may accept while Ops Manager does not list
// its certificates. What he took for proven may be false: what comes of it must not
// break anything where Ops Manager shows it afterwards.
func (k *walk) accepts(s *situation, what string, q rotation.Question) {
	q.Options.Accept = []rotation.Reason{rotation.ReasonCertificatesUnknown, rotation.ReasonInstances}
	if d := rotation.Decide(q); d.Version != nil {
		k.visit(s.does(what+" (accepted)", func(s *situation) { s.cursor, s.accepted, s.left = d.Version, true, s.left-1 }))
	}
}

// clusters is what our operator does who is told of TKGI's clusters: he upgrades them,
// or accepts that nothing shows it. What breaks at clusters that he knew nothing of is
// his, and all else is judged.
func (k *walk) clusters(s *situation, what string, q rotation.Question) {
	if s.clustersWait() {
		k.visit(s.does("our operator upgrades the clusters", func(s *situation) { s.upgradeClusters() }))
	}
	q.Options.Accept = []rotation.Reason{rotation.ReasonClusters}
	d := rotation.Decide(q)
	accepting := s.does("", func(a *situation) { a.givenUp = a.givenUp || a.clustersWait() })
	accepting.what, accepting.parent = s.what, s.parent
	what += " (accepted clusters-not-upgraded)"
	switch {
	case d.Verdict == rotation.Go:
		k.act(accepting, what, q)
	case d.Version != nil:
		after := q.Observed
		after.State = d.Version.State
		if c := (claim{situation: *accepting, seen: plainly, step: q.Phase, from: q.From, state: after}); !proven(c) {
			k.fail(s, "%s: says %s (%s), and that is not true", what, d.Reason, d.Message)
		}
		k.visit(accepting.does(what, func(a *situation) { a.cursor = d.Version }))
	}
}

// ofLeaves tells a question about the leaf certificates alone.
func ofLeaves(q rotation.Question) bool {
	return q.Options.LeafOnly || q.Phase == rotation.Verify && q.Observed.State == rotation.Renewed
}

// act goes ahead with a phase.
func (k *walk) act(s *situation, what string, q rotation.Question) {
	if q.Phase == rotation.Generate && s.made == k.cas {
		return
	}
	acted := s.does(what, func(a *situation) { k.call(a, q) })
	if did := stepHarm(s.world, acted.world, q.Phase, q.From, ofLeaves(q)); did != harmless {
		switch {
		case did == breaksNow && s.undone && !k.v1:
			k.limits["an activation undone and repeated, with certificates v0"]++
		case (did == breaksNow || did == renewsOnBroken) && s.unseen && !k.v1:
			k.limits["a configurable leaf made between the proof of trust and the activation, with certificates v0"]++
		default:
			k.fail(acted, "%s: %s", what, did)
		}
	}
	k.visit(acted)
	k.visit(acted.does("its answer is lost, or it crashes", func(a *situation) { a.cursor = s.cursor }))
	if s.left > 0 && len(k.only) == 0 && !k.alone {
		k.visit(s.does(what+", carried out in part", func(a *situation) {
			a.left--
			k.call(a, q)
			e := a.evidence(plainly)
			if partly, known := rotation.Partly(q.Phase, a.observe(e, a.cursor), e, []string{"/x"}); known {
				a.cursor = &partly.Version
			}
		}))
	}
	if s.left > 0 && len(k.only) == 0 && len(s.installations) < k.installations && !s.running() {
		k.visit(s.does(what+", and another operator starts an apply at that moment", func(a *situation) {
			a.left--
			k.call(a, q, (*world).start)
		}))
	}
}

// call calls Ops Manager and records what comes back.
func (k *walk) call(a *situation, q rotation.Question, meanwhile ...func(*world)) {
	if !ofLeaves(q) {
		v := a.act(q.Phase, q.Observed, meanwhile...)
		a.cursor = &v
		return
	}
	v := a.renew(q.Observed, meanwhile...)
	a.cursor = &v
}

// apply is an apply changes of ours: all products, and what may become of it.
func (k *walk) apply(s *situation) {
	if len(s.installations) == k.installations || s.running() {
		return
	}
	if s.spoilt {
		return
	}
	e := s.seen(plainly)
	state := s.observe(e, s.cursor)
	_, refused := rotation.ApplyRefusal(state)
	q := rotation.Question{Observed: state, Evidence: e}
	_, interferes := rotation.Interferes(q)
	if k.mutants != nil {
		k.mutants.tryApply(s, state, refused, interferes)
	}
	if refused || interferes {
		return
	}
	switch did := applyHarm(s.world); {
	case did == breaksNow: // another operator had broken it, and nothing shows that
	case did != harmless:
		k.fail(s, "apply: %s", did)
	}
	as := func(o outcome) outcome { return s.mayRecreate(o, state, e, *s.cursor) }
	k.visit(s.does("apply", func(s *situation) { s.apply(as(s.ours())); s.applied = s.id(len(s.installations) - 1) }))
	if s.left == 0 || len(k.only) > 0 {
		return
	}
	for _, o := range []outcome{tileFails, errandFails} {
		if o == errandFails && k.tkgi {
			continue // it is not ours
		}
		k.visit(s.does("apply: "+o.name, func(s *situation) { s.left--; s.apply(as(o)) }))
	}
}

// causeHolds tells whether what is said to have set the rotation back is so.
func causeHolds(s *situation, state rotation.Observation) bool {
	known := s.cursor
	switch {
	case strings.Contains(state.SetBack, "activation was undone"):
		return numberOf(known.Retiring) == s.activeCA()
	case strings.Contains(state.SetBack, "no known deployment any more"):
		return s.pruned > 0 || s.again || !s.allSince(0) || len(state.Awaited().Products) == 0
	case strings.Contains(state.SetBack, "leaf certificates are deployed"):
		return s.leavesOf(func(signer int) bool { return signer != s.activeCA() })
	case strings.Contains(state.SetBack, "candidate was deleted"):
		return !s.lists(known.Candidate)
	}
	return false
}

func number(id string) int {
	n, err := strconv.Atoi(id)
	if err != nil {
		return 0
	}
	return n
}
