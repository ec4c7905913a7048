package credhub

import (
	"slices"
	"strings"
	"time"
)

// Settings are how long certificates in CredHub last.
type Settings struct{ CAValidity, LeafValidity time.Duration }

// Store is what CredHub holds of one foundation, and Maestro's view of it. Its owner has
// the lock.
type Store struct {
	Settings
	all []*CA
	// exclusions are what no rotation touches now: own, the server's own list, or the
	// one that a call gave (facts §3.9, §8).
	exclusions, own []string
	// HandSet is what an operator set by hand, if anything.
	HandSet *HandSet
}

// New holds nothing yet.
func New(settings Settings) *Store {
	own := []string{ServicesTLSCA}
	return &Store{Settings: settings, own: own, exclusions: own}
}

// List is all CAs.
func (s *Store) List() []*CA { return s.all }

// Find is the CA of that path, nil where there is none.
func (s *Store) Find(path string) *CA {
	i := slices.IndexFunc(s.all, func(c *CA) bool { return c.Path == path })
	if i < 0 {
		return nil
	}
	return s.all[i]
}

// Ending is the first CA whose path ends like that, nil where there is none.
func (s *Store) Ending(suffix string) *CA {
	for _, c := range s.all {
		if strings.HasSuffix(c.Path, suffix) {
			return c
		}
	}
	return nil
}

// Add makes a CA without versions.
func (s *Store) Add(path string) *CA {
	c := &CA{Path: path}
	s.all = append(s.all, c)
	return c
}

// Forget takes CAs away.
func (s *Store) Forget(gone func(*CA) bool) {
	s.all = slices.DeleteFunc(slices.Clone(s.all), gone)
}

// ForgetDeployments takes deployments out of what CredHub holds.
func (s *Store) ForgetDeployments(gone []*Deployment) {
	for _, c := range s.all {
		for _, l := range c.Leaves {
			l.Deployments = slices.DeleteFunc(slices.Clone(l.Deployments), func(d *Deployment) bool { return slices.Contains(gone, d) })
		}
		c.Leaves = slices.DeleteFunc(slices.Clone(c.Leaves), func(l *Leaf) bool { return len(l.Deployments) == 0 })
	}
}

// FirstVersions are the versions of what has none yet: of CAs and of leaves.
func (s *Store) FirstVersions(now, cas, leaves time.Time) {
	for _, c := range s.all {
		if len(c.Versions) == 0 && c.Left != 0 {
			c.Dated(now, s.CAValidity)
		}
		if len(c.Versions) == 0 {
			c.Add(cas, s.CAValidity, false)
		}
		for _, l := range c.Leaves {
			if len(l.versions) == 0 {
				l.Add(leaves, s.LeafValidity)
			}
		}
	}
}
