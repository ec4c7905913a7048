// Package concourse does with the resource what Concourse does: it starts check, in and
// out with a request on standard input and the folder of a build, keeps the versions
// that they answer, and runs the task that applies changes between them.
package concourse

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/sim/process"
)

// Version is one of the resource.
type Version = map[string]string

// Folder is where a get leaves the version, within the build's folder.
const Folder = "ca"

// Pipeline is what Concourse keeps of a resource, and the build under way.
type Pipeline struct {
	Source map[string]any
	// Environ is how the tasks are told what the resource has in its source, Om are the
	// flags of a task that has om apply changes.
	Environ, Om []string
	// Build is the build's folder.
	Build string
	// Run runs a program, whose path is its name alone, to its end.
	Run func(context.Context, process.Program) (process.Ended, error)

	// Version is the newest one known, nil at first; Given are all, in order.
	Version Version
	Given   []Version
}

// Job is what a pipeline does in a state: it applies changes, where the state waits for
// that, and puts.
type Job struct {
	Apply bool
	Put   string
}

// Jobs are those of a rotation, by the state.
var Jobs = map[string]Job{
	"settled":     {Put: "generate"},
	"generated":   {Apply: true, Put: "verify"},
	"trusted":     {Put: "activate"},
	"activated":   {Put: "regenerate"},
	"regenerated": {Apply: true, Put: "verify"},
	"replaced":    {Put: "delete"},
	"retired":     {Apply: true, Put: "verify"},
}

// Failed is a step that ended with another code than 0.
type Failed struct {
	Step string
	process.Ended
}

// Error names the step, and says how it ended.
func (f *Failed) Error() string { return f.Step + ": " + f.Status }

// Check asks for the versions since the newest one known, and learns the last of them.
func (p *Pipeline) Check(ctx context.Context) ([]Version, error) {
	ended, err := p.run(ctx, p.Checking())
	if err != nil {
		return nil, err
	}
	versions, err := Versions(ended.Stdout)
	if err == nil && len(versions) == 0 {
		err = errors.New("check answered no version: expected one or more")
	}
	if err != nil {
		return nil, err
	}
	p.Learn(versions[len(versions)-1])
	return versions, nil
}

// Get gets the newest version into an empty folder, as a new build does.
func (p *Pipeline) Get(ctx context.Context) (Answer, error) {
	if err := p.Empty(); err != nil {
		return Answer{}, err
	}
	return p.answered(ctx, p.Getting(p.Version, nil))
}

// Put runs a phase from the version that the build's get has left, and learns the one
// that it answers.
func (p *Pipeline) Put(ctx context.Context, phase string, params map[string]any) (Answer, error) {
	a, err := p.answered(ctx, p.Putting(phase, params))
	if err == nil {
		p.Learn(a.Version)
	}
	return a, err
}

// Apply is the task that applies changes.
func (p *Pipeline) Apply(ctx context.Context, args ...string) error {
	_, err := p.run(ctx, p.Supervising("apply-changes", args...))
	return err
}

func (p *Pipeline) run(ctx context.Context, program process.Program) (process.Ended, error) {
	ended, err := p.Run(ctx, program)
	if err == nil && !ended.OK() {
		err = &Failed{Step: filepath.Base(program.Path), Ended: ended}
	}
	return ended, err
}

func (p *Pipeline) answered(ctx context.Context, program process.Program) (Answer, error) {
	ended, err := p.run(ctx, program)
	if err != nil {
		return Answer{}, err
	}
	return Answered(ended.Stdout)
}

// Learn keeps a version, as the newest one.
func (p *Pipeline) Learn(v Version) {
	if !maps.Equal(v, p.Version) {
		p.Version, p.Given = v, append(p.Given, v)
	}
}

// Repeated counts the versions that were given a second time, at which Concourse would
// never look.
func (p *Pipeline) Repeated() int {
	repeated := 0
	for n, v := range p.Given {
		if slices.ContainsFunc(p.Given[:n], func(old Version) bool { return maps.Equal(v, old) }) {
			repeated++
		}
	}
	return repeated
}

// Kept tells whether a get or a task has left a version.
func (p *Pipeline) Kept() bool {
	_, err := os.Stat(filepath.Join(p.Build, Folder, "version.json"))
	return err == nil
}

// Empty makes the folder of the version as a new build has it.
func (p *Pipeline) Empty() error {
	folder := filepath.Join(p.Build, Folder)
	if err := os.RemoveAll(folder); err != nil {
		return fmt.Errorf("empty the folder %s: %w", Folder, err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		return fmt.Errorf("make the folder %s: %w", Folder, err)
	}
	return nil
}
