package tlsnet

import (
	"bytes"
	"io"
	"net"
	"sync"
	"time"
)

// wire is an in-memory connection that buffers. net.Pipe does not, and two ends
// that both write (a flight of handshake messages, an alert) would wait for each
// other for ever.
type wire struct {
	in, out *stream
}

// stream is one direction.
type stream struct {
	mu     sync.Mutex
	more   *sync.Cond
	data   bytes.Buffer
	closed bool
}

func newStream() *stream {
	s := &stream{}
	s.more = sync.NewCond(&s.mu)
	return s
}

func newWire() (client, server *wire) {
	up, down := newStream(), newStream()
	return &wire{in: down, out: up}, &wire{in: up, out: down}
}

// Read blocks until there is something, or the other end is closed.
func (w *wire) Read(b []byte) (int, error) {
	s := w.in
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.data.Len() == 0 {
		if s.closed {
			return 0, io.EOF
		}
		s.more.Wait()
	}
	return s.data.Read(b)
}

// Write never blocks.
func (w *wire) Write(b []byte) (int, error) {
	s := w.out
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, io.ErrClosedPipe
	}
	s.more.Broadcast()
	return s.data.Write(b)
}

// Close ends both directions; what was written can still be read.
func (w *wire) Close() error {
	for _, s := range []*stream{w.in, w.out} {
		s.mu.Lock()
		s.closed = true
		s.more.Broadcast()
		s.mu.Unlock()
	}
	return nil
}

// LocalAddr is no address.
func (*wire) LocalAddr() net.Addr { return wireAddress{} }

// RemoteAddr is no address.
func (*wire) RemoteAddr() net.Addr { return wireAddress{} }

// SetDeadline does nothing: each end closes when it gives up.
func (*wire) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (*wire) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (*wire) SetWriteDeadline(time.Time) error { return nil }

type wireAddress struct{}

// Network names the kind.
func (wireAddress) Network() string { return "wire" }

// String names it.
func (wireAddress) String() string { return "wire" }
