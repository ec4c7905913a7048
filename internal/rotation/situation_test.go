package rotation_test

import (
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// situation is a world with what is known of it: the newest version, and an old
// one in the hands of a build that waited.
type situation struct {
	world
	cursor, stale *rotation.Version
	// left is how many clicks of others and mishaps of ours may still come.
	left int
	// undone: the other operator activated a CA although a newer one was there;
	// unseen: he made a configurable leaf of a CA that was about to retire, which
	// certificates v0 cannot tell from one of its successor.
	undone, unseen bool
	// accepted: our operator took a proof for made that Ops Manager did not show.
	accepted bool
	// spoilt: he deleted a CA that leaves still lived by; what is said of the rest
	// of that rotation is not judged.
	spoilt bool

	what   string
	parent *situation
	// answers are those of Ops Manager while the situation is looked at.
	answers *[views]*evidence.Evidence
}

// seen is the evidence as Ops Manager answers. No caller changes what it points to.
func (s *situation) seen(v view) evidence.Evidence {
	if s.answers == nil {
		return s.evidence(v)
	}
	if s.answers[v] == nil {
		e := s.evidence(v)
		s.answers[v] = &e
	}
	return *s.answers[v]
}

// path is how the situation came about.
func (s *situation) path() string {
	var all []string
	for ; s != nil && s.parent != nil; s = s.parent {
		all = append(all, s.what)
	}
	slices.Reverse(all)
	return strings.Join(all, " → ")
}

// key is what the future depends on: of a moment only which CAs were there.
type key struct {
	world         string
	cursor, stale rotation.Version
	left          int
	accepted      bool
}

// identity is what the future depends on in the world.
func (w *world) identity() string {
	b := make([]byte, 0, 64)
	moment := func(tick int) byte {
		n := byte('0')
		for _, ca := range w.cas {
			if ca.made <= tick {
				n++
			}
		}
		return n
	}
	flag := func(set ...bool) {
		bits := byte('@')
		for n, on := range set {
			if on {
				bits |= 1 << n
			}
		}
		b = append(b, bits)
	}
	for _, ca := range w.cas {
		b = append(b, '0'+byte(ca.number))
		flag(ca.active, ca.short)
	}
	for _, d := range w.deployments {
		b = append(b, '0'+d.trust, '0'+d.told, '1'+byte(d.leaf), moment(d.born), '1'+byte(d.newest), moment(d.newBorn))
		flag(d.awaits, d.half)
	}
	for _, i := range w.installations {
		b = append(b, ' ', moment(i.started), i.products[0][0], i.products[1][0], i.status[0], '0'+i.carried, (i.errand + "-")[0], (i.errand + "--")[1])
		flag(i.recreated)
	}
	flag(w.upgraded, w.late, w.stubborn, w.givenUp, w.offset > 0, w.again)
	b = append(b, '0'+byte(w.made), '0'+byte(w.applied), '0'+byte(w.pruned), '0'+byte(w.staged), '1'+byte(w.configured), '1'+byte(w.excluded))
	if w.configured != none {
		b = append(b, moment(w.configuredAt))
	}
	return string(b)
}

// momentOf is what the future depends on of the time of a version: which leaves are
// older.
func (w *world) momentOf(renewed string) string {
	if renewed == "" {
		return ""
	}
	b := []byte("@")
	for _, d := range w.deployments {
		for _, born := range []int{d.born, d.newBorn} {
			older := byte('0')
			if w.time(born).Before(at(renewed)) {
				older++
			}
			b = append(b, older)
		}
	}
	return string(b)
}

func (s *situation) key() key {
	k := key{world: s.identity(), cursor: *s.cursor, left: s.left << 4}
	// The turn only makes a version a new one; nothing is decided by it.
	k.cursor.Turn = ""
	k.cursor.Renewed = s.momentOf(s.cursor.Renewed)
	if s.stale != nil {
		k.stale = *s.stale
		k.stale.Turn = ""
		k.stale.Renewed = s.momentOf(s.stale.Renewed)
	}
	if s.accepted {
		k.accepted = true
	}
	if s.undone {
		k.left |= 1
	}
	if s.unseen {
		k.left |= 2
	}
	if s.spoilt {
		k.left |= 4
	}
	return k
}
