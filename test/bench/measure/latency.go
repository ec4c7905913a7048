package measure

import (
	"context"
	"time"

	"github.com/opsman-ca/opsman-ca/test/bench/stage"
)

// Latency is what toxiproxy adds to every answer.
const Latency = 50 * time.Millisecond

// latency runs check and om over a slow network, and over the same without it.
func (b *Bench) latency(ctx context.Context) error {
	w, err := b.walk(ctx, stage.Shape{Latency: Latency})
	if err != nil {
		return err
	}
	var all []candidate
	for _, way := range []struct {
		name string
		far  bool
	}{{"near", false}, {"far", true}} {
		all = append(all,
			candidate{name: "check/" + way.name, program: b.check(w.at, way.far, w.builds.Version), at: w.at},
			candidate{name: omAuthorities + "/" + way.name, program: b.om(w.at, way.far, "certificate-authorities"), at: w.at},
		)
	}
	return w.close(b.sideBySide(ctx, "50 ms of latency", b.few(), all...))
}
