package sim_test

import (
	"testing"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// BenchmarkApply is an apply of the default foundation, without delay.
func BenchmarkApply(b *testing.B) {
	f, err := sim.New(sim.Options{VMDelay: -1})
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for b.Loop() {
		if err := f.Operator(sim.Action{Do: "apply", Wait: true}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(f.Ledger().Good)/float64(b.N), "handshakes/op")
}

// BenchmarkNew is what a foundation costs before its first request.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		f, err := sim.New(sim.Options{})
		if err != nil {
			b.Fatal(err)
		}
		f.Close()
	}
}
