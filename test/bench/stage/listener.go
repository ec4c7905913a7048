package stage

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"
)

// Traffic is what a server saw of its clients since the last reset. Bytes are
// those of TCP, with TLS.
type Traffic struct {
	Connections int
	// Received from the client, Sent to it.
	Received, Sent int64
	// Requests of the Ops Manager API, tokens included.
	Requests int
	// FirstByte is when the first byte of the first connection was read.
	FirstByte time.Time
}

// meter counts at a listener.
type meter struct {
	net.Listener
	mu      sync.Mutex
	traffic Traffic
	open    int
	// changed is closed, and made anew, when a connection has ended.
	changed chan struct{}
}

func newMeter(l net.Listener) *meter { return &meter{Listener: l, changed: make(chan struct{})} }

// Accept waits for the next connection and counts what goes over it.
func (m *meter) Accept() (net.Conn, error) {
	conn, err := m.Listener.Accept()
	if err != nil {
		return nil, err
	}
	m.count(func(t *Traffic) { t.Connections++; m.open++ })
	return &metered{Conn: conn, meter: m}, nil
}

func (m *meter) count(f func(*Traffic)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f(&m.traffic)
}

// take waits until no connection is open, and gives and forgets what was counted.
func (m *meter) take(ctx context.Context) (Traffic, error) {
	for {
		m.mu.Lock()
		if m.open == 0 {
			taken := m.traffic
			m.traffic = Traffic{}
			m.mu.Unlock()
			return taken, nil
		}
		changed, open := m.changed, m.open
		m.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return Traffic{}, fmt.Errorf("%d connections do not end: %w", open, ctx.Err())
		}
	}
}

// metered is a connection whose bytes are counted.
type metered struct {
	net.Conn
	meter *meter
	once  sync.Once
}

// Read counts what the client sent.
func (c *metered) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		now := time.Now()
		c.meter.count(func(t *Traffic) {
			t.Received += int64(n)
			if t.FirstByte.IsZero() {
				t.FirstByte = now
			}
		})
	}
	return n, err
}

// Write counts what the client gets.
func (c *metered) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.meter.count(func(t *Traffic) { t.Sent += int64(n) })
	return n, err
}

// Close ends it, once.
func (c *metered) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() {
		c.meter.count(func(*Traffic) {
			c.meter.open--
			close(c.meter.changed)
			c.meter.changed = make(chan struct{})
		})
	})
	return err
}
