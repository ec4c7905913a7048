package namespaces

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/cgroups"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/layout"
)

// Enter finishes the namespaces from inside: its own /proc, a /run and a
// /var/lib whose changes no process outside sees, control groups that are roots, a
// network with the gateway. Only this thread, and what it becomes, is inside all
// of them: the caller has to be locked to it, and to exec.
func Enter(ctx context.Context, groups []string) error {
	if err := cgroups.Enter(groups); err != nil {
		return err
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("keep mounts to ourselves: %w", err)
	}
	if err := cgroups.Narrow(); err != nil {
		return err
	}
	if err := mounts(); err != nil {
		return err
	}
	return network(ctx)
}

func mounts() error {
	const harmless = unix.MS_NOSUID | unix.MS_NODEV
	if err := unix.Mount("proc", "/proc", "proc", harmless|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	// In memory: containers need exec and devices, PostgreSQL has no disk to wait for.
	if err := unix.Mount("tmpfs", "/run", "tmpfs", 0, "mode=755"); err != nil {
		return fmt.Errorf("mount /run: %w", err)
	}
	// The network plugins write to /var/lib/cni, wherever else they are told to.
	upper, work := filepath.Join(layout.State, "var-lib"), filepath.Join(layout.State, "var-lib-work")
	for _, folder := range []string{upper, work, "/run/netns", "/run/containerd", "/run/lock"} {
		if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // in the rig's own memory
			return fmt.Errorf("make %s: %w", folder, err)
		}
	}
	if err := unix.Mount("overlay", "/var/lib", "overlay", 0, "lowerdir=/var/lib,upperdir="+upper+",workdir="+work); err != nil {
		return fmt.Errorf("mount /var/lib: %w", err)
	}
	return nil
}

// network makes what the containers will be connected to. With an address of its
// own, the bridge does not change it with every container that comes and goes,
// which would make neighbours lose it for seconds.
func network(ctx context.Context) error {
	for _, args := range [][]string{
		{"link", "set", "lo", "up"},
		{"link", "add", layout.Bridge, "address", "02:00:0a:50:00:01", "type", "bridge"},
		{"addr", "add", layout.Subnet, "dev", layout.Bridge},
		{"link", "set", layout.Bridge, "up"},
	} {
		if out, err := exec.CommandContext(ctx, "ip", args...).CombinedOutput(); err != nil { //nolint:gosec // arguments of the table above
			return fmt.Errorf("ip %v: %w: %s", args, err, out)
		}
	}
	return nil
}
