package files_test

import (
	"encoding/json"
	"strings"

	"github.com/concourse/concourse/atc"
	"github.com/concourse/concourse/atc/creds"
	"github.com/concourse/concourse/vars"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/yaml"
)

// secrets are what the credential manager has, and the local var that the job
// loads.
func secrets() vars.Variables {
	GinkgoHelper()
	return vars.NewMultiVars([]vars.Variables{
		vars.StaticVariables{"opsman-west": map[string]any{
			"target": "https://opsman.west.example.com", "username": "rotator", "password": "hunter2-west", "ca_cert": "PEM",
		}},
		vars.NamedVariables{".": vars.StaticVariables{"brackets": strings.TrimSpace(read("pipelines", "brackets.txt"))}},
	})
}

// during fills the local var of `across` into a step, as Concourse does before
// it runs the step.
func during[Step any](step Step, foundation string) Step {
	GinkgoHelper()
	raw, err := json.Marshal(step)
	Expect(err).NotTo(HaveOccurred())
	local := vars.NamedVariables{".": vars.StaticVariables{"foundation": foundation}}
	filled, err := vars.NewTemplate(raw).Evaluate(local, vars.EvaluateOpts{})
	Expect(err).NotTo(HaveOccurred())
	var result Step
	Expect(yaml.Unmarshal(filled, &result)).To(Succeed())
	return result
}

var _ = Describe("a foundation of the fleet", func() {
	var (
		config atc.Config
		set    atc.SetPipelineStep
		task   atc.TaskStep
	)

	BeforeEach(func() {
		config, _ = inspect(read("pipelines", "fleet.yml"), read("pipelines", "vars", "fleet.yml"))
		Expect(config.Jobs).To(HaveLen(3))
		Expect(config.Jobs[1].StepConfig().Visit(atc.StepRecursor{
			OnSetPipeline: func(step *atc.SetPipelineStep) error { set = *step; return nil },
			OnTask:        func(step *atc.TaskStep) error { task = *step; return nil },
		})).To(Succeed())
	})

	It("is rotated with its own credentials", func() {
		given := atc.Params{}
		for name, value := range during(task, "west").Params {
			given[name] = value
		}
		params, err := creds.NewParams(secrets(), given).Evaluate()
		Expect(err).NotTo(HaveOccurred())
		Expect(params).To(HaveKeyWithValue("OM_PASSWORD", "hunter2-west"))
		Expect(params).To(HaveKeyWithValue("OM_TARGET", "https://opsman.west.example.com"))
	})

	It("gets a pipeline that looks its secrets up, and holds none", func() {
		step := during(set, "west")
		plan, err := creds.NewSetPipelinePlan(secrets(), atc.SetPipelinePlan{Name: step.Name, File: step.File, Vars: step.Vars, InstanceVars: step.InstanceVars}).Evaluate()
		Expect(err).NotTo(HaveOccurred())
		Expect(plan.InstanceVars).To(BeEquivalentTo(map[string]any{"foundation": "west"}))

		filled, err := vars.NewTemplate([]byte(read("pipelines", "manual-rotation.yml"))).Evaluate(vars.StaticVariables(plan.Vars), vars.EvaluateOpts{ExpectAllKeys: true, ExpectAllVarsUsed: true})
		Expect(err).NotTo(HaveOccurred())
		Expect(string(filled)).NotTo(ContainSubstring("hunter2"))
		Expect(string(filled)).To(ContainSubstring("password: ((opsman-west.password))"))

		// When it runs, Concourse finds them.
		run, err := vars.NewTemplate(filled).Evaluate(secrets(), vars.EvaluateOpts{ExpectAllKeys: true})
		Expect(err).NotTo(HaveOccurred())
		Expect(string(run)).To(ContainSubstring("password: hunter2-west"))
	})

	It("comes when the wave before it is through", func() {
		passed := map[string][]string{}
		for _, job := range config.Jobs {
			for _, input := range job.Inputs() {
				passed[job.Name+" "+input.Resource] = input.Passed
			}
		}
		Expect(passed).To(Equal(map[string][]string{
			"canary schedule": nil, "canary task-image": nil,
			"wave-1 schedule": {"canary"}, "wave-1 task-image": {"canary"},
			"wave-2 schedule": {"wave-1"}, "wave-2 task-image": {"wave-1"},
		}))
	})
})
