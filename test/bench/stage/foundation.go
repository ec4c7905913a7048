package stage

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// served is a foundation behind its meter, and behind a slow network as well.
type served struct {
	*sim.Foundation
	meter  *meter
	server *sim.Server
	proxy  *toxiproxy.Proxy
	// before are the requests up to the last reset.
	before int
}

func serve(ctx context.Context, shape Shape) (*served, error) {
	foundation, err := sim.New(shape.options())
	if err != nil {
		return nil, fmt.Errorf("simulate a foundation: %w", err)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	s := &served{Foundation: foundation, meter: newMeter(listener)}
	if s.server, err = sim.ServeListener(foundation, s.meter); err != nil {
		return nil, fmt.Errorf("serve the foundation: %w", err)
	}
	if shape.Latency == 0 {
		return s, nil
	}
	err = s.slow(listener.Addr().String(), shape.Latency)
	return s, err
}

// slow puts a toxiproxy in front, which delays all that comes back.
func (s *served) slow(upstream string, latency time.Duration) error {
	control := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop())
	s.proxy = toxiproxy.NewProxy(control, "opsman", "127.0.0.1:0", upstream)
	if err := s.proxy.Start(); err != nil {
		return fmt.Errorf("start the proxy: %w", err)
	}
	toxic := fmt.Sprintf(`{"name": "far", "type": "latency", "stream": "downstream", "attributes": {"latency": %d}}`, latency.Milliseconds())
	if _, err := s.proxy.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
		return fmt.Errorf("add latency to the proxy: %w", err)
	}
	return nil
}

// take gives and forgets what was counted.
func (s *served) take(ctx context.Context) (Traffic, error) {
	t, err := s.meter.take(ctx)
	if err != nil {
		return t, err
	}
	now := s.Requests()
	t.Requests, s.before = now-s.before, now
	return t, nil
}

func (s *served) close() {
	if s.proxy != nil {
		s.proxy.Stop()
	}
	s.server.Close()
}
