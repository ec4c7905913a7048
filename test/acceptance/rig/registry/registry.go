// Package registry runs a container registry for the images under test.
package registry

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/layout"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/process"
)

// Address is the registry's, in the rig and in steps.
const Address = layout.Gateway + ":" + layout.RegistryPort

// Start returns when the registry answers.
func Start(ctx context.Context, logs string) (*process.Process, error) {
	config := filepath.Join(layout.State, "registry.yml")
	text := fmt.Sprintf("version: 0.1\nstorage: {filesystem: {rootdirectory: %s}, delete: {enabled: true}}\nhttp: {addr: ':%s'}\nlog: {level: warn}\n",
		filepath.Join(layout.State, "registry"), layout.RegistryPort)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("configure the registry: %w", err)
	}
	server, err := process.Start(process.Spec{Name: "registry", Args: []string{"docker-registry", "serve", config}}, logs)
	if err != nil {
		return nil, err
	}
	err = server.Ready(ctx, process.Answers("http://"+Address+"/v2/"))
	return server, err
}
