package measure

import "slices"

// listing is how an Ops Manager lists its certificates.
type listing int

const (
	// withV1: certificates v1, from 3.0.17 on.
	withV1 listing = iota
	// missingV1: 3.0 up to 3.0.16, which has to be asked to find out.
	missingV1
	// beforeV1: older than 3.0, which the director's version tells.
	beforeV1
)

// limitOf is what check should send at most, the login included: 3 requests while
// nothing of a rotation is in sight, 5 in any phase. Why says where it sends one
// more.
func limitOf(situation string, certificates listing) Limit {
	if slices.Contains([]string{"settled", "settled-first", "blocked"}, situation) {
		return Limit{Requests: 3}
	}
	l := Limit{Requests: 5}
	// The proof is complete, or is about to be.
	proven := []string{"trusted", "trusted-arrival", "activated", "replaced", "replaced-arrival", "late"}
	switch {
	case situation == "late" && certificates == withV1:
		l.Why = "a certificate looks late, and Ops Manager is asked whether it is one that it excludes"
	case slices.Contains(proven, situation) && certificates == missingV1:
		l.Why = "certificates v1 is asked for first, and is not there"
	}
	return l
}
