// Package stages is the rig's own program, several times: outside, where it
// prepares and cleans up; inside the namespaces, where it finishes them; and
// inside all of them, where it runs the servers and the command.
package stages

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/cgroups"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/layout"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/namespaces"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/tools"
)

// Variables by which the program knows which stage it is.
const (
	stageVariable    = "RIG_STAGE"
	settingsVariable = "RIG_SETTINGS"
)

// Settings are handed from stage to stage.
type Settings struct {
	Layout layout.Layout `json:"layout"`
	// ResourceImage, TaskImage and SimImage are archives of images.
	ResourceImage string   `json:"resource_image"`
	TaskImage     string   `json:"task_image"`
	SimImage      string   `json:"sim_image"`
	Command       []string `json:"command"`
	// Hurried shortens Concourse's intervals.
	Hurried bool `json:"hurried"`
	// Ready are Concourse's programs, when they are not to be built.
	Ready tools.Ready `json:"ready"`
	// Groups are control groups to enter.
	Groups []string `json:"groups"`
	// Program is the path of the rig itself.
	Program string `json:"program"`
}

// Later runs the stage that the environment asks for, if it does. The caller's
// goroutine has to be locked to the main thread.
func Later(ctx context.Context) (status int, ran bool, err error) {
	stage := os.Getenv(stageVariable)
	if stage == "" {
		return 0, false, nil
	}
	var s Settings
	if err := json.Unmarshal([]byte(os.Getenv(settingsVariable)), &s); err != nil {
		return 1, true, fmt.Errorf("%s: %w", settingsVariable, err)
	}
	switch stage {
	case "enter":
		err = enter(ctx, s)
	case "group":
		err = group(s)
	case "serve":
		status, err = serve(ctx, s)
	default:
		err = fmt.Errorf("%s=%s is not known", stageVariable, stage)
	}
	if err != nil {
		status = max(status, 1)
	}
	return status, true, err
}

// with is an environment for the next stage.
func (s Settings) with(stage string) ([]string, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("hand the settings on: %w", err)
	}
	return []string{stageVariable + "=" + stage, settingsVariable + "=" + string(text)}, nil
}

// enter becomes the stage that serves, inside of everything.
func enter(ctx context.Context, s Settings) error {
	if err := namespaces.Enter(ctx, s.Groups); err != nil {
		return err
	}
	env, err := s.with("serve")
	if err != nil {
		return err
	}
	return become([]string{s.Program}, append(cleaned(), env...))
}

// group enters control groups and becomes the command.
func group(s Settings) error {
	if err := cgroups.Enter(s.Groups); err != nil {
		return err
	}
	return become(s.Command, cleaned())
}

// inGroups makes a command line one that goes through group.
func inGroups(program string) func(groups, args []string) (wrapped, env []string) {
	return func(groups, args []string) ([]string, []string) {
		env, err := Settings{Groups: groups, Command: args}.with("group")
		if err != nil {
			return args, nil // strings alone: it cannot happen
		}
		return []string{program}, env
	}
}

func become(args, env []string) error {
	if err := unix.Exec(args[0], args, env); err != nil {
		return fmt.Errorf("become %s: %w", args[0], err)
	}
	return nil
}
