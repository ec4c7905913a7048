package sim

import (
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
func (b builder) placeSubCAs() {
	for i := range b.opts.SubCAs {
		s := &b.opts.SubCAs[i]
		c := b.credhub.Ending(s.Path)
		if c == nil {
			c = b.credhub.Add(s.Path)
			c.AddLeaf(strings.TrimSuffix(s.Path, "_ca")+"_leaf", b.lastPlaced().main.Deployment)
		}
		c.Left = s.Left
		if s.Excluded {
			b.credhub.ExcludeAlways(c.Path)
		}
	}
}
