package credhub

import (
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/outcome"
)

// HandSetPath is a certificate that was set by hand.
const HandSetPath = "/acme/ldap_client"

// HandSetIssuer is the company's CA, which Ops Manager does not list.
const HandSetIssuer = "/C=DE/O=Acme AG/CN=Acme Issuing CA 3"

// HandSet is a leaf certificate that an operator set by hand on Ops Manager 2.6 or older:
// the flag that tells whether it was generated is missing, which counts as generated,
// so that regenerate is to renew it and finds no CA for it (facts §4.5). No VM presents
// it to another.
type HandSet struct {
	From, Until time.Time
	Deployment  *Deployment
	// Supplied: it was set again, with the flag.
	Supplied bool
}

// PlaceHandSet puts it into CredHub.
func (s *Store) PlaceHandSet(from, until time.Time, d *Deployment) {
	s.HandSet = &HandSet{From: from, Until: until, Deployment: d}
}

// Supply sets it again with the same value, which has set the flag since Ops Manager 2.7.
// It is false where nothing was set by hand at that path; an empty one is any.
func (s *Store) Supply(path string) bool {
	if s.HandSet == nil || path != "" && path != HandSetPath {
		return false
	}
	s.HandSet.Supplied = true
	return true
}

// renewHandSet fails for it, as CredHub lacks the key of its CA.
func (s *Store) renewHandSet(failing []string, did *outcome.Status) {
	if h := s.HandSet; h != nil && !h.Supplied && !slices.Contains(failing, HandSetPath) {
		did.Failed = append(did.Failed, outcome.Item{Location: "credhub", VariablePath: HandSetPath, Reason: "the certificate authority that signed it is not in CredHub"})
	}
}
