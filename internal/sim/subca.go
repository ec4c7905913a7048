package sim

import (
	"fmt"
	"strings"
	"time"
)

// SubCA is a CA in CredHub with dates of its own: one that has expired, or that
// will before long (facts §4.7, §5.18).
type SubCA struct {
	// Path of the CA, or the end of one: "/cf_ca". One that no CA has is made, for
	// the last tile.
	Path string
	// Left is how long it lasts, negative for one that has expired; 0 is as usual.
	Left time.Duration
	// Excluded: it is on the server's own list of what no rotation touches, until
	// the caller's list replaces it (facts §4.5, §8).
	Excluded bool
}

// placeSubCAs lays them out.
func (f *Foundation) placeSubCAs() {
	for i := range f.opts.SubCAs {
		s := &f.opts.SubCAs[i]
		c := f.credhubCAEnding(s.Path)
		if c == nil {
			c = f.addCredHubCA(s.Path)
			c.addLeaf(strings.TrimSuffix(s.Path, "_ca")+"_leaf", f.lastPlaced().main)
		}
		c.own = s
		if s.Excluded {
			f.ownExclusions = append(f.ownExclusions, c.path)
		}
	}
	f.exclusions = f.ownExclusions
}

func (f *Foundation) credhubCAEnding(path string) *credhubCA {
	for _, c := range f.credhub {
		if strings.HasSuffix(c.path, path) {
			return c
		}
	}
	return nil
}

// dated gives the CA its first version with its own dates.
func (c *credhubCA) dated(now time.Time, validity time.Duration) {
	until := now.Add(c.own.Left).Truncate(time.Second)
	c.add(until.Add(-validity), validity, false)
}

// checkSubCAs fails a product whose certificates a CA signed that has expired: what
// still runs with them, or is to run with them, does not get an answer any more.
// CAs that no rotation of the root CA concerns are left out.
func (f *Foundation) checkSubCAs(p *product, by *plan) error {
	now := f.clock.now()
	for _, c := range f.credhub {
		if f.excluded(c) || c.customer || c.unlisted || strings.HasPrefix(c.path, "/services/") {
			continue
		}
		for _, l := range c.leaves {
			if excludedLeaf(l.path) {
				continue
			}
			for _, d := range l.deployments {
				for _, v := range []*leafVersion{d.runs[l], by.credhub[l]} {
					if d.product == p && v != nil && now.After(v.signer.expires) {
						return fmt.Errorf("deploying %s: x509: certificate has expired or is not yet valid: CA %s ended %s", d.name, c.path, v.signer.expires.Format(time.RFC3339))
					}
				}
			}
		}
	}
	return nil
}
