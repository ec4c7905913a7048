package rotation_test

import (
	"slices"
	"strconv"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// theirs is everything that another operator can click, and what comes of itself.
func (k *walk) theirs(s *situation) {
	if s.running() {
		for _, o := range []outcome{everything, tileFails} {
			k.visit(s.does("it ends: "+o.name, func(s *situation) { s.finish(o) }))
		}
	}
	if s.staged != nothing {
		k.visit(s.does("another operator: revert", func(s *situation) { s.staged = nothing }))
	}
	if !s.late && slices.ContainsFunc(s.cas, func(ca modelCA) bool { return ca.short }) {
		k.visit(s.does("a month goes by", func(s *situation) { s.late = true }))
	}
	if v, accepted := rotation.Accepting(s.cursor, []rotation.Reason{s.cursor.Reason}); accepted != "" {
		k.visit(s.does("what failed is mended, and accepted", func(s *situation) { s.cursor = v }))
	}
	if s.left == 0 {
		return
	}
	click := func(what string, change func(*situation)) {
		if len(k.only) > 0 && !slices.ContainsFunc(k.only, func(so string) bool { return strings.HasPrefix(what, so) }) {
			return
		}
		k.visit(s.does("another operator: "+what, func(s *situation) { s.left--; change(s) }))
	}
	k.clicksCAs(s, click)
	for what := nothing + 1; what < allStaged; what++ {
		if s.staged == nothing {
			click([...]string{"", "stages an update", "stages a new tile"}[what], func(s *situation) { s.staged = what })
		}
	}
	if !s.upgraded {
		click("upgrades Ops Manager", func(s *situation) { s.upgraded = true })
	}
	if s.configured == none {
		click("makes a configurable leaf", func(s *situation) {
			s.configure()
			s.unseen = s.inactiveCA() > s.activeCA() && !s.distrustedBut(s.inactiveCA())
		})
	}
	if s.excluded == none && k.v1 {
		click("excludes a leaf from rotation", func(s *situation) { s.exclude() })
	}
	if keep := len(s.installations) - 1; s.pruned < keep {
		click("the history is pruned", func(s *situation) { s.pruned = keep })
	}
	if k.restarts {
		k.clicksRestores(s, click)
	}
	if first := s.observe(s.seen(plainly), nil).Version; first != *s.cursor {
		click("the versions are lost", func(s *situation) { s.cursor = &first })
	}
	if len(s.installations) == k.installations || s.running() {
		return
	}
	for _, o := range []outcome{directorOnly, tileFails, nothingDone, errandFails, errandLeft} {
		click("applies: "+o.name, func(s *situation) { s.apply(o) })
	}
	if s.old {
		click("applies: "+recreates.name, func(s *situation) { s.apply(recreates) })
	}
	if s.staged != nothing || s.upgraded || s.tkgi || s.old {
		click("applies: everything", func(s *situation) { s.apply(everything) })
	}
	click("starts an apply", func(s *situation) { s.start() })
}

// clicksRestores are what makes the ids of installations start again.
func (k *walk) clicksRestores(s *situation, click func(string, func(*situation))) {
	if s.running() {
		return
	}
	if len(s.installations) > 0 {
		click("imports the foundation anew", func(s *situation) { s.imports() })
	}
	for _, once := range s.snapshots() {
		click("restores a snapshot of behind "+strconv.Quote(once.what), func(s *situation) {
			was := s.activeCA()
			s.restores(once.world)
			s.undone = s.undone || s.activeCA() < was
			s.spoilt = s.spoilt || !s.safe()
		})
	}
}

// clicksCAs are the buttons of the certificate authorities.
func (k *walk) clicksCAs(s *situation, click func(string, func(*situation))) {
	if s.made < k.cas {
		click("generates", func(s *situation) { s.generate() })
		click("generates a CA that expires soon", func(s *situation) { s.generate(); s.cas[len(s.cas)-1].short = true })
	}
	click("regenerates", func(s *situation) { s.regenerate() })
	for _, ca := range s.cas {
		if ca.active {
			continue
		}
		click("activates "+modelGUID(ca.number), func(s *situation) {
			s.undone = s.undone || ca.number < s.activeCA()
			s.activate(ca.number)
		})
		click("deletes "+modelGUID(ca.number), func(s *situation) {
			s.remove(ca.number)
			s.spoilt = s.spoilt || !s.safe()
		})
	}
}
