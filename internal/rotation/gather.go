package rotation

import (
	"reflect"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// NeedsProof tells gathering whether the list of CAs and the cursor leave a
// question that products and installations have to answer.
func NeedsProof(e evidence.Evidence, cursor *Version) bool {
	if _, partial := stillPartial(e, cursor); partial || findBlockage(e, cursor) != nil {
		return false
	}
	if len(e.CAs) > 1 {
		return true
	}
	if cursor == nil {
		return false
	}
	known, told := cursor.unblocked()
	return told && (known.State != Settled || known.Active != e.CAs[0].GUID)
}

// ExclusionsDecide tells gathering whether it depends on what Ops Manager excludes
// from rotation which state this is: whether it is another one where all certificates
// are excluded. What is excluded only ever takes something out of the way.
func ExclusionsDecide(e evidence.Evidence, cursor *Version) bool {
	spared := e
	spared.Certificates.List = slices.Clone(e.Certificates.List)
	for i := range spared.Certificates.List {
		spared.Certificates.List[i].Excluded = true
	}
	return !reflect.DeepEqual(Observe(e, cursor), Observe(spared, cursor))
}

// RenewedHinder tells gathering whether, of leaf certificates that were regenerated
// alone, one looks left behind: then it is worth asking which ones are excluded.
func RenewedHinder(e evidence.Evidence, cursor *Version) bool {
	if cursor == nil || cursor.State != Renewed || cursor.renewedAt().IsZero() {
		return false
	}
	return len(oldLeaves(e, cursor.renewedAt().Add(-skew))) > 0
}

// CertificatesHinder tells gathering whether a certificate that the rotation
// should replace looks late: then it is worth asking which ones are excluded.
func CertificatesHinder(e evidence.Evidence) bool {
	if late, clusters := outdated(e, anyKind); len(late)+len(clusters) > 0 {
		return true
	}
	if len(e.CAs) == 1 {
		// What is excluded needs no exclusion by the operator, and may end.
		if x := endingOf(e, Options{}); len(CustomerCAs(e))+len(orphanLeaves(e))+len(x.expired)+len(x.before) > 0 {
			return true
		}
		return len(oldLeaves(e, e.CAs[0].CreatedOn.Time)) > 0
	}
	if len(e.CAs) != 2 {
		return false
	}
	active, other := pair(e)
	// Those that are excluded are no matter to an activate.
	if later(e, other, active) > 0 && len(Born(e, Observation{Candidate: &other})) > 0 {
		return true
	}
	return len(lateLeaves(e, Observation{Active: &active, Retiring: &other})) > 0
}
