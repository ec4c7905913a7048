package authorities

import (
	"crypto/tls"
	"sync"
	"time"
)

// Late is a leaf certificate that may be signed when a VM first
// shows it. On most foundations of a fleet no VM ever does, and a signature
// costs as much as answering dozens of requests.
type Late struct {
	// From and until are its dates, to the second as the certificate has them.
	From, Until time.Time

	once   sync.Once
	sign   func() (tls.Certificate, error)
	signed tls.Certificate
	err    error
}

// Made signs it, the first time. A late failure leaves it empty, with which no
// handshake succeeds.
func (l *Late) Made() (tls.Certificate, error) {
	l.once.Do(func() {
		l.signed, l.err = l.sign()
		l.sign = nil
	})
	return l.signed, l.err
}

// Shown is the certificate as a VM presents it.
func (l *Late) Shown() tls.Certificate {
	made, _ := l.Made() // what fails is told by the handshake
	return made
}
