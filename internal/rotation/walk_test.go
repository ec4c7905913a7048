package rotation_test

import (
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// situation is a world with what is known of it: the newest version, and an old
// one in the hands of a build that waited.
type situation struct {
	world
	cursor, stale *rotation.Version
	others        int // clicks left to the other operator
	path          []string
	// undone: the other operator activated a CA although a newer one was there.
	undone bool
}

// bounds of a walk.
type bounds struct{ cas, installations, others int }

// key is what the future depends on: of a moment only which CAs were there.
func (s situation) key() string {
	var b strings.Builder
	moment := func(tick int) byte {
		n := byte('0')
		for _, ca := range s.cas {
			if ca.made <= tick {
				n++
			}
		}
		return n
	}
	for _, ca := range s.cas {
		fmt.Fprint(&b, ca.number, ca.active)
	}
	for _, p := range s.products {
		b.Write([]byte{'0' + p.trust, '1' + byte(p.leaf), moment(p.born), '1' + byte(p.newest), moment(p.newBorn)})
		fmt.Fprint(&b, p.awaitsDeployment)
	}
	for _, i := range s.installations {
		b.Write([]byte{' ', moment(i.started), i.products[0][1], i.products[1][1], i.status[0], '0' + i.carried})
	}
	return fmt.Sprint(b.String(), s.made, *s.cursor)
}

func (s situation) does(what string, change func(*situation)) situation {
	s.world = s.clone()
	s.path = append(s.path[:len(s.path):len(s.path)], what)
	change(&s)
	return s
}

// walk explores every situation that is reachable within the bounds.
type walk struct {
	rules
	bounds
	seen        map[string]struct{}
	settles     map[string]struct{}
	queue       []situation
	transitions int
	// breaks are the paths on which a step of ours broke handshakes.
	breaks []situation
}

func (k *walk) visit(s situation) {
	k.transitions++
	key := fmt.Sprint(s.key(), s.others, s.undone)
	if s.stale != nil {
		key += fmt.Sprint(*s.stale)
	}
	if _, known := k.seen[key]; known {
		return
	}
	k.seen[key] = struct{}{}
	k.queue = append(k.queue, s)
}

func (k *walk) run() {
	k.seen, k.settles = map[string]struct{}{}, map[string]struct{}{}
	w := newWorld(k.rules)
	first := rotation.Observe(w.evidence(), nil).Version
	k.visit(situation{world: w, cursor: &first, others: k.others})
	for len(k.queue) > 0 {
		s := k.queue[0]
		k.queue = k.queue[1:]
		e := s.evidence()
		k.look(s, e)
		k.ours(s, e)
		k.theirs(s)
		k.ends(s)
	}
}

// look is a check, and a build that keeps the newest version for later.
func (k *walk) look(s situation, e evidence.Evidence) {
	v := rotation.Observe(e, s.cursor).Version
	if v != *s.cursor {
		k.visit(s.does("check: "+string(v.Phase), func(s *situation) { s.cursor = &v }))
	}
	if s.stale == nil && s.cursor.Phase != rotation.Settled {
		k.visit(s.does("a build waits with "+string(s.cursor.Phase), func(s *situation) { s.stale = s.cursor }))
	}
}

// ours is every step with every version at hand, each also with a crash before
// the version is recorded.
func (k *walk) ours(s situation, e evidence.Evidence) {
	for n, from := range []*rotation.Version{s.cursor, s.stale} {
		if from == nil || n == 1 && *s.stale == *s.cursor {
			continue
		}
		state := rotation.Observe(e, from)
		for _, step := range rotation.Steps() {
			d := rotation.Decide(rotation.Question{Step: step, From: *from, State: state, Evidence: e})
			what := fmt.Sprintf("%s from %s", step, from.Phase)
			switch d.Verdict {
			case rotation.Done:
				if state.Version != *s.cursor {
					k.visit(s.does(what+" (done)", func(s *situation) { s.cursor = &state.Version }))
				}
			case rotation.Go:
				k.allowed(s, step, state)
				if step == rotation.Generate && s.made == k.cas {
					continue
				}
				acted := s.does(what, func(s *situation) {
					v := s.act(step, state)
					s.cursor = &v
				})
				if s.safe() && !acted.safe() {
					k.breaks = append(k.breaks, acted)
				}
				k.visit(acted)
				k.visit(acted.does("crash", func(a *situation) { a.cursor = s.cursor }))
			}
		}
	}
	_, _, _, refused := rotation.ApplyRefusal(rotation.Observe(e, s.cursor))
	if len(s.installations) < k.installations && !s.running() && !refused {
		if len(s.cas) == 2 && !s.activeTrusted() {
			Fail(fmt.Sprintf("applies changes although the active CA is not trusted: %v", s.path))
		}
		k.visit(s.does("apply", func(s *situation) { s.apply(everything) }))
	}
}

// allowed asserts what a step that may go must never do.
func (k *walk) allowed(s situation, step rotation.Step, state rotation.State) {
	if step == rotation.Generate && len(s.cas) != 1 {
		Fail(fmt.Sprintf("a second candidate: %v", s.path))
	}
	if step == rotation.Delete {
		retiring := numberOf(state.Retiring.GUID)
		if retiring == s.activeCA() || retiring > s.activeCA() || len(s.cas) != 2 {
			Fail(fmt.Sprintf("deletes CA %d: %v", retiring, s.path))
		}
	}
	if s.running() {
		Fail(fmt.Sprintf("%s while an installation runs: %v", step, s.path))
	}
}

// theirs is everything another operator can click.
func (k *walk) theirs(s situation) {
	if s.running() {
		for _, outcome := range [][2]string{everything, {evidence.DeploymentSuccessful, evidence.DeploymentFailed}} {
			k.visit(s.does("it ends: "+strings.Join(outcome[:], ", "), func(s *situation) { s.finish(outcome) }))
		}
	}
	if s.others == 0 {
		return
	}
	click := func(what string, change func(*situation)) {
		k.visit(s.does("someone: "+what, func(s *situation) { s.others--; change(s) }))
	}
	if s.made < k.cas {
		click("generate", func(s *situation) { s.generate() })
	}
	click("regenerate", func(s *situation) { s.regenerate() })
	for _, ca := range s.cas {
		if !ca.active {
			click("activate "+modelGUID(ca.number), func(s *situation) {
				s.undone = s.undone || ca.number < s.activeCA()
				s.activate(ca.number)
			})
			click("delete "+modelGUID(ca.number), func(s *situation) { s.remove(ca.number) })
		}
	}
	if len(s.installations) == k.installations || s.running() {
		return
	}
	for _, outcome := range [][2]string{
		{evidence.DeploymentSuccessful, evidence.DeploymentSkipped}, // director alone
		{evidence.DeploymentSuccessful, evidence.DeploymentFailed},
		{evidence.DeploymentFailed, evidence.DeploymentPending},
	} {
		click("apply: "+strings.Join(outcome[:], ", "), func(s *situation) { s.apply(outcome) })
	}
	click("starts an apply", func(s *situation) { s.start() })
}

// ends repeats the procedure until the rotation is settled.
func (k *walk) ends(s situation) {
	key := s.key()
	if _, known := k.settles[key]; known {
		return
	}
	k.settles[key] = struct{}{}
	w, cursor := s.clone(), *s.cursor
	var tried []string
	for range 24 {
		if w.running() {
			w.finish(everything)
		}
		e := w.evidence()
		state := rotation.Observe(e, &cursor)
		cursor = state.Version
		if state.Phase == rotation.Blocked || state.Phase == rotation.Settled {
			return
		}
		switch {
		case state.NeedsApply():
			tried = append(tried, "apply")
			w.apply(everything)
			continue
		case state.Untrusted():
			// What the refusal tells the operator to do.
			tried = append(tried, "activate the former CA again")
			w.activate(numberOf(state.Retiring.GUID))
			continue
		}
		step := map[rotation.Phase]rotation.Step{rotation.Trusted: rotation.Activate,
			rotation.Activated: rotation.Regenerate, rotation.Replaced: rotation.Delete}[state.Phase]
		d := rotation.Decide(rotation.Question{Step: step, From: cursor, State: state, Evidence: e})
		tried = append(tried, fmt.Sprintf("%s: %s", step, d.Reason))
		switch {
		case d.Verdict == rotation.Go:
			cursor = w.act(step, state)
		case d.Reason == rotation.ReasonInstallationFailed, d.Reason == rotation.ReasonOutdated:
			w.apply(everything)
		default:
			Fail(fmt.Sprintf("stuck at %s (%s): %v, then %v", state.Phase, d.Message, s.path, tried))
		}
	}
	Fail(fmt.Sprintf("never settled: %v, then %v", s.path, tried))
}

var _ = Describe("every situation of a foundation with another operator, crashes and old versions", func() {
	DescribeTable("ends settled, and no step of ours breaks a handshake",
		func(r rules) {
			k := walk{rules: r, bounds: bounds{cas: 3, installations: 4, others: 1}}
			k.run()
			AddReportEntry("explored", fmt.Sprintf("%s: %d situations, %d transitions, %d breaking", r, len(k.seen), k.transitions, len(k.breaks)),
				ReportEntryVisibilityFailureOrVerbose)
			for _, b := range k.breaks[:min(3, len(k.breaks))] {
				GinkgoWriter.Println(strings.Join(b.path, " → "))
			}
			// What is left to break needs another operator who activates the old CA
			// again, unseen by every version, and certificates v0, which cannot show it.
			for _, b := range k.breaks {
				Expect(b.undone).To(BeTrue(), strings.Join(b.path, " → "))
			}
			if r.v1 {
				Expect(k.breaks).To(BeEmpty())
			}
		},
		Entry(nil, rules{}), Entry(nil, rules{v1: true}),
		Entry(nil, rules{dateOnly: true}), Entry(nil, rules{dateOnly: true, v1: true}),
		Entry(nil, rules{lazy: true}), Entry(nil, rules{lazy: true, v1: true}),
	)
})
