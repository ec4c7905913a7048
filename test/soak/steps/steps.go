package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/opsman-ca/opsman-ca/test/soak/rig"
)

// Version is one of the resource.
type Version = map[string]string

// Folder is where a get leaves the version.
const Folder = "ca"

// Job is what a pipeline does in a state: it applies changes, where the state waits
// for that, and puts.
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

// Check asks for the versions since one, nil for none.
func Check(ctx context.Context, r *rig.Rig, since Version) ([]Version, *Failure) {
	ended := r.Run(ctx, rig.Process{Name: "check", Stdin: encoded(map[string]any{"source": r.Source(), "version": since})})
	if !ended.OK() {
		return nil, Failed("check", ended)
	}
	var versions []Version
	if err := json.Unmarshal([]byte(ended.Stdout), &versions); err != nil || len(versions) == 0 {
		return nil, &Failure{Step: "check", Sentence: "check answered " + ended.Stdout}
	}
	return versions, nil
}

// Get is the get of a version in a new build.
func Get(ctx context.Context, r *rig.Rig, v Version) *Failure {
	if err := Empty(r); err != nil {
		return &Failure{Step: "get", Sentence: err.Error()}
	}
	ended := r.Run(ctx, rig.Process{Name: "in", Args: []string{r.Path(Folder)}, Stdin: encoded(map[string]any{"source": r.Source(), "version": v})})
	if !ended.OK() {
		f := Failed("get", ended)
		f.Stale = true
		return f
	}
	return nil
}

// Put is the put of a phase, from the version that the build's get has left.
func Put(ctx context.Context, r *rig.Rig, phase string, more map[string]any) (Version, *Failure) {
	params := map[string]any{"phase": phase, "from": Folder}
	for key, value := range more {
		params[key] = value
	}
	ended := r.Run(ctx, rig.Process{Name: "out", Args: []string{r.Folder}, Stdin: encoded(map[string]any{"source": r.Source(), "params": params})})
	if !ended.OK() {
		return nil, Failed(phase, ended)
	}
	var answer struct {
		Version Version `json:"version"`
	}
	if err := json.Unmarshal([]byte(ended.Stdout), &answer); err != nil || answer.Version == nil {
		return nil, &Failure{Step: phase, Sentence: "out answered " + ended.Stdout}
	}
	return answer.Version, nil
}

// quick are the pauses of apply-changes, shortened as om's is.
var quick = []string{"--poll", "20ms", "--heartbeat", "200ms"}

// Apply is the task apply-changes.
func Apply(ctx context.Context, r *rig.Rig, more ...string) rig.Ended {
	return supervised(ctx, r, "apply-changes", more)
}

// EndedBefore is what rotate says when it has only ended what it takes for an
// earlier rotation: without exact dates it cannot tell that from an installation
// of the day on which the CA was made.
const EndedBefore = "no new rotation was begun"

// Rotate is the task rotate, which keeps its version in the build's folder.
func Rotate(ctx context.Context, r *rig.Rig, more ...string) rig.Ended {
	args := []string{"--to", Folder}
	if Kept(r) {
		args = append(args, "--from", Folder)
	}
	return supervised(ctx, r, "rotate", append(args, more...))
}

func supervised(ctx context.Context, r *rig.Rig, command string, more []string) rig.Ended {
	args := append([]string{command, "--om", r.Om()}, quick...)
	return r.Run(ctx, rig.Process{Name: "opsman-ca", Args: append(args, more...), Environ: r.Environ()})
}

// Kept tells whether a get or a task has left a version.
func Kept(r *rig.Rig) bool {
	_, err := os.Stat(r.Path(Folder, "version.json"))
	return err == nil
}

// Empty makes the folder ca as a new build has it.
func Empty(r *rig.Rig) error {
	if err := os.RemoveAll(r.Path(Folder)); err != nil {
		return fmt.Errorf("empty the folder ca: %w", err)
	}
	if err := os.Mkdir(r.Path(Folder), 0o700); err != nil {
		return fmt.Errorf("make the folder ca: %w", err)
	}
	return nil
}

// encoded is a request of strings and maps, which always has a JSON form.
func encoded(v any) []byte {
	content, err := json.Marshal(v)
	if err != nil {
		return []byte(err.Error())
	}
	return content
}
