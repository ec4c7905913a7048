// Package worker runs Concourse's worker, with containerd.
package worker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/concourse/concourse/go-concourse/concourse"

	"github.com/opsman-ca/opsman-ca/test/acceptance/login"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/cgroups"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/layout"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/process"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/web"
)

// containerd's: without what a worker does not use, and without lowering its
// oom score, which not every root may.
const containerd = `version = 2
oom_score = 0
state = "/run/containerd"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper"]
`

// socket is where the worker has its containerd listen.
const socket = "/run/containerd/containerd.sock"

// Worker is a machine that runs steps: the worker's process, and its containers.
type Worker struct {
	Process *process.Process
	name    string
	groups  []string
}

// Start returns when the worker is registered. self is the rig's own program and
// the arguments that make it enter control groups and become another program.
func Start(ctx context.Context, at layout.Layout, name string, inGroups func(groups, args []string) ([]string, []string)) (*Worker, error) {
	folder := filepath.Join(layout.State, name)
	config := filepath.Join(layout.State, "containerd.toml")
	if err := errors.Join(os.MkdirAll(folder, 0o755), os.WriteFile(config, []byte(containerd), 0o600)); err != nil { //nolint:gosec // containers live in it
		return nil, fmt.Errorf("prepare the worker: %w", err)
	}
	// A worker from Concourse 8 on takes the socket of a containerd that is gone for one
	// that answers, and leaves.
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("prepare the worker: %w", err)
	}
	bin, err := exec.LookPath("containerd")
	if err != nil {
		return nil, fmt.Errorf("prepare the worker: %w", err)
	}
	groups, err := cgroups.Create(name)
	if err != nil {
		return nil, err
	}
	args, env := inGroups(groups, []string{
		at.Program("concourse"), "worker", "--name", name, "--work-dir", folder, "--runtime", "containerd",
		"--containerd-config", config, "--containerd-bin", bin, "--containerd-init-bin", at.Program("init"),
		"--containerd-cni-plugins-dir", at.Plugins(), "--containerd-allow-host-access", "--containerd-mtu", "1500", "--containerd-dns-server", layout.Gateway,
		// A pipeline keeps three for its checks, for five minutes and more, and has others for its steps, which stay
		// until they are swept. 50 rotations at once have more than the 250 that a worker takes by default.
		"--containerd-max-containers", "1000",
		// Ephemeral: forgotten once it is missed, as on Kubernetes; else builds wait for it until an operator prunes it.
		"--baggageclaim-driver", "overlay", "--sweep-interval", "10s", "--ephemeral", "--resource-types", at.ResourceTypes(),
		"--tsa-host", "127.0.0.1:" + layout.TSAPort, "--tsa-public-key", web.HostPublicKey, "--tsa-worker-private-key", web.WorkerKey,
	})
	server, err := process.Start(process.Spec{Name: name, Args: args, Env: env}, at.Logs())
	if err != nil {
		return nil, err
	}
	w := &Worker{Process: server, name: name, groups: groups}
	client, err := login.New(ctx, web.URL, web.User, web.User)
	if err != nil {
		return w, err
	}
	return w, server.Ready(ctx, func(context.Context) error { return registered(client, name) })
}

func registered(client concourse.Client, name string) error {
	all, err := client.ListWorkers()
	if err != nil {
		return fmt.Errorf("list the workers: %w", err)
	}
	for _, one := range all {
		if one.Name == name && one.State == "running" {
			return nil
		}
	}
	return fmt.Errorf("worker %s is not among the %d that run", name, len(all))
}

// Crash ends the worker's process and containerd. The steps' containers go on.
func (w *Worker) Crash() { w.Process.Kill() }

// Lose ends the worker with all of its containers, as when its machine dies.
func (w *Worker) Lose(ctx context.Context) error {
	w.Process.Kill()
	return cgroups.Kill(ctx, w.groups)
}
