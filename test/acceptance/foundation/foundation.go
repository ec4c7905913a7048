// Package foundation gives every scenario a simulated foundation of its own, on
// an address that Concourse's steps reach.
package foundation

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/environment"
)

// Foundation is one that this process serves until the spec ends.
type Foundation struct {
	*sim.Foundation
	Server *sim.Server

	options sim.Options
	watcher watcher
}

// VMDelay makes an apply of all of a small foundation take a second or two.
const VMDelay = 100 * time.Millisecond

// Small is a director, TAS, and two service tiles: 9 VMs with the director's.
func Small() []sim.Tile {
	return []sim.Tile{
		{
			Identifier: "cf", Label: "Small Footprint VMware Tanzu Application Service", Version: "2.13.35",
			Jobs:    []sim.Job{{Name: "router", Instances: 1}, {Name: "control", Instances: 1}, {Name: "compute", Instances: 2}},
			Errands: []sim.ErrandSpec{{Name: "smoke_tests", Label: "Smoke Test Errand", PostDeploy: true}},
		},
		sim.ServiceTile("p.mysql", "MySQL for VMware Tanzu", "2.10.16", 1, sim.Job{Name: "dedicated-mysql-broker", Instances: 1}, sim.Job{Name: "mysql", Instances: 1}),
		sim.ServiceTile("p.rabbitmq", "VMware Tanzu RabbitMQ", "2.3.2", 1, sim.Job{Name: "on-demand-broker", Instances: 1}, sim.Job{Name: "rabbitmq-server", Instances: 1}),
	}
}

// New serves a foundation. Without other options it is Small, its root CA is due
// (60 days left), and an apply takes a second or two.
func New(shape ...func(*sim.Options)) *Foundation {
	GinkgoHelper()
	rig, err := environment.Load()
	Expect(err).NotTo(HaveOccurred())
	o := sim.Options{Tiles: Small(), KeyBits: 1024, LeafKeyBits: 1024, VMDelay: VMDelay, Username: "rotator", Password: "rotator-" + rand.Text()}
	for _, change := range shape {
		change(&o)
	}
	f, err := sim.New(o)
	Expect(err).NotTo(HaveOccurred())
	server, err := sim.ServeOn(context.Background(), f, rig.Gateway+":0")
	Expect(err).NotTo(HaveOccurred())
	made := &Foundation{Foundation: f, Server: server, options: o}
	watching, stop := context.WithCancel(context.Background())
	var watcher sync.WaitGroup
	watcher.Go(func() { made.watcher.watch(watching, f) })
	DeferCleanup(func() {
		stop()
		watcher.Wait()
		server.Close()
	})
	return made
}

// NotDue makes a foundation whose CA and certificates are young.
func NotDue(o *sim.Options) { o.CAAge, o.LeafAge = 30*24*time.Hour, 30*24*time.Hour }

// Opsman is the vars file's `opsman`, and a credential manager's secret: how to
// reach the foundation and log in.
func (f *Foundation) Opsman() map[string]any {
	return map[string]any{
		"target": f.Server.URL, "username": f.options.Username, "password": f.options.Password, "ca_cert": f.Server.CAPEM,
	}
}
