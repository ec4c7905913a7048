package concourse

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/sim/process"
)

// request is what check, in and out read.
type request struct {
	Source  map[string]any `json:"source"`
	Version Version        `json:"version,omitempty"`
	Params  map[string]any `json:"params,omitempty"`
}

// Answer is that of in and out.
type Answer struct {
	Version  Version `json:"version"`
	Metadata []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"metadata"`
}

// Datum is a line of the metadata, empty where there is none.
func (a Answer) Datum(name string) string {
	for _, m := range a.Metadata {
		if m.Name == name {
			return m.Value
		}
	}
	return ""
}

// Versions are what a check writes.
func Versions(stdout string) ([]Version, error) {
	var versions []Version
	if err := json.Unmarshal([]byte(stdout), &versions); err != nil {
		return nil, fmt.Errorf("check answered %q: expected a list of versions: %w", stdout, err)
	}
	return versions, nil
}

// Answered is what in or out writes.
func Answered(stdout string) (Answer, error) {
	var a Answer
	if err := json.Unmarshal([]byte(stdout), &a); err != nil || a.Version == nil {
		return a, fmt.Errorf("the answer is %q: expected a version", stdout)
	}
	return a, nil
}

// Checking is a check with the newest version known.
func (p *Pipeline) Checking() process.Program {
	return p.resource("check", request{Version: p.Version})
}

// Getting is a get of a version.
func (p *Pipeline) Getting(v Version, params map[string]any) process.Program {
	return p.resource("in", request{Version: v, Params: params}, filepath.Join(p.Build, Folder))
}

// Putting is a put of a phase, from the version that the build's get has left.
func (p *Pipeline) Putting(phase string, params map[string]any) process.Program {
	all := map[string]any{"phase": phase, "from": Folder}
	maps.Copy(all, params)
	return p.resource("out", request{Params: all}, p.Build)
}

func (p *Pipeline) resource(name string, r request, args ...string) process.Program {
	r.Source = p.Source
	stdin, err := json.Marshal(r)
	if err != nil {
		stdin = []byte(err.Error()) // the program says that it cannot read it
	}
	return process.Program{Path: name, Args: args, Dir: p.Build, Stdin: stdin}
}

// Task is a command of opsman-ca as a task runs it.
func (p *Pipeline) Task(command string, args ...string) process.Program {
	return process.Program{Path: "opsman-ca", Args: append([]string{command}, args...), Dir: p.Build, Environ: slices.Clone(p.Environ)}
}

// Supervising is a task that has om apply changes.
func (p *Pipeline) Supervising(command string, args ...string) process.Program {
	return p.Task(command, slices.Concat(p.Om, args)...)
}
