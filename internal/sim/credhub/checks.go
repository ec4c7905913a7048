package credhub

import (
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/sim/outcome"
)

// checked are the CAs that a rotation call touches.
func (s *Store) checked() []*CA {
	var all []*CA
	for _, c := range s.all {
		if !s.Excluded(c) {
			all = append(all, c)
		}
	}
	return all
}

// CheckGenerate are the rules before a new CA version.
func (s *Store) CheckGenerate() outcome.Findings {
	var found outcome.Findings
	for _, c := range s.checked() {
		if c.hasTransitional() {
			found.Add(outcome.HasTransitional, c.Path)
		}
		for _, l := range c.Leaves {
			for _, d := range l.Laggards() {
				switch {
				case d.ServiceInstance && !c.hasTransitional() && d.runs[l].signer != c.Latest():
					found.Add(outcome.LatestNotSigning, c.Path)
				default:
					found.Add(outcome.ChildNotLatest, l.Path)
				}
			}
		}
		s.checkSigners(c, &found)
	}
	return found
}

// CheckActivate are the rules before the new version signs.
func (s *Store) CheckActivate() outcome.Findings {
	var found outcome.Findings
	for _, c := range s.checked() {
		if !c.Latest().Transitional {
			found.Add(outcome.LatestNotTransitional, c.Path)
		}
		for _, l := range c.Leaves {
			for _, d := range l.Deployments {
				if d.runs[l] != l.Newest() || !slices.Contains(d.Trusts[c], c.Latest()) {
					found.Add(outcome.ChildNotLatest, l.Path)
				}
			}
		}
		s.checkSigners(c, &found)
	}
	return found
}

// CheckRegenerate are the rules before new leaves.
func (s *Store) CheckRegenerate() outcome.Findings {
	var found outcome.Findings
	for _, c := range s.checked() {
		signing := c.Signing()
		if signing == nil {
			found.Add(outcome.NoSigning, c.Path)
			continue
		}
		if c.Latest().Transitional {
			found.Add(outcome.SigningTransitional, c.Path)
		}
		for _, l := range c.Leaves {
			for _, d := range l.Deployments {
				if !slices.Contains(d.Trusts[c], signing) {
					found.Add(outcome.ChildDoesNotTrust, l.Path)
				}
				if signer := d.runs[l].signer; signer != signing && !signer.Transitional {
					found.Add(outcome.ChildSignedByOther, l.Path)
				}
			}
		}
		s.checkSigners(c, &found)
	}
	return found
}

// CheckDelete are the rules before old versions lose their trust.
func (s *Store) CheckDelete() outcome.Findings {
	var found outcome.Findings
	for _, c := range s.checked() {
		if c.Latest().Transitional {
			found.Add(outcome.LatestTransitional, c.Path)
			continue
		}
		for _, l := range c.Leaves {
			if l.Newest().signer != c.Latest() {
				found.Add(outcome.ChildSignedByOld, l.Path)
			}
			if len(l.Laggards()) > 0 {
				found.Add(outcome.VersionNotLatest, l.Path)
			}
		}
		s.checkSigners(c, &found)
	}
	return found
}

// checkSigners finds running leaves of one CA that different versions of it
// signed. Service instances left behind by an earlier rotation have a violation
// of their own.
func (s *Store) checkSigners(c *CA, found *outcome.Findings) {
	signers := map[*Version]bool{}
	for _, l := range c.Leaves {
		for _, d := range l.Deployments {
			if !d.ServiceInstance {
				signers[d.runs[l].signer] = true
			}
		}
	}
	if len(signers) > 1 {
		found.Add(outcome.ManySigning, c.Path)
	}
}
