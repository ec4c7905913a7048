package credhub

import "slices"

// Excluded tells whether no rotation touches a CA now.
func (s *Store) Excluded(c *CA) bool {
	return c.Fixed || slices.Contains(s.exclusions, c.Path)
}

// ExcludeAlways puts a path on the server's own list.
func (s *Store) ExcludeAlways(path string) {
	s.own = append(s.own, path)
	s.exclusions = s.own
}

// Exclude takes the list of a call, or the server's own where it gave none, and gives the
// former one.
func (s *Store) Exclude(list []string) (former []string) {
	former, s.exclusions = s.exclusions, s.own
	if list != nil {
		s.exclusions = list
	}
	return former
}

// RestoreExclusions takes a former list back.
func (s *Store) RestoreExclusions(former []string) { s.exclusions = former }
