package integration_test

import (
	"context"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
	"github.com/opsman-ca/opsman-ca/internal/sim/process"
)

type (
	version = concourse.Version
	params  = map[string]any
	answer  = concourse.Answer
)

// pipeline is a simulated foundation of a spec's own and what Concourse would
// keep about it.
type pipeline struct {
	*sim.Foundation
	concourse.Pipeline
	server *sim.Server
	// first is the GUID of the CA that was there in the beginning.
	first string
	// apply applies changes to all products: by default as a second operator
	// does, because that is quick.
	apply func(context.Context)
}

// smallTiles keep a foundation at 4 VMs, a service instance among them.
func smallTiles() []sim.Tile {
	return []sim.Tile{
		{
			Identifier: "cf", Label: "TAS", Version: "2.13.35",
			Jobs:    []sim.Job{{Name: "router", Instances: 1}},
			Errands: []sim.ErrandSpec{{Name: "smoke_tests", PostDeploy: true}},
		},
		sim.ServiceTile("p.mysql", "MySQL", "2.10.16", 1, sim.Job{Name: "broker", Instances: 1}, sim.Job{Name: "mysql", Instances: 1}),
	}
}

// newPipeline serves a foundation until the spec ends.
func newPipeline(o sim.Options) *pipeline {
	GinkgoHelper()
	if o.Tiles == nil {
		o.Tiles = smallTiles()
	}
	if o.KeyBits == 0 {
		o.KeyBits = 1024
	}
	if o.VMDelay == 0 {
		o.VMDelay = -1
	}
	if o.UAADowntime == 0 {
		o.UAADowntime = 20 * time.Millisecond
	}
	o.Username, o.Password, o.ClientID, o.ClientSecret, o.Passphrase = "admin", password, "rotator", clientSecret, passphrase
	f, err := sim.New(o)
	Expect(err).NotTo(HaveOccurred())
	server, err := sim.Serve(f)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func(SpecContext) { server.Close() }, NodeTimeout(patience))
	login := concourse.Login{Target: server.URL, Username: "admin", Password: password, CACert: server.CAPEM}
	p := &pipeline{Foundation: f, server: server, Pipeline: concourse.Pipeline{
		Source: login.Source(), Environ: login.Environ(), Build: GinkgoT().TempDir(),
		Run: func(ctx context.Context, step process.Program) (process.Ended, error) {
			o := program{step}.run(ctx)
			return process.Ended{Code: o.code, Stdout: o.stdout, Stderr: o.stderr}, nil
		},
	}}
	p.wrapOm()
	p.first = p.active()
	p.apply = func(context.Context) {
		GinkgoHelper()
		p.operate(sim.Action{Do: "apply", Wait: true}) //nolint:contextcheck // the simulator limits its own wait
	}
	return p
}

// operate does what a second operator clicks.
func (p *pipeline) operate(actions ...sim.Action) {
	GinkgoHelper()
	for _, a := range actions {
		Expect(p.Operator(a)).To(Succeed())
	}
}

// fault puts a fault in force.
func (p *pipeline) fault(f faults.Fault) string {
	GinkgoHelper()
	id, err := p.AddFault(f)
	Expect(err).NotTo(HaveOccurred())
	return id
}

// check runs check with the newest version known, and keeps the last one that it
// answers.
func (p *pipeline) check(ctx context.Context) version {
	GinkgoHelper()
	known := p.Version
	versions, err := p.Check(ctx)
	Expect(err).NotTo(HaveOccurred())
	if known != nil {
		Expect(versions[0]).To(Equal(known), "check has to echo its cursor")
	}
	p.learn(p.Version)
	return p.Version
}

func (p *pipeline) tryCheck(ctx context.Context) ending {
	GinkgoHelper()
	return p.checking().run(ctx)
}

// checking is check with the newest version known.
func (p *pipeline) checking() program {
	GinkgoHelper()
	return program{p.Checking()}
}

// learn keeps a version; one that was given before and is not the newest would
// never trigger anything.
func (p *pipeline) learn(v version) {
	GinkgoHelper()
	p.Learn(v)
	Expect(p.Repeated()).To(BeZero(), "a version was given a second time: %v", v)
}

func (o ending) answer() answer {
	GinkgoHelper()
	Expect(o.code).To(Equal(0), o.stderr)
	a, err := concourse.Answered(o.stdout)
	Expect(err).NotTo(HaveOccurred())
	return a
}

// get runs in for the newest version, into the build's ca/.
func (p *pipeline) get(ctx context.Context) answer {
	GinkgoHelper()
	a, err := p.Get(ctx)
	Expect(err).NotTo(HaveOccurred())
	Expect(a.Version).To(Equal(p.Version))
	return a
}

func (p *pipeline) tryGet(ctx context.Context, v version) ending {
	GinkgoHelper()
	return p.getting(v, nil).run(ctx)
}

// getting is a get of the version into ca/, which is empty as a build's is.
func (p *pipeline) getting(v version, more params) program {
	GinkgoHelper()
	Expect(p.Empty()).To(Succeed())
	return program{p.Getting(v, more)}
}

// look is what a job begins with: check and get.
func (p *pipeline) look(ctx context.Context) version {
	GinkgoHelper()
	p.check(ctx)
	p.get(ctx)
	return p.Version
}

func (p *pipeline) ca() string { return filepath.Join(p.Build, concourse.Folder) }

// out is a put of the state from ca/.
func (p *pipeline) out(phase string, more params) program {
	return program{p.Putting(phase, more)}
}

// put runs out and keeps the version that it answers.
func (p *pipeline) put(ctx context.Context, phase string) answer {
	GinkgoHelper()
	return p.putWith(ctx, phase, nil)
}

func (p *pipeline) putWith(ctx context.Context, phase string, more params) answer {
	GinkgoHelper()
	a, err := p.Put(ctx, phase, more)
	Expect(err).NotTo(HaveOccurred())
	p.learn(a.Version)
	return a
}

// startPut leaves out running.
func (p *pipeline) startPut(ctx context.Context, phase string) *gexec.Session {
	GinkgoHelper()
	return p.out(phase, nil).start(ctx)
}
