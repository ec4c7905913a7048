package web

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/layout"
)

// Keys with which the web node, and the worker that registers with it, know each
// other.
const (
	SessionKey  = layout.State + "/session_key"
	HostKey     = layout.State + "/tsa_key"
	WorkerKey   = layout.State + "/worker_key"
	hostedBy    = layout.State + "/authorized_worker_keys"
	publicOfKey = ".pub"
)

// HostPublicKey is what the worker knows the web node by.
const HostPublicKey = HostKey + publicOfKey

// Keys makes them.
func Keys(ctx context.Context, program string) error {
	all, ctx := errgroup.WithContext(ctx)
	for path, kind := range map[string]string{SessionKey: "rsa", HostKey: "ssh", WorkerKey: "ssh"} {
		all.Go(func() error {
			if out, err := exec.CommandContext(ctx, program, "generate-key", "-t", kind, "-f", path).CombinedOutput(); err != nil { //nolint:gosec // what the rig built
				return fmt.Errorf("make the key %s: %w: %s", filepath.Base(path), err, out)
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		return err
	}
	if err := os.Link(WorkerKey+publicOfKey, hostedBy); err != nil {
		return fmt.Errorf("authorize the worker: %w", err)
	}
	return nil
}
