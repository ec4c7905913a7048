package apply_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"

	"github.com/opsman-ca/opsman-ca/internal/apply"
	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

// realOm is om as users have it, built by `make bin/om-quick`; only its poll
// interval is shorter. Without it these specs fail.
func realOm() string {
	path := os.Getenv("OPSMAN_CA_TEST_OM")
	if path == "" {
		path = filepath.Join("..", "..", "bin", "om-quick")
	}
	path, err := filepath.Abs(path)
	Expect(err).NotTo(HaveOccurred())
	Expect(path).To(BeAnExistingFile(), "the real om is missing: run `make bin/om-quick`, or name one by OPSMAN_CA_TEST_OM")
	return path
}

// stage is the real om and our real client against a simulated Ops Manager.
type stage struct {
	*sim.Foundation
	client *opsman.Client
	req    apply.Request
	deps   apply.Deps
	out    *gbytes.Buffer
	dir    string
}

func newStage(ctx context.Context, o sim.Options) *stage {
	o.Password = "planted-sim-password"
	if o.Tiles == nil {
		o.Tiles = smallTiles
	}
	f, err := sim.New(o)
	Expect(err).NotTo(HaveOccurred())
	server, err := sim.ServeOn(ctx, f, "127.0.0.1:0")
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(server.Close)
	client, err := opsman.New(opsman.Config{
		Target: server.URL, Username: "admin", Password: o.Password, CACert: server.CAPEM, RetryFor: 50 * time.Millisecond,
	})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(client.Close)
	s := &stage{Foundation: f, client: client, out: gbytes.NewBuffer(), dir: GinkgoT().TempDir()}
	// A wrapper tells us om's process id, and then becomes om.
	wrapper := filepath.Join(s.dir, "om")
	Expect(os.WriteFile(wrapper, fmt.Appendf(nil, "#!/bin/sh\necho $$ > %s/pid\nexec %s \"$@\"\n", s.dir, realOm()), 0o700)).To(Succeed())
	s.req = apply.Request{
		Poll: 20 * time.Millisecond, Heartbeat: 200 * time.Millisecond,
		Needed: func(context.Context) (apply.Need, error) {
			return apply.Need{Apply: true, Why: "a spec wants it"}, nil
		},
	}
	s.deps = apply.Deps{
		OpsManager: client, Errands: apply.OmAPI(ctx, client), Environ: os.Environ(),
		Om:      apply.Om{Path: wrapper, Target: server.URL, Username: "admin", Password: apply.Secret(o.Password), CACert: server.CAPEM},
		Console: console.New(s.out, console.Options{Color: console.ColorNever}),
	}
	return s
}

func (s *stage) run(ctx context.Context) (apply.Outcome, error) { return apply.Run(ctx, s.req, s.deps) }

func (s *stage) fault(f faults.Fault) string {
	id, err := s.AddFault(f)
	Expect(err).NotTo(HaveOccurred())
	return id
}

// when does something as soon as the text is shown.
func (s *stage) when(ctx context.Context, text string, do func()) {
	go func() {
		for !strings.Contains(string(s.out.Contents()), text) {
			if ctx.Err() != nil {
				return
			}
			<-time.After(time.Millisecond)
		}
		do()
	}()
}

func (s *stage) signalOm(signal syscall.Signal) {
	text, err := os.ReadFile(filepath.Join(s.dir, "pid"))
	if err != nil {
		return
	}
	if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
		_ = syscall.Kill(pid, signal)
	}
}

// expectWholeLog compares what was shown, without our lines and om's own, to
// the log that Ops Manager has.
func (s *stage) expectWholeLog(ctx context.Context, id int) {
	GinkgoHelper()
	log, err := s.client.InstallationLogs(ctx, id)
	Expect(err).NotTo(HaveOccurred())
	var shown strings.Builder
	for line := range strings.Lines(string(s.out.Contents())) {
		ours := strings.HasPrefix(line, "▸") || strings.HasPrefix(line, "⋯")
		oms := strings.HasPrefix(line, "attempting to apply changes") || strings.HasPrefix(line, "setting director")
		if !ours && !oms {
			shown.WriteString(line)
		}
	}
	Expect(shown.String()).To(Equal(log))
	Expect(shown.String()).To(ContainSubstring("Exited with"))
}

func (s *stage) installations(ctx context.Context) evidence.History {
	GinkgoHelper()
	history, err := s.client.Installations(ctx, nil)
	Expect(err).NotTo(HaveOccurred())
	return history
}

// smallTiles are few VMs, to be quick.
var smallTiles = []sim.Tile{
	{
		Identifier: "cf", Label: "TAS", Version: "6.0.1", Jobs: []sim.Job{{Name: "router", Instances: 2}, {Name: "compute", Instances: 2}},
		Errands: []sim.ErrandSpec{{Name: "smoke_tests", PostDeploy: true}, {Name: "push-usage-service", PostDeploy: "default"}},
	},
	sim.ServiceTile("p.mysql", "MySQL", "3.2.0", 1, sim.Job{Name: "broker", Instances: 1}, sim.Job{Name: "mysql", Instances: 1}),
}

// slowly gives a spec the time to phase in while VMs roll.
var slowly = sim.Options{VMDelay: 80 * time.Millisecond}
