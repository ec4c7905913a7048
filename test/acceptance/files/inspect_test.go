package files_test

import (
	"fmt"
	"strings"

	"github.com/concourse/concourse/atc"
	"github.com/concourse/concourse/atc/configvalidate"
	"github.com/concourse/concourse/vars"
	"sigs.k8s.io/yaml"
)

// secret begins the name of what the credential manager has of a foundation.
const secret = "opsman-"

// inspect loads a pipeline for foundations, and lists everything that is wrong with it.
func inspect(pipeline, values string) (atc.Config, []string) {
	return load(pipeline, values, func(ref string) bool { return strings.HasPrefix(ref, local) || strings.HasPrefix(ref, secret) }, inspectJob)
}

// load loads a pipeline with its vars the way fly and the web node do, and lists
// everything that is wrong with it and its jobs. later tells the vars that are filled in
// when the pipeline runs.
func load(pipeline, values string, later func(ref string) bool, job func(atc.JobConfig) []string) (atc.Config, []string) {
	var config atc.Config
	filled, problems := fill(pipeline, values)
	if filled == nil {
		return config, problems
	}
	if err := atc.UnmarshalConfig(filled, &config); err != nil {
		return config, append(problems, err.Error())
	}
	warnings, errs := configvalidate.Validate(config)
	for _, w := range warnings {
		problems = append(problems, w.Message)
	}
	problems = append(problems, errs...)
	for _, ref := range vars.NewTemplate(filled).ExtraVarNames() {
		if !later(ref) {
			problems = append(problems, "the vars file lacks "+ref)
		}
	}
	for _, j := range config.Jobs {
		problems = append(problems, job(j)...)
	}
	return config, problems
}

// fill puts the values of the vars file in, all of which have to be used.
func fill(pipeline, values string) (filled []byte, problems []string) {
	var given vars.StaticVariables
	for text, into := range map[string]any{pipeline: &map[string]any{}, values: &given} {
		if err := yaml.UnmarshalStrict([]byte(text), into); err != nil {
			return nil, []string{err.Error()}
		}
	}
	template := vars.NewTemplate([]byte(pipeline))
	if _, err := template.Evaluate(given, vars.EvaluateOpts{ExpectAllVarsUsed: true}); err != nil {
		problems = append(problems, err.Error())
	}
	filled, err := template.Evaluate(given, vars.EvaluateOpts{})
	if err != nil {
		return nil, append(problems, err.Error())
	}
	return filled, problems
}

// inspectJob holds a job to the rules of this project.
func inspectJob(job atc.JobConfig) []string {
	var problems []string
	wrong := func(format string, args ...any) {
		problems = append(problems, "job "+job.Name+": "+fmt.Sprintf(format, args...))
	}
	if len(job.SerialGroups) == 0 {
		wrong("is in no serial group: two jobs of a foundation could run at once")
	}
	for _, name := range undeclared(job) {
		wrong("nothing sets the local var %s", name)
	}
	artifacts := map[string]bool{}
	count := map[string]int{}
	err := job.StepConfig().Visit(atc.StepRecursor{
		OnGet: func(step *atc.GetStep) error {
			artifacts[step.Name] = true
			count["get "+step.ResourceName()]++
			return nil
		},
		OnPut: func(step *atc.PutStep) error {
			count["put "+step.ResourceName()]++
			return nil
		},
		OnTask: func(step *atc.TaskStep) error {
			task, err := taskOf(step)
			if err != nil {
				wrong("task %s: %s", step.Name, err)
				return nil
			}
			if !artifacts[step.ImageArtifactName] {
				wrong("task %s: nothing gets its image %q", step.Name, step.ImageArtifactName)
			}
			for param := range step.Params {
				if _, known := task.Params[param]; !known {
					wrong("task %s: there is no param %s", step.Name, param)
				}
			}
			for _, input := range task.Inputs {
				if !input.Optional && !artifacts[input.Name] {
					wrong("task %s: nothing gives it the input %s", step.Name, input.Name)
				}
			}
			for _, output := range task.Outputs {
				artifacts[output.Name] = true
			}
			return nil
		},
		OnLoadVar: func(step *atc.LoadVarStep) error {
			// A get writes it, which is not in the repository.
			if artifact, _, _ := strings.Cut(step.File, "/"); artifact != "task-image" {
				if !artifacts[artifact] {
					wrong("load_var %s: nothing gets %s", step.Name, artifact)
				}
			} else if _, err := fromImage(step.File, "pipelines"); err != nil {
				wrong("load_var %s: %s", step.Name, err)
			}
			return nil
		},
		OnSetPipeline: func(step *atc.SetPipelineStep) error {
			for _, problem := range inspectSetPipeline(step) {
				wrong("set_pipeline %s: %s", step.Name, problem)
			}
			return nil
		},
	})
	if err != nil {
		wrong("%s", err)
	}
	for what, n := range count {
		if n > 1 && what != "put notify" {
			wrong("has %s %d times: what the next job's passed takes would be chance", what, n)
		}
	}
	return problems
}
