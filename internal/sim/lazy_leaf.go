package sim

import (
	"crypto/tls"
	"sync"
	"time"
)

// lateCertificate is a leaf certificate that may be signed when somebody first
// shows it. Of most foundations of a fleet nobody ever does, and a signature
// costs as much as answering dozens of requests.
type lateCertificate struct {
	// from and until are its dates, to the second as the certificate has them.
	from, until time.Time

	once sync.Once
	sign func() (tls.Certificate, error)
	made tls.Certificate
	err  error
}

// get signs it, the first time. A late failure leaves it empty, with which no
// handshake succeeds.
func (l *lateCertificate) get() (tls.Certificate, error) {
	l.once.Do(func() {
		l.made, l.err = l.sign()
		l.sign = nil
	})
	return l.made, l.err
}

// shown is the certificate as a VM presents it.
func (l *lateCertificate) shown() tls.Certificate {
	made, _ := l.get() // what fails is told by the handshake
	return made
}
