// Package authorities is the root CAs of a simulated foundation, each with the NATS CA that
// Ops Manager pairs with it: how they are made, which of them signs, the trust in them,
// and the leaf certificates that they sign.
package authorities

import (
	"slices"
	"time"
)

// Settings are what the root CAs of a foundation are like.
type Settings struct {
	// Validity is how long a CA lasts.
	Validity time.Duration
	// CreatedOnNotBefore: created_on of an own CA is its certificate's NotBefore.
	CreatedOnNotBefore bool
	// LateLeaves signs a leaf certificate when a VM first shows it.
	LateLeaves bool
	// KeyBits of the CAs' keys, LeafKeyBits of the leaves'.
	KeyBits, LeafKeyBits int
	// FreshKeys makes CA keys for this store alone.
	FreshKeys bool
}

// Store is the root CAs of a foundation, oldest first, with the keys that they and their
// leaves get. Its owner has the lock.
type Store struct {
	Settings
	all []*Authority

	leafKeys, natsKeys, caKeys *keyring
	// caCount and leafCount are how many of them were made.
	caCount, leafCount int
}

// New has no CA yet.
func New(settings Settings) *Store {
	s := &Store{
		Settings: settings,
		leafKeys: sharedKeyring("leaf", settings.LeafKeyBits), natsKeys: sharedKeyring("nats", settings.KeyBits), caKeys: sharedKeyring("ca", settings.KeyBits),
	}
	if settings.FreshKeys {
		s.caKeys = newKeyring(settings.KeyBits)
	}
	return s
}

// List is all of them, oldest first.
func (s *Store) List() []*Authority { return s.all }

// Add makes it one of the foundation's.
func (s *Store) Add(a *Authority) { s.all = append(s.all, a) }

// Remove takes it out of the list.
func (s *Store) Remove(a *Authority) {
	s.all = slices.DeleteFunc(slices.Clone(s.all), func(other *Authority) bool { return other == a })
}

// Activate makes it the one that signs.
func (s *Store) Activate(a *Authority) {
	for _, other := range s.all {
		other.Active = other == a
	}
}

// Newest is the one that was added last.
func (s *Store) Newest() *Authority { return s.all[len(s.all)-1] }

// Find is the CA of that GUID, nil where there is none.
func (s *Store) Find(guid string) *Authority {
	for _, a := range s.all {
		if a.GUID == guid {
			return a
		}
	}
	return nil
}

// Active is the CA that signs, nil where none does.
func (s *Store) Active() *Authority {
	for _, a := range s.all {
		if a.Active {
			return a
		}
	}
	return nil
}

// Bundle is the trust in all of them.
func (s *Store) Bundle() *Bundle { return newBundle(s.all) }
