package tools

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/layout"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/programs"
)

// plugins makes the folder in which the worker finds the plugins of its network: ours
// where they stand in, Debian's else.
func plugins(at layout.Layout) error {
	if err := errors.Join(os.RemoveAll(at.Plugins()), os.Mkdir(at.Plugins(), 0o755)); err != nil { //nolint:gosec // containerd reads it
		return fmt.Errorf("make the folder for network plugins: %w", err)
	}
	for name, program := range map[string]string{
		"bridge": at.Program("cni"), "firewall": at.Program("cni"),
		"host-local": filepath.Join(programs.CNI, "host-local"), "loopback": filepath.Join(programs.CNI, "loopback"),
	} {
		if err := os.Symlink(program, filepath.Join(at.Plugins(), name)); err != nil {
			return fmt.Errorf("make the network plugin %s: %w", name, err)
		}
	}
	return nil
}
