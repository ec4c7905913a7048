package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// measure runs check and om in turn, so that whatever else the machine does
// falls on both alike.
func measure(ctx context.Context, w io.Writer, bin string, runs int) error {
	foundation, err := sim.New(sim.Options{})
	if err != nil {
		return fmt.Errorf("cannot simulate a foundation: %w", err)
	}
	server, err := sim.ServeOn(ctx, foundation, "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("cannot serve it: %w", err)
	}
	defer server.Close()
	request, err := json.Marshal(map[string]any{"source": map[string]any{
		"target": server.URL, "username": "admin", "password": "admin", "ca_cert": server.CAPEM,
	}})
	if err != nil {
		return fmt.Errorf("cannot write the request: %w", err)
	}
	sides := []*side{
		{name: "check", path: filepath.Join(bin, "check"), input: request},
		{name: "om certificate-authorities", path: filepath.Join(bin, "om-quick"), args: []string{"certificate-authorities"}, environ: []string{
			"OM_TARGET=" + server.URL, "OM_USERNAME=admin", "OM_PASSWORD=admin", "OM_CA_CERT=" + server.CAPEM,
		}},
	}
	for run := range runs + 1 {
		for _, s := range sides {
			before := len(foundation.Ledger().Requests)
			if err := s.run(ctx, run > 0); err != nil { // the first run warms the caches
				return err
			}
			s.requests = len(foundation.Ledger().Requests) - before
		}
	}
	return write(w, sides, bin, runs)
}

func write(w io.Writer, sides []*side, bin string, runs int) error {
	fmt.Fprintf(w, "| command (n=%d, in turn) | wall, median | wall, fastest–slowest | CPU, median | peak RSS | requests |\n|---|---|---|---|---|---|\n", runs)
	for _, s := range sides {
		fmt.Fprintf(w, "| `%s` | %s | %s–%s | %s | %.1f MiB | %d |\n", s.name, milliseconds(median(s.wall)),
			milliseconds(slices.Min(s.wall)), milliseconds(slices.Max(s.wall)), milliseconds(median(s.cpu)), float64(s.peak)/1024, s.requests)
	}
	fmt.Fprintf(w, "\ncheck to om: wall %.2f, CPU %.2f, peak RSS %.2f (medians of one run each)\n\n", ratio(sides[0].wall, sides[1].wall),
		ratio(sides[0].cpu, sides[1].cpu), float64(sides[0].peak)/float64(sides[1].peak))

	fmt.Fprintln(w, "| binary | size |\n|---|---|")
	for _, name := range []string{"check", "in", "out", "opsman-ca", "opsman-sim", "om-quick"} {
		info, err := os.Stat(filepath.Join(bin, name))
		if err != nil {
			return fmt.Errorf("cannot weigh %s: %w", name, err)
		}
		fmt.Fprintf(w, "| %s | %.1f MB |\n", name, float64(info.Size())/1e6)
	}
	return nil
}

func median(d []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(d))
	return sorted[len(sorted)/2]
}

func ratio(a, b []time.Duration) float64 { return float64(median(a)) / float64(median(b)) }

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}
