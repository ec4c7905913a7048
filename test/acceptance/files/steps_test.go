package files_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/concourse/concourse/atc"
	"github.com/concourse/concourse/vars"
)

// inImage is where the task image carries tasks/ and pipelines/, in the artifact
// of a get.
const inImage = "task-image/rootfs/opt/opsman-ca/"

// fromImage reads a file that a step takes from the task image.
func fromImage(file, folder string) ([]byte, error) {
	path, found := strings.CutPrefix(file, inImage)
	if !found || filepath.Dir(path) != folder {
		return nil, fmt.Errorf("%q is not in %s%s", file, inImage, folder)
	}
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		return nil, fmt.Errorf("%q is not in the repository", path)
	}
	return text, nil
}

// taskOf is the configuration that a task step runs with.
func taskOf(step *atc.TaskStep) (atc.TaskConfig, error) {
	if step.Config != nil {
		return *step.Config, step.Config.Validate()
	}
	text, err := fromImage(step.ConfigPath, "tasks")
	if err != nil {
		return atc.TaskConfig{}, err
	}
	return atc.NewTaskConfig(text)
}

// inspectSetPipeline looks whether the pipeline is there and gets all of its
// vars, fields included.
func inspectSetPipeline(step *atc.SetPipelineStep) []string {
	text, err := fromImage(step.File, "pipelines")
	if err != nil {
		return []string{err.Error()}
	}
	given := vars.StaticVariables{}
	maps.Copy(given, step.Vars)
	maps.Copy(given, step.InstanceVars)
	// Without the comments, which may have references in them.
	bare, err := vars.NewTemplate(text).Evaluate(vars.StaticVariables{}, vars.EvaluateOpts{})
	if err != nil {
		return []string{err.Error()}
	}
	var problems []string
	for _, name := range vars.NewTemplate(bare).ExtraVarNames() {
		ref, err := vars.ParseReference(name)
		if err == nil {
			var found bool
			if _, found, err = given.Get(ref); err == nil && !found {
				err = errors.New("is not given")
			}
		}
		if err != nil && !slices.Contains(problems, name+" "+err.Error()) {
			problems = append(problems, name+" "+err.Error())
		}
	}
	return problems
}
