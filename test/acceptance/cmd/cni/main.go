// Command cni stands in for two plugins of the worker's network, by the name that it
// is called with. The rig's network has no way out, so nothing has to be masqueraded or
// let through, and the rules for that, a dozen calls of iptables for each container and
// as many to remove them, took a tenth of the processor time.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/programs"
)

func main() {
	if err := run(filepath.Base(os.Args[0]), os.Getenv("CNI_COMMAND")); err != nil {
		fmt.Fprintln(os.Stderr, "cni:", err)
		os.Exit(1)
	}
}

func run(name, command string) error {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return fmt.Errorf("read the network's configuration: %w", err)
	}
	config := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &config); err != nil {
		return fmt.Errorf("read the network's configuration: %w", err)
	}
	if name == "bridge" {
		return bridge(config)
	}
	return firewall(config, command)
}

// bridge is Debian's, without masquerading.
func bridge(config map[string]json.RawMessage) error {
	delete(config, "ipMasq")
	text, err := json.Marshal(config)
	if err != nil {
		return fmt.Errorf("write the network's configuration: %w", err)
	}
	plugin := exec.Command(filepath.Join(programs.CNI, "bridge")) //nolint:gosec,noctx // Debian's plugin; it ends with the rig
	plugin.Stdin, plugin.Stdout, plugin.Stderr = bytes.NewReader(text), os.Stdout, os.Stderr
	return plugin.Run()
}

// firewall lets everything through: it hands the result of the plugin before it on.
func firewall(config map[string]json.RawMessage, command string) error {
	switch command {
	case "ADD":
		_, err := os.Stdout.Write(config["prevResult"])
		return err
	case "VERSION":
		_, err := os.Stdout.WriteString(`{"cniVersion": "0.4.0", "supportedVersions": ["0.4.0"]}`)
		return err
	}
	return nil
}
