package inprocess_test

import (
	"fmt"
	"testing"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/sim"
)

func client(b *testing.B, o sim.Options) *opsman.Client {
	b.Helper()
	url, caPEM := serve(b, o)
	c, err := opsman.New(opsman.Config{Target: url, Username: "admin", Password: "admin", CACert: caPEM})
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// BenchmarkCertificates reads and decodes a list of certificates.
func BenchmarkCertificates(b *testing.B) {
	for _, version := range []string{"3.1.2-build.5", "2.10.60-build.1"} {
		for _, count := range []int{5_000, 20_000} {
			b.Run(fmt.Sprintf("version=%s/certificates=%d", version, count), func(b *testing.B) {
				c := client(b, sim.Options{Version: version, MoreCertificates: count})
				// Which list there is follows from the version; the answers are recorded.
				if _, err := c.Info(b.Context()); err != nil {
					b.Fatal(err)
				}
				if _, err := c.Certificates(b.Context()); err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					found, err := c.Certificates(b.Context())
					if err != nil || len(found.List) < count {
						b.Fatal(len(found.List), found.Unknown, err)
					}
				}
			})
		}
	}
}

// BenchmarkInstallations reads a history: all of it, and as far as a proof of
// yesterday needs it.
func BenchmarkInstallations(b *testing.B) {
	const count = 10_000
	for _, version := range []string{"3.1.2-build.5", "2.10.60-build.1"} {
		for name, enough := range map[string]func(evidence.Installation) bool{
			"all":    nil,
			"newest": func(i evidence.Installation) bool { return i.ID < count-2 },
		} {
			b.Run(fmt.Sprintf("version=%s/read=%s", version, name), func(b *testing.B) {
				c := client(b, sim.Options{Version: version, History: count})
				if _, err := c.Installations(b.Context(), enough); err != nil { // the answers are recorded
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					history, err := c.Installations(b.Context(), enough)
					if err != nil || len(history.List) == 0 || (enough == nil) != (len(history.List) == count) {
						b.Fatal(len(history.List), err)
					}
				}
			})
		}
	}
}
