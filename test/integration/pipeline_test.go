package integration_test

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

type (
	version = map[string]string
	params  = map[string]any
)

// pipeline is a simulated foundation of a spec's own and what Concourse would
// keep about it: the resource's source, a build's folder with the last get in
// ca/, and every version that it was given.
type pipeline struct {
	*sim.Foundation
	server *sim.Server
	source map[string]any
	folder string
	// first is the GUID of the CA that was there in the beginning.
	first string
	// version is the newest one known, nil at first.
	version version
	// given are all versions, in the order in which they were first given.
	given []version
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
	p := &pipeline{
		Foundation: f, server: server, folder: GinkgoT().TempDir(),
		source: map[string]any{"target": server.URL, "username": "admin", "password": password, "ca_cert": server.CAPEM},
	}
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
func (p *pipeline) fault(f sim.Fault) string {
	GinkgoHelper()
	id, err := p.AddFault(f)
	Expect(err).NotTo(HaveOccurred())
	return id
}

// check runs check with the newest version known, and keeps the last one that it
// answers.
func (p *pipeline) check(ctx context.Context) version {
	GinkgoHelper()
	o := p.tryCheck(ctx)
	Expect(o.code).To(Equal(0), o.stderr)
	var versions []version
	Expect(json.Unmarshal([]byte(o.stdout), &versions)).To(Succeed(), o.stdout)
	Expect(versions).NotTo(BeEmpty())
	if p.version != nil {
		Expect(versions[0]).To(Equal(p.version), "check has to echo its cursor")
	}
	p.learn(versions[len(versions)-1])
	return p.version
}

func (p *pipeline) tryCheck(ctx context.Context) outcome {
	GinkgoHelper()
	return p.checking().run(ctx)
}

// checking is check with the newest version known.
func (p *pipeline) checking() process {
	GinkgoHelper()
	return process{name: "check", stdin: encode(map[string]any{"source": p.source, "version": p.version}), folder: p.folder}
}

// learn keeps a version; one that was given before and is not the newest would
// never trigger anything.
func (p *pipeline) learn(v version) {
	GinkgoHelper()
	if maps.Equal(v, p.version) {
		return
	}
	Expect(p.given).NotTo(ContainElement(v), "a version was given a second time")
	p.version = v
	p.given = append(p.given, v)
}

// answer is what in and out write to standard output.
type answer struct {
	Version  version `json:"version"`
	Metadata []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"metadata"`
}

// datum is a line of the metadata, empty where there is none.
func (a answer) datum(name string) string {
	for _, m := range a.Metadata {
		if m.Name == name {
			return m.Value
		}
	}
	return ""
}

func (o outcome) answer() answer {
	GinkgoHelper()
	Expect(o.code).To(Equal(0), o.stderr)
	var a answer
	Expect(json.Unmarshal([]byte(o.stdout), &a)).To(Succeed(), o.stdout)
	return a
}

// get runs in for the newest version, into the build's ca/.
func (p *pipeline) get(ctx context.Context) answer {
	GinkgoHelper()
	a := p.tryGet(ctx, p.version).answer()
	Expect(a.Version).To(Equal(p.version))
	return a
}

func (p *pipeline) tryGet(ctx context.Context, v version) outcome {
	GinkgoHelper()
	return p.getting(v, nil).run(ctx)
}

// getting is a get of the version into ca/, which is empty as a build's is.
func (p *pipeline) getting(v version, more params) process {
	GinkgoHelper()
	Expect(os.RemoveAll(p.ca())).To(Succeed())
	Expect(os.Mkdir(p.ca(), 0o700)).To(Succeed())
	return process{
		name: "in", args: []string{p.ca()}, folder: p.folder,
		stdin: encode(map[string]any{"source": p.source, "version": v, "params": more}),
	}
}

// look is what a job begins with: check and get.
func (p *pipeline) look(ctx context.Context) version {
	GinkgoHelper()
	p.check(ctx)
	p.get(ctx)
	return p.version
}

func (p *pipeline) ca() string { return filepath.Join(p.folder, "ca") }

// out is a put of the state from ca/.
func (p *pipeline) out(phase string, more params) process {
	GinkgoHelper()
	all := params{"phase": phase, "from": "ca"}
	maps.Copy(all, more)
	return process{name: "out", args: []string{p.folder}, stdin: encode(map[string]any{"source": p.source, "params": all}), folder: p.folder}
}

// put runs out and keeps the version that it answers.
func (p *pipeline) put(ctx context.Context, phase string) answer {
	GinkgoHelper()
	return p.putWith(ctx, phase, nil)
}

func (p *pipeline) putWith(ctx context.Context, phase string, more params) answer {
	GinkgoHelper()
	a := p.out(phase, more).run(ctx).answer()
	p.learn(a.Version)
	return a
}

// startPut leaves out running.
func (p *pipeline) startPut(ctx context.Context, phase string) *gexec.Session {
	GinkgoHelper()
	return p.out(phase, nil).start(ctx)
}
