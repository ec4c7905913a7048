package measure

import (
	_ "embed"
	"fmt"
	"os/exec"

	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
	"github.com/opsman-ca/opsman-ca/test/bench/process"
	"github.com/opsman-ca/opsman-ca/test/bench/stage"
)

// check asks for new versions as Concourse does, with the newest one known.
func (b *Bench) check(f *stage.Foundation, far bool, known concourse.Version) process.Program {
	p := concourse.Pipeline{Source: f.Login(far).Source(), Version: known}
	return p.Checking().In(b.Bin)
}

// floor sends the requests of a check with net/http alone.
func (b *Bench) floor(f *stage.Foundation) process.Program {
	p := b.check(f, false, nil)
	p.Path = b.Floor
	return p
}

//go:embed curl.sh
var withCurl string

// curl is the runbook's way to the list of CAs, in a shell; none where the machine has
// no curl.
func (b *Bench) curl(f *stage.Foundation) []candidate {
	if _, err := exec.LookPath("curl"); err != nil {
		fmt.Fprintln(b.Progress, "no curl on this machine: there is no row of it")
		return nil
	}
	return []candidate{{
		name: "curl/settled", at: f,
		program: process.Program{Path: "/bin/sh", Args: []string{"-c", withCurl}, Environ: f.Login(false).Environ()},
	}}
}

// get gets a version into a new folder.
func (b *Bench) get(f *stage.Foundation, v concourse.Version) process.Program {
	p := concourse.Pipeline{Source: f.Login(false).Source()}
	get := p.Getting(v, nil).In(b.Bin)
	get.Args = []string{process.NewFolder}
	return get
}

// tool is opsman-ca, which takes om's variables.
func (b *Bench) tool(f *stage.Foundation, args ...string) process.Program {
	return process.Program{Path: b.path("opsman-ca"), Args: args, Environ: f.Login(false).Environ()}
}

// om is the real one.
func (b *Bench) om(f *stage.Foundation, far bool, args ...string) process.Program {
	return process.Program{Path: b.path("om-quick"), Args: args, Environ: f.Login(far).Environ()}
}

// omExpiring is om's list of certificates; it ends with 1 because it has some to
// show.
func (b *Bench) omExpiring(f *stage.Foundation, situation string) candidate {
	return candidate{name: omExpiring + "/" + situation, program: b.om(f, false, "expiring-certificates", "--expires-within", "50y"), codes: []int{1}, at: f}
}

const (
	omAuthorities   = "om-certificate-authorities"
	omInstallations = "om-installations"
	omExpiring      = "om-expiring-certificates"
)
