package measure

import (
	"encoding/json"
	"fmt"

	"github.com/opsman-ca/opsman-ca/test/bench/process"
	"github.com/opsman-ca/opsman-ca/test/bench/stage"
)

// version is one of the resource's.
type version = map[string]string

// request is what Concourse writes to the standard input of check, in and out.
type request struct {
	Source  map[string]any    `json:"source"`
	Version version           `json:"version,omitempty"`
	Params  map[string]string `json:"params,omitempty"`
}

// resource is check, in or out with a request.
func (b *Bench) resource(name string, r request, args ...string) (process.Program, error) {
	stdin, err := json.Marshal(r)
	if err != nil {
		return process.Program{}, fmt.Errorf("write the request of %s: %w", name, err)
	}
	return process.Program{Path: b.path(name), Args: args, Stdin: stdin}, nil
}

// check asks for new versions as Concourse does, with the newest one known.
func (b *Bench) check(f *stage.Foundation, far bool, known version) (process.Program, error) {
	return b.resource("check", request{Source: f.Source(far), Version: known})
}

// get gets a version into a new folder.
func (b *Bench) get(f *stage.Foundation, v version) (process.Program, error) {
	p, err := b.resource("in", request{Source: f.Source(false), Version: v})
	p.Folder = true
	return p, err
}

// tool is opsman-ca, which takes om's variables.
func (b *Bench) tool(f *stage.Foundation, args ...string) process.Program {
	return process.Program{Path: b.path("opsman-ca"), Args: args, Environ: f.Environ(false)}
}

// om is the real one.
func (b *Bench) om(f *stage.Foundation, far bool, args ...string) process.Program {
	return process.Program{Path: b.path("om-quick"), Args: args, Environ: f.Environ(far)}
}

// omExpiring is om's list of certificates; it ends with 1 because it has some to
// show.
func (b *Bench) omExpiring(f *stage.Foundation) process.Program {
	p := b.om(f, false, "expiring-certificates", "--expires-within", "50y")
	p.Codes = []int{1}
	return p
}

const (
	omAuthorities   = "om-certificate-authorities"
	omInstallations = "om-installations"
	omExpiring      = "om-expiring-certificates"
)
