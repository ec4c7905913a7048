package files_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/concourse/concourse/atc"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// releaseSecrets begins the names of what the credential manager has for a release.
const releaseSecrets = "release."

// inspectRelease loads the pipeline that releases this project, and lists what is wrong with it.
func inspectRelease(pipeline, values string) (atc.Config, []string) {
	return load(pipeline, values, func(ref string) bool { return strings.HasPrefix(ref, releaseSecrets) }, inspectReleaseJob)
}

// inspectReleaseJob follows the artifacts through a job: every task is in the repository, has its inputs,
// and knows its params; every put has what it names.
func inspectReleaseJob(job atc.JobConfig) []string {
	var problems []string
	wrong := func(format string, args ...any) {
		problems = append(problems, "job "+job.Name+": "+fmt.Sprintf(format, args...))
	}
	if !job.Serial && len(job.SerialGroups) == 0 {
		wrong("is not serial: two releases could run at once")
	}
	artifacts := map[string]bool{}
	err := job.StepConfig().Visit(atc.StepRecursor{
		OnGet: func(step *atc.GetStep) error { artifacts[step.Name] = true; return nil },
		OnPut: func(step *atc.PutStep) error {
			for _, name := range step.Inputs.Specified {
				if !artifacts[name] {
					wrong("put %s: nothing gives it %s", step.Name, name)
				}
			}
			for _, value := range step.Params {
				if path, ok := value.(string); ok {
					if folder, _, _ := strings.Cut(path, "/"); !slices.Contains(step.Inputs.Specified, folder) {
						wrong("put %s: %s is not among its inputs", step.Name, path)
					}
				}
			}
			return nil
		},
		OnTask: func(step *atc.TaskStep) error {
			for _, problem := range inspectReleaseTask(step, artifacts) {
				wrong("task %s: %s", step.Name, problem)
			}
			return nil
		},
	})
	if err != nil {
		wrong("%s", err)
	}
	return problems
}

func inspectReleaseTask(step *atc.TaskStep, artifacts map[string]bool) []string {
	source, path, _ := strings.Cut(step.ConfigPath, "/")
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		return []string{path + " is not in the repository"}
	}
	task, err := atc.NewTaskConfig(text)
	if err != nil {
		return []string{err.Error()}
	}
	var problems []string
	for _, needed := range []string{source, step.ImageArtifactName} {
		if !artifacts[needed] {
			problems = append(problems, "nothing gets "+needed)
		}
	}
	for param := range step.Params {
		if _, known := task.Params[param]; !known {
			problems = append(problems, "there is no param "+param)
		}
	}
	inputs := map[string]bool{}
	for _, input := range task.Inputs {
		name := input.Name
		if mapped, found := step.InputMapping[name]; found {
			name = mapped
		}
		inputs[input.Name] = true
		if !artifacts[name] {
			problems = append(problems, "nothing gives it the input "+name)
		}
	}
	for name := range step.InputMapping {
		if !inputs[name] {
			problems = append(problems, "it has no input "+name)
		}
	}
	outputs := map[string]bool{}
	for _, output := range task.Outputs {
		outputs[output.Name] = true
		name := output.Name
		if mapped, found := step.OutputMapping[name]; found {
			name = mapped
		}
		artifacts[name] = true
	}
	for name := range step.OutputMapping {
		if !outputs[name] {
			problems = append(problems, "it has no output "+name)
		}
	}
	script := strings.TrimPrefix(task.Run.Path, "source/")
	if info, err := os.Stat(filepath.Join(root, script)); script != task.Run.Path && (err != nil || info.Mode()&0o111 == 0) {
		problems = append(problems, script+" cannot be run")
	}
	return problems
}

var _ = Describe("the release pipeline", func() {
	var (
		pipeline = func() string { return read("build", "release", "pipeline.yml") }
		values   = func() string { return read("build", "release", "vars.yml") }
	)

	It("is right, with its vars file", func() {
		_, problems := inspectRelease(pipeline(), values())
		Expect(problems).To(BeEmpty())
	})

	It("has every task file in use", func() {
		config, _ := inspectRelease(pipeline(), values())
		used := map[string]bool{}
		for _, job := range config.Jobs {
			Expect(job.StepConfig().Visit(atc.StepRecursor{OnTask: func(step *atc.TaskStep) error {
				used[strings.TrimSuffix(filepath.Base(step.ConfigPath), ".yml")] = true
				return nil
			}})).To(Succeed())
		}
		for _, name := range names(filepath.Join("build", "release", "tasks")) {
			Expect(used).To(HaveKey(name))
		}
	})

	It("builds on what the Dockerfile builds on", func() {
		config, _ := inspectRelease(pipeline(), values())
		for argument, resource := range map[string]string{"GO_IMAGE": "go-image", "BASE_IMAGE": "base-image"} {
			found, _ := config.Resources.Lookup(resource)
			Expect(read("Dockerfile")).To(ContainSubstring("ARG %s=%s:%s\n", argument, found.Source["repository"], found.Source["tag"]))
		}
	})

	It("builds targets that the Dockerfile has, and tests all but those of a foreign processor", func() {
		has := map[string]bool{}
		for _, match := range regexp.MustCompile(`(?m)^FROM .* AS (\S+)$`).FindAllStringSubmatch(read("Dockerfile"), -1) {
			has[match[1]] = true
		}
		task, err := atc.NewTaskConfig([]byte(read("build", "release", "tasks", "images.yml")))
		Expect(err).NotTo(HaveOccurred())
		for arm64, expected := range map[string]string{
			"arm64: {tags: [], target: -untested}": "-untested",
			`arm64: {tags: [arm64], target: ""}`:   "",
		} {
			config, problems := inspectRelease(pipeline(), strings.Replace(values(), "arm64: {tags: [], target: -untested}", arm64, 1))
			Expect(problems).To(BeEmpty())
			built := map[string]string{}
			job, _ := config.Jobs.Lookup("build")
			Expect(job.StepConfig().Visit(atc.StepRecursor{OnTask: func(step *atc.TaskStep) error {
				if filepath.Base(step.ConfigPath) == "images.yml" {
					Expect(step.Privileged).To(BeTrue())
					params := maps.Clone(task.Params)
					maps.Copy(params, step.Params)
					// It would be built for the worker's platform.
					Expect(params).NotTo(HaveKey("ADDITIONAL_TARGETS"))
					built[params["IMAGE_PLATFORM"]] = params["SUFFIX"]
				}
				return nil
			}})).To(Succeed())
			Expect(built).To(Equal(map[string]string{"linux/amd64": "", "linux/arm64": expected}))
			for _, suffix := range built {
				for _, output := range task.Outputs {
					Expect(has).To(HaveKey(output.Name + suffix))
				}
			}
		}
	})

	It("releases by hand alone, and nothing that acceptance has not let through", func() {
		config, _ := inspectRelease(pipeline(), values())
		for _, bump := range []string{"major", "minor", "patch"} {
			job, found := config.Jobs.Lookup("ship-" + bump)
			Expect(found).To(BeTrue())
			for _, input := range job.Inputs() {
				Expect(input.Trigger).To(BeFalse(), input.Name)
				if input.Resource != "tags" {
					Expect(input.Passed).To(Equal([]string{"acceptance"}), input.Name)
				}
			}
			Expect(job.StepConfig().Visit(atc.StepRecursor{OnTask: func(step *atc.TaskStep) error {
				if step.Name == "version" {
					Expect(step.Params).To(HaveKeyWithValue("BUMP", bump))
				}
				return nil
			}})).To(Succeed())
			Expect(puts(job.StepConfig())).To(HaveLen(6), "the reservation, three images, the tag, the page")
		}
	})

	It("builds for a newer Go or base by itself, once nothing is known to be vulnerable", func() {
		config, _ := inspectRelease(pipeline(), values())
		for job, passed := range map[string][]string{"rebuild": nil, "build": {"rebuild"}} {
			found, _ := config.Jobs.Lookup(job)
			for _, resource := range []string{"go-image", "base-image"} {
				Expect(found.Inputs()).To(ContainElement(And(HaveField("Resource", resource), HaveField("Trigger", true), HaveField("Passed", Equal(passed)))), job)
			}
		}
		rebuild, _ := config.Jobs.Lookup("rebuild")
		Expect(rebuild.Inputs()).To(ContainElement(And(HaveField("Resource", "day"), HaveField("Trigger", true))))
	})

	// What the stand-ins of the acceptance suite would not tell, and the real resource types do.
	It("counts from a tag of which there are no images, and never moves one", func() {
		config, _ := inspectRelease(pipeline(), values())
		for resource, found := range map[string]bool{"tags": true, "releases": false} {
			r, _ := config.Resources.Lookup(resource)
			wanted := regexp.MustCompile(fmt.Sprintf("^(%s)$", r.Source["tag_regex"]))
			Expect(wanted.MatchString("v0.0.0")).To(Equal(found), resource)
			for _, tag := range []string{"v1.0.0", "v0.1.0", "v0.0.1", "v10.20.30"} {
				Expect(wanted.MatchString(tag)).To(BeTrue(), resource+" "+tag)
			}
		}
		ship, _ := config.Jobs.Lookup("ship-major")
		Expect(ship.StepConfig().Visit(atc.StepRecursor{OnPut: func(step *atc.PutStep) error {
			Expect(step.Params).NotTo(HaveKey("force"))
			return nil
		}})).To(Succeed())
	})

	It("can be set up at any time of the day", func() {
		config, _ := inspectRelease(pipeline(), values())
		day, _ := config.Resources.Lookup("day")
		Expect(day.Source).To(HaveKeyWithValue("initial_version", true))
	})

	It("has a line in docs/dev/releasing.md for every job and script", func() {
		page := read("docs", "dev", "releasing.md")
		config, _ := inspectRelease(pipeline(), values())
		for _, job := range config.Jobs {
			Expect(page).To(ContainSubstring("`" + job.Name + "`"))
		}
		files, err := os.ReadDir(filepath.Join(root, "build", "release"))
		Expect(err).NotTo(HaveOccurred())
		for _, file := range files {
			if !file.IsDir() && filepath.Ext(file.Name()) == "" && file.Name() != "unit" && file.Name() != "check" { // make has them
				Expect(page).To(ContainSubstring("`build/release/"+file.Name()), file.Name())
			}
		}
	})
})

// The checks find what they are for: each entry breaks the pipeline in one place.
var _ = DescribeTable("a broken release pipeline is told as such",
	func(old, broken, problem string) {
		text, values := read("build", "release", "pipeline.yml"), read("build", "release", "vars.yml")
		changed, given := strings.Replace(text, old, broken, 1), strings.Replace(values, old, broken, 1)
		Expect(changed == text && given == values).To(BeFalse(), "the entry breaks nothing")
		_, problems := inspectRelease(changed, given)
		Expect(strings.Join(problems, "\n")).To(ContainSubstring(problem))
	},
	Entry("a job that passed does not know", "passed: [unit]", "passed: [units]", "unknown job 'units'"),
	Entry("a version that passed where it was not", "{get: resource-candidate, passed: [build]", "{get: resource-candidate, passed: [unit]", "job 'unit' does not interact with resource 'resource-candidate'"),
	Entry("a resource that nothing uses", "resources:\n", "resources:\n- {name: spare, type: mock}\n", "spare"),
	Entry("a task that is not there", "tasks/join.yml", "tasks/joined.yml", "tasks/joined.yml is not in the repository"),
	Entry("a param that the task does not have", "{BUMP: major}", "{BUMPS: major}", "there is no param BUMPS"),
	Entry("an input that nothing gives", "resource: resource-archive", "resource: resource-archives", "nothing gives it the input resource-archives"),
	Entry("an output that the task does not have", "{resource: resource-amd64", "{resources: resource-amd64", "it has no output resources"),
	Entry("an image that nothing gets", "image: go-image", "image: golang", "nothing gets golang"),
	Entry("a put of what is not its input", "{image: joined/task}", "{image: joint/task}", "joint/task is not among its inputs"),
	Entry("a put of an input that nothing gives", "inputs: [version, files]", "inputs: [version, file]", "nothing gives it file"),
	Entry("a var that is not in the vars file", "((platforms))", "((platform))", "the vars file lacks platform"),
	Entry("a value that nothing uses", "platforms:", "image: x\nplatforms:", "image"),
	Entry("a secret that is none", "((release.github_token))", "((github_token))", "the vars file lacks github_token"),
	Entry("a job that is not serial", "  serial: true\n", "  public: true\n", "is not serial"),
)
