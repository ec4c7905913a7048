package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/console/terminal"
	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// stage is one simulated foundation and the pipeline that works on it: a folder
// for the build and the newest version, as Concourse would keep them.
type stage struct {
	Options
	foundation *sim.Foundation
	server     *sim.Server
	folder     string
	version    map[string]string
}

// credentials are the simulator's own defaults.
const (
	username = "admin"
	password = "admin"
)

func (s *stage) introduce() {
	state := s.foundation.Dump()
	s.Console.Println(fmt.Sprintf("A simulated foundation: Ops Manager %s, %d VMs, each with a trust bundle and a leaf certificate;", state.Version, len(state.VMs)))
	s.Console.Println("while changes are applied, the VMs shake hands with one another over real TLS.")
	rows := [][]string{}
	for _, p := range state.Products {
		vms := 0
		for _, vm := range state.VMs {
			if vm.Product == p.GUID {
				vms++
			}
		}
		rows = append(rows, []string{p.Label, p.DeployedVersion, strconv.Itoa(vms)})
	}
	s.Console.Println(terminal.Table(s.Console.Styles, []string{"product", "version", "VMs"}, rows))
}

// source is the resource's source.
func (s *stage) source() map[string]any {
	return map[string]any{"target": s.server.URL, "username": username, "password": password, "ca_cert": s.server.CAPEM}
}

// resource runs one of check, in and out with the Concourse protocol: a request
// on standard input, an answer on standard output.
func (s *stage) resource(ctx context.Context, name string, request map[string]any, answer any, args ...string) error {
	request["source"] = s.source()
	input, err := json.Marshal(request)
	if err != nil {
		return fmt.Errorf("cannot write the request of %s: %w", name, err)
	}
	output, err := s.run(ctx, name, input, nil, args...)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(output, answer); err != nil {
		return fmt.Errorf("the answer of %s is not JSON: %w", name, err)
	}
	return nil
}

// run starts a process of its own, whose standard error goes to the console.
func (s *stage) run(ctx context.Context, name string, input []byte, environment []string, args ...string) ([]byte, error) {
	path, err := filepath.Abs(filepath.Join(s.Bin, name))
	if err != nil {
		return nil, fmt.Errorf("cannot find %s: %w", name, err)
	}
	command := exec.CommandContext(ctx, path, args...) //nolint:gosec // the demo's own binaries
	command.Dir = s.folder
	command.Env = append(append([]string{}, s.Environ...), environment...)
	command.Stdin = bytes.NewReader(input)
	command.Stderr = s.Console
	command.WaitDelay = 2 * time.Second
	var output bytes.Buffer
	command.Stdout = &output
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return output.Bytes(), nil
}

// get is Concourse's check and get: the newest version, and its files in ca/.
func (s *stage) get(ctx context.Context) error {
	s.Console.Println(s.Console.Muted("$ check"))
	var versions []map[string]string
	if err := s.resource(ctx, "check", map[string]any{"version": s.cursor()}, &versions); err != nil {
		return err
	}
	if len(versions) == 0 {
		return errors.New("check answered no version")
	}
	s.version = versions[len(versions)-1]
	s.Console.Println(s.Console.Muted("$ in ca/"))
	var answer struct{}
	return s.resource(ctx, "in", map[string]any{"version": s.version}, &answer, filepath.Join(s.folder, "ca"))
}

func (s *stage) cursor() any {
	if s.version == nil {
		return nil
	}
	return s.version
}

// put is Concourse's put of a state, from the version in ca/.
func (s *stage) put(ctx context.Context, phase string) error {
	s.Console.Println(s.Console.Muted("$ out  params: {phase: " + phase + ", from: ca}"))
	var answer struct {
		Version map[string]string `json:"version"`
	}
	request := map[string]any{"params": map[string]any{"phase": phase, "from": "ca"}}
	if err := s.resource(ctx, "out", request, &answer, s.folder); err != nil {
		return err
	}
	s.version = answer.Version
	return s.get(ctx)
}

// apply is the task that applies changes.
func (s *stage) apply(ctx context.Context) error {
	s.Console.Println(s.Console.Muted("$ opsman-ca apply-changes --from ca"))
	om, err := filepath.Abs(filepath.Join(s.Bin, "om-quick"))
	if err != nil {
		return fmt.Errorf("cannot find om: %w", err)
	}
	_, err = s.run(ctx, "opsman-ca", nil, s.environment(), "apply-changes", "--from", "ca", "--om", om, "--poll", "200ms", "--heartbeat", "2s")
	return err
}

// environment is how om and opsman-ca are told where to go.
func (s *stage) environment() []string {
	return []string{"OM_TARGET=" + s.server.URL, "OM_USERNAME=" + username, "OM_PASSWORD=" + password, "OM_CA_CERT=" + s.server.CAPEM, "OPSMAN_CA_COLOR=always"}
}
