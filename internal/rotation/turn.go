package rotation

import (
	"cmp"
	"strconv"
)

// following is the version as it comes after the cursor. Along a rotation the
// installation, the phase or the trust grows, which makes every version a new
// one. Where a rotation is set back (an activation undone, an obstacle that came
// and went) they do not, and the version would be one that Concourse has seen
// and never looks at again: it gets a turn of its own.
func (v Version) following(cursor *Version) Version {
	if cursor == nil {
		return v
	}
	v.Turn = cursor.Turn
	switch {
	case v == *cursor:
	case cursor.Phase == Blocked, v.Phase != Blocked && !v.names(*cursor) && !v.beyond(*cursor):
		v.Turn = strconv.Itoa(number(cursor.Turn) + 1)
	case v.names(*cursor):
		v.Turn = ""
	}
	return v
}

// names tells whether the version names a CA that the earlier one did not: that
// alone makes it new, for GUIDs are never used twice.
func (v Version) names(earlier Version) bool {
	known := func(guid string) bool {
		return guid == "" || guid == earlier.Active || guid == earlier.other() || guid == earlier.Removed
	}
	return !known(v.Active) || !known(v.other())
}

// beyond tells whether the version of the same CAs is further on.
func (v Version) beyond(earlier Version) bool {
	return cmp.Or(
		cmp.Compare(v.anchor(), earlier.anchor()),
		cmp.Compare(v.Phase.rank(), earlier.Phase.rank()),
		cmp.Compare(number(v.Trusted), number(earlier.Trusted)),
	) > 0
}
