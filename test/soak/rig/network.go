package rig

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/opsman-ca/opsman-ca/test/soak/schedule"
)

// startProxy puts a toxiproxy between the procedure and Ops Manager.
func (r *Rig) startProxy() error {
	upstream, err := url.Parse(r.server.URL)
	if err != nil {
		return fmt.Errorf("the foundation's URL: %w", err)
	}
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop())
	r.proxy = toxiproxy.NewProxy(server, "opsman", "127.0.0.1:0", upstream.Host)
	if err := r.proxy.Start(); err != nil {
		return fmt.Errorf("start the proxy: %w", err)
	}
	r.Target = "https://" + r.proxy.Listen
	return nil
}

// toxics are what toxiproxy is asked for, but for the name.
var toxics = map[schedule.Kind]string{
	schedule.NetworkResets: `{"name": %q, "type": "reset_peer", "attributes": {"timeout": 0}}`,
	schedule.NetworkCuts:   `{"name": %q, "type": "limit_data", "attributes": {"bytes": 2500}}`,
	schedule.NetworkStalls: `{"name": %q, "type": "timeout", "attributes": {"timeout": 0}}`,
	schedule.NetworkCrawls: `{"name": %q, "type": "slicer", "attributes": {"average_size": 300, "size_variation": 100, "delay": 2000}}`,
}

// spoil makes the network bad for the event's time: while it is, there are no
// requests to count.
func (r *Rig) spoil(ctx context.Context, e schedule.Event) {
	toxic := fmt.Sprintf(toxics[e.Kind], e.ID)
	if _, err := r.proxy.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
		r.Note("  %v", err)
		return
	}
	r.actors.Go(func() {
		select {
		case <-ctx.Done(): // the rotation is over, and Close stops the proxy
		case <-time.After(e.Delay):
			_ = r.proxy.Toxics.RemoveToxic(ctx, e.ID)
		}
	})
}
