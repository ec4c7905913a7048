package measure

import "slices"

// limitOf is what check should send at most, the login included: 3 requests while
// nothing of a rotation is in sight, 5 in any state. Why says where it sends one
// more.
func limitOf(situation string, certificatesV1 bool) Limit {
	if slices.Contains([]string{"settled", "settled-first", "blocked"}, situation) {
		return Limit{Requests: 3}
	}
	l := Limit{Requests: 5}
	if situation == "late" && certificatesV1 {
		l.Why = "a certificate looks outdated, and Ops Manager is asked whether it is one that it excludes"
	}
	return l
}
