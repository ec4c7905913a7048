// Command rig runs a command beside a real Concourse: PostgreSQL, a registry with
// the images under test, web node and worker, all in namespaces of their own.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/layout"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/stages"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/tools"
)

type arguments struct {
	ResourceImage string   `help:"Archive of the resource type's image." default:".build/images/resource.tar" placeholder:"FILE"`
	TaskImage     string   `help:"Archive of the task image." default:".build/images/task.tar" placeholder:"FILE"`
	SimImage      string   `help:"Archive of the simulator's image." default:".build/images/sim.tar" placeholder:"FILE"`
	Cache         string   `help:"Folder for what is built, and for logs." default:".build/acceptance" placeholder:"FOLDER"`
	ConcourseBin  string   `help:"Concourse's own program, of another version than the one that the rig builds." env:"CONCOURSE_BIN" placeholder:"FILE"`
	FlyBin        string   `help:"The fly of that version." env:"FLY_BIN" placeholder:"FILE"`
	OwnIntervals  bool     `help:"Leave Concourse all of its own intervals, for measurements: scheduling every 10 s, checks every minute."`
	Command       []string `arg:"" passthrough:"" help:"What to run inside, for example: bash"`
}

// The kernel ends the rig's processes with the thread that started them, and
// namespaces are a thread's: main stays on the main one.
func init() { runtime.LockOSThread() }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	status, ran, err := stages.Later(ctx)
	if !ran {
		status, err = outside(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "rig:", err)
		status = max(status, 1)
	}
	os.Exit(status) //nolint:gocritic // stop has nothing left to do
}

func outside(ctx context.Context) (int, error) {
	var a arguments
	kong.Parse(&a, kong.Name("rig"), kong.Description("Runs a command beside a real Concourse. Relative paths are relative to the repository."))
	if a.Command[0] == "--" {
		a.Command = a.Command[1:]
	}
	module, err := moduleFolder(ctx)
	if err != nil {
		return 1, err
	}
	program, err := os.Executable()
	if err != nil {
		return 1, fmt.Errorf("find myself: %w", err)
	}
	below := func(path string) string {
		if path == "" || filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(filepath.Dir(filepath.Dir(module)), path)
	}
	return stages.Outside(ctx, stages.Settings{
		Layout:        layout.Layout{Module: module, Cache: below(a.Cache)},
		ResourceImage: below(a.ResourceImage), TaskImage: below(a.TaskImage), SimImage: below(a.SimImage), Command: a.Command, Hurried: !a.OwnIntervals, Program: program,
		Ready: tools.Ready{Concourse: below(a.ConcourseBin), Fly: below(a.FlyBin)},
	}, os.Stderr)
}

// moduleFolder is where the module of the acceptance tests is; the rig is run
// from inside of it.
func moduleFolder(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Path}} {{.Dir}}").Output()
	path, folder, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if err != nil || filepath.Base(path) != "acceptance" {
		return "", fmt.Errorf("run the rig from the folder test/acceptance (go list -m says %q)", path)
	}
	return folder, nil
}
