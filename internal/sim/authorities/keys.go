package authorities

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"sync"
)

// leafKeys is how many keys all leaves of a process share.
const leafKeys = 4

// keyring makes RSA keys of one size and keeps them: get(n) is always the same
// key. The next one is made ahead, in the background.
type keyring struct {
	bits int
	mu   sync.Mutex
	made map[int]*keySlot
}

type keySlot struct {
	once sync.Once
	key  *rsa.PrivateKey
	err  error
}

type keyringName struct {
	purpose string
	bits    int
}

// keyrings are the process's own, shared by its foundations.
var keyrings = struct {
	mu  sync.Mutex
	all map[keyringName]*keyring
}{all: map[keyringName]*keyring{}}

func sharedKeyring(purpose string, bits int) *keyring {
	keyrings.mu.Lock()
	defer keyrings.mu.Unlock()
	name := keyringName{purpose, bits}
	if keyrings.all[name] == nil {
		keyrings.all[name] = newKeyring(bits)
	}
	return keyrings.all[name]
}

func newKeyring(bits int) *keyring { return &keyring{bits: bits, made: map[int]*keySlot{}} }

func (k *keyring) slot(n int) *keySlot {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.made[n] == nil {
		k.made[n] = &keySlot{}
	}
	return k.made[n]
}

func (k *keyring) get(n int) (*rsa.PrivateKey, error) {
	s := k.slot(n)
	s.once.Do(func() {
		s.key, s.err = rsa.GenerateKey(rand.Reader, k.bits)
		if s.err != nil {
			s.err = fmt.Errorf("make an RSA key of %d bits: %w", k.bits, s.err)
		}
	})
	return s.key, s.err
}

// ahead makes key n without waiting for it.
func (k *keyring) ahead(n int) { go func() { _, _ = k.get(n) }() }
