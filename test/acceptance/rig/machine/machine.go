// Package machine puts the servers together: a whole Concourse, with what it
// needs, that can be broken in parts and mended.
package machine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/environment"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/images"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/layout"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/postgres"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/process"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/registry"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/vault"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/web"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/worker"
)

// startLimit is how long one server may take.
const startLimit = 90 * time.Second

// Options say what to run.
type Options struct {
	Layout layout.Layout
	// ResourceImage, TaskImage and SimImage are archives.
	ResourceImage, TaskImage, SimImage string
	// Hurried shortens Concourse's intervals.
	Hurried bool
	// Report gets a line for whatever a person should know.
	Report io.Writer
	// InGroups makes a command line one that enters control groups first.
	InGroups func(groups, args []string) (wrapped, env []string)
}

// Machine is what runs.
type Machine struct {
	Options

	mu      sync.Mutex
	web     *process.Process
	worker  *worker.Worker
	workers int

	resource, task, sim string
}

// Start starts everything; it returns when a step could run.
func Start(ctx context.Context, o Options) (*Machine, error) {
	m := &Machine{Options: o}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	all, ctx := errgroup.WithContext(ctx)
	all.Go(func() error { return m.startImages(ctx) })
	all.Go(func() error { return m.startConcourse(ctx) })
	if err := all.Wait(); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *Machine) startImages(ctx context.Context) error {
	if _, err := registry.Start(ctx, m.Layout.Logs()); err != nil {
		return err
	}
	var all errgroup.Group
	for archive, into := range map[string]*string{m.ResourceImage: &m.resource, m.TaskImage: &m.task, m.SimImage: &m.sim} {
		all.Go(func() (err error) {
			*into, err = images.Push(ctx, archive, registry.Address)
			return err
		})
	}
	return all.Wait()
}

func (m *Machine) startConcourse(ctx context.Context) error {
	var before errgroup.Group
	before.Go(func() error { _, err := postgres.Start(ctx, m.Layout.Logs()); return err })
	before.Go(func() error { return web.Keys(ctx, m.Layout.Program("concourse")) })
	before.Go(func() error { return serve(ctx, "127.0.0.1:"+layout.VaultPort, vault.New()) })
	if err := before.Wait(); err != nil {
		return err
	}
	if err := m.StartWeb(ctx); err != nil {
		return err
	}
	return m.StartWorker(ctx, false)
}

// Environment is what the command needs to know.
func (m *Machine) Environment() environment.Environment {
	return environment.Environment{
		ConcourseURL: web.URL, Metrics: web.Metrics, Username: web.User, Password: web.User, Fly: m.Layout.Program("fly"),
		ResourceImage: m.resource, TaskImage: m.task, SimImage: m.sim, Released: filepath.Join(layout.State, "released.json"), Gateway: layout.Gateway,
		Control: "http://" + layout.Gateway + ":" + layout.ControlPort, Vault: vault.URL, Logs: m.Layout.Logs(),
	}
}

// StartWeb starts the web node, if it does not run.
func (m *Machine) StartWeb(ctx context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.web != nil {
		return errors.New("the web node runs")
	}
	server, err := web.Start(ctx, m.Layout.Program("concourse"), m.Layout.Logs(), m.Hurried)
	if err != nil {
		return err
	}
	m.web = server
	m.watch(server, func() bool { return m.web == server })
	return nil
}

// StopWeb ends the web node, by a signal or at once.
func (m *Machine) StopWeb(ctx context.Context, atOnce bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.web == nil {
		return errors.New("the web node does not run")
	}
	server := m.web
	m.web = nil
	if atOnce {
		server.Kill()
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	server.Stop(ctx)
	return nil
}

// StartWorker starts a worker, if none runs: the one that crashed, or a fresh
// one that knows nothing of it.
func (m *Machine) StartWorker(ctx context.Context, fresh bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.worker != nil {
		return errors.New("the worker runs")
	}
	if fresh || m.workers == 0 {
		m.workers++
	}
	w, err := worker.Start(ctx, m.Layout, fmt.Sprintf("worker-%d", m.workers), m.InGroups)
	if err != nil {
		return err
	}
	m.worker = w
	m.watch(w.Process, func() bool { return m.worker == w })
	return nil
}

// StopWorker ends the worker: its process alone, or with all of its containers.
func (m *Machine) StopWorker(ctx context.Context, containers bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.worker == nil {
		return errors.New("the worker does not run")
	}
	w := m.worker
	m.worker = nil
	if containers {
		return w.Lose(ctx)
	}
	w.Crash()
	return nil
}

// watch tells when a server ends that the rig did not end.
func (m *Machine) watch(server *process.Process, wanted func() bool) {
	go func() {
		<-server.Done()
		m.mu.Lock()
		defer m.mu.Unlock()
		if wanted() {
			fmt.Fprintf(m.Report, "rig: %s ended although the rig did not end it: see %s\n", server.Name, server.Log)
		}
	}()
}
