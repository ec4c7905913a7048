package rotation

import (
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// horizon separates installations that can prove something about a change of
// the CAs from those that cannot: only one that started after the change can
// have carried it.
type horizon struct {
	// id, when anchored, is an installation id read when the change was already
	// there: every higher one started after it.
	id       int
	anchored bool
	// created is when the CA appeared, used when no id is known.
	created evidence.Stamp
	// lenient counts installations that may have started after it. It is for
	// upholding an earlier proof, never for making one.
	lenient bool
}

// anchoredAt is the horizon at a known installation id; 0 is a foundation that
// had none.
func anchoredAt(id int) horizon { return horizon{id: id, anchored: true} }

// after tells whether the installation surely (lenient: possibly) started after
// the change. created_on has whole seconds, or whole days, while started_at has
// milliseconds: an installation of the very same second or day proves nothing.
func (h horizon) after(i evidence.Installation) bool {
	switch {
	case h.anchored:
		return i.ID > h.id
	case i.StartedAt.IsZero() || h.created.IsZero():
		return h.lenient
	case h.lenient:
		return !i.StartedAt.Before(h.created.Time)
	case h.created.DateOnly:
		return i.StartedAt.After(h.created.Latest())
	default:
		return !i.StartedAt.Before(h.created.Time.Truncate(time.Second).Add(time.Second))
	}
}

// floor is the highest installation that is not after the horizon: the anchor
// of a change that was first seen now.
func (h horizon) floor(history evidence.History) int {
	if h.anchored {
		return h.id
	}
	highest := 0
	for _, i := range history.List {
		if !h.after(i) {
			highest = max(highest, i.ID)
		}
	}
	return highest
}

// Enough tells gathering when to stop reading the history: once the newest
// attempt of every product was seen and older installations cannot prove
// anything about the newest CA any more.
func Enough(cas []evidence.CA, products []evidence.Product, cursor *Version) func(evidence.Installation) bool {
	anchor := 0
	if cursor != nil {
		if known, _ := cursor.unblocked(); known.Phase == Retired {
			anchor = known.anchor()
		}
	}
	var newest evidence.Stamp
	for _, ca := range cas {
		if newest.IsZero() || ca.CreatedOn.Time.After(newest.Time) {
			newest = ca.CreatedOn
		}
	}
	unseen := map[string]bool{}
	for _, p := range products {
		unseen[p.GUID] = true
	}
	return func(i evidence.Installation) bool {
		for _, c := range i.Changes {
			if attempted(c) {
				delete(unseen, c.GUID)
			}
		}
		if len(cas) == 1 {
			return len(unseen) == 0 && (anchor == 0 || i.ID <= anchor)
		}
		return !i.StartedAt.IsZero() && !newest.IsZero() && i.StartedAt.Before(newest.Time)
	}
}
