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
	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
)

// Foundation is a simulated Ops Manager behind a meter, and behind a slow network as
// well where that was asked for.
type Foundation struct {
	*sim.Foundation
	meter  *meter
	server *sim.Server
	proxy  *toxiproxy.Proxy
	// before are the requests up to the last reset.
	before int
}

// Open simulates a foundation. Close ends it: a large one would keep the garbage
// collector busy.
func Open(ctx context.Context, shape Shape) (*Foundation, error) {
	foundation, err := sim.New(shape.options())
	if err != nil {
		return nil, fmt.Errorf("simulate a foundation: %w", err)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	f := &Foundation{Foundation: foundation, meter: newMeter(listener)}
	if f.server, err = sim.ServeListener(foundation, f.meter); err != nil {
		return nil, fmt.Errorf("serve the foundation: %w", err)
	}
	if shape.Latency == 0 {
		return f, nil
	}
	err = f.slow(listener.Addr().String(), shape.Latency)
	return f, err
}

// slow puts a toxiproxy in front, which delays all that comes back.
func (f *Foundation) slow(upstream string, latency time.Duration) error {
	control := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop())
	f.proxy = toxiproxy.NewProxy(control, "opsman", "127.0.0.1:0", upstream)
	if err := f.proxy.Start(); err != nil {
		return fmt.Errorf("start the proxy: %w", err)
	}
	toxic := fmt.Sprintf(`{"name": "far", "type": "latency", "stream": "downstream", "attributes": {"latency": %d}}`, latency.Milliseconds())
	if _, err := f.proxy.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
		return fmt.Errorf("add latency to the proxy: %w", err)
	}
	return nil
}

// Login is how to log in to it, far away or not.
func (f *Foundation) Login(far bool) concourse.Login {
	l := concourse.Login{Target: f.server.URL, Username: username, Password: password, CACert: f.server.CAPEM}
	if far {
		l.Target = "https://" + f.proxy.Listen
	}
	return l
}

// patience is for connections that should have ended with their program.
const patience = 5 * time.Second

// Take waits until the last program's connections have ended, and gives what went
// over them since the last time.
func (f *Foundation) Take(ctx context.Context) (Traffic, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	t, err := f.meter.take(ctx)
	if err != nil {
		return t, err
	}
	now := f.Requests()
	t.Requests, f.before = now-f.before, now
	return t, nil
}

// Close ends it.
func (f *Foundation) Close() {
	if f.proxy != nil {
		f.proxy.Stop()
	}
	f.server.Close()
}
