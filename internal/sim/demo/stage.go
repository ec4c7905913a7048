package demo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
	"github.com/opsman-ca/opsman-ca/internal/sim/process"
)

// stage is one simulated foundation and the pipeline that works on it.
type stage struct {
	Options
	foundation *sim.Foundation
	server     *sim.Server
	folder     string
	builds     concourse.Pipeline
	// old is the root CA that the foundation begins with.
	old string
	// said is all that the programs of the leg under way have said.
	said bytes.Buffer
	// rows are the tally so far, where it is shown at the end.
	rows [][]string
}

// credentials are the simulator's own defaults.
const (
	username = "admin"
	password = "admin"
)

// columnsShown are how wide a terminal is that what is said here fits.
const columnsShown = 80

// introduce says what is simulated.
func (s *stage) introduce() {
	state := s.foundation.Dump()
	var products []string
	for _, p := range state.Products {
		vms := 0
		for _, vm := range state.VMs {
			if vm.Product == p.GUID {
				vms++
			}
		}
		products = append(products, fmt.Sprintf("%s (%d)", p.Label, vms))
	}
	s.Console.Println(fmt.Sprintf("A simulated Ops Manager %s, and %d VMs that shake hands over TLS:", state.Version, len(state.VMs)))
	s.Console.Println(ansi.Wordwrap(strings.Join(products, ", ")+".", columnsShown, ""))
}

// candidate is the root CA that is not the first one, empty where there is none.
func (s *stage) candidate() string {
	for _, ca := range s.foundation.Dump().CAs {
		if ca.GUID != s.old {
			return ca.GUID
		}
	}
	return ""
}

// log is where what the programs say goes: it is kept until the leg is over, and shown
// at once where everything is.
func (s *stage) log() io.Writer {
	if s.Verbose {
		return io.MultiWriter(&s.said, s.Console)
	}
	return &s.said
}

// pipeline works on a foundation, with the demo's programs.
func (s *stage) pipeline() (concourse.Pipeline, error) {
	bin, err := filepath.Abs(s.Bin)
	if err != nil {
		return concourse.Pipeline{}, fmt.Errorf("cannot find the programs: %w", err)
	}
	login := concourse.Login{Target: s.server.URL, Username: username, Password: password, CACert: s.server.CAPEM}
	return concourse.Pipeline{
		Source: login.Source(), Environ: login.Environ(), Build: s.folder,
		Om: []string{"--om", filepath.Join(bin, "om-quick"), "--poll", "200ms", "--heartbeat", "2s"},
		Run: func(ctx context.Context, p process.Program) (process.Ended, error) {
			p.Log, p.Linger = s.log(), 2*time.Second
			return p.In(bin).With(slices.Concat(s.Environ, s.looks())).Run(ctx)
		},
	}, nil
}

// get is Concourse's check and get: the newest version, and its files in ca/.
func (s *stage) get(ctx context.Context) error {
	s.say("$ check")
	if _, err := s.builds.Check(ctx); err != nil {
		return err
	}
	s.say("$ in ca/")
	_, err := s.builds.Get(ctx)
	return err
}

// put is Concourse's put of a phase, from the version in ca/.
func (s *stage) put(ctx context.Context, phase string) error {
	s.say("$ out  params: {phase: " + phase + ", from: ca}")
	if _, err := s.builds.Put(ctx, phase, nil); err != nil {
		return err
	}
	return s.get(ctx)
}

// apply is the task that applies changes.
func (s *stage) apply(ctx context.Context) error {
	s.say("$ opsman-ca apply-changes --from ca")
	return s.builds.Apply(ctx, "--from", "ca")
}

// looks are how the programs are told whether to colour: what they say goes where the
// console's own lines go.
func (s *stage) looks() []string {
	if s.Console.Colored() {
		return []string{"OPSMAN_CA_COLOR=always"}
	}
	return []string{"NO_COLOR=1", "OPSMAN_CA_COLOR=never"}
}
