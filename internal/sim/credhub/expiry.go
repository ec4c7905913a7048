package credhub

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// CheckExpiry fails a product with a deployment whose certificates a CA signed that has expired: what
// still runs with them, or is to run with them, does not get an answer any more.
// CAs that no rotation of the root CA concerns are left out.
func (s *Store) CheckExpiry(now time.Time, next Snapshot, deployments []*Deployment) error {
	for _, c := range s.all {
		if s.Excluded(c) || c.Customer || c.Unlisted || strings.HasPrefix(c.Path, "/services/") {
			continue
		}
		for _, l := range c.Leaves {
			if ExcludedLeaf(l.Path) {
				continue
			}
			for _, d := range l.Deployments {
				for _, v := range []*LeafVersion{d.runs[l], next.leaves[l]} {
					if slices.Contains(deployments, d) && v != nil && now.After(v.signer.Expires) {
						return fmt.Errorf("deploying %s: x509: certificate has expired or is not yet valid: CA %s ended %s", d.Name, c.Path, v.signer.Expires.Format(time.RFC3339))
					}
				}
			}
		}
	}
	return nil
}
