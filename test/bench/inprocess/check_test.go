package inprocess_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// BenchmarkCheck is a whole check, login and TLS included, but for the start of its
// process.
func BenchmarkCheck(b *testing.B) {
	for _, state := range []struct {
		name    string
		actions []sim.Action
	}{
		{"settled", nil},
		{"generated", []sim.Action{{Do: "generate"}}},
		{"trusted", []sim.Action{{Do: "generate"}, {Do: "apply", Wait: true}}},
	} {
		b.Run(state.name, func(b *testing.B) {
			url, caPEM := serve(b, sim.Options{}, state.actions...)
			request, err := json.Marshal(map[string]any{"source": map[string]string{
				"target": url, "username": "admin", "password": "admin", "ca_cert": caPEM,
			}})
			if err != nil {
				b.Fatal(err)
			}
			check := func() {
				var stdout, stderr bytes.Buffer
				code := resource.Run(resource.Check(), resource.Environment{Stdin: bytes.NewReader(request), Stdout: &stdout, Stderr: &stderr})
				if code != 0 || !bytes.Contains(stdout.Bytes(), []byte(`"state":"`+state.name+`"`)) {
					b.Fatal(stdout.String(), stderr.String())
				}
			}
			check() // the answers are recorded
			b.ReportAllocs()
			for b.Loop() {
				check()
			}
		})
	}
}
