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

// secrets are what the credential manager has, and the local var that the job loads.
func secrets() vars.Variables {
	return vars.NewMultiVars([]vars.Variables{
		vars.StaticVariables{"opsman-west": map[string]any{
			"target": "https://opsman.west.example.com", "client_id": "rotator", "client_secret": "hunter2-west", "ca_cert": "PEM",
		}},
		vars.NamedVariables{".": vars.StaticVariables{"began": map[string]any{"version": map[string]any{"time": "2026-11-28T01:00:00Z"}}}},
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
		sets   []atc.SetPipelineStep
		task   atc.TaskStep
	)

	BeforeEach(func() {
		sets = nil
		config, _ = inspect(read("pipelines", "fleet.yml"), read("pipelines", "vars", "fleet.yml"))
		Expect(config.Jobs).To(HaveLen(3))
		for _, job := range []int{0, 2} { // the first sets the pipeline, the last rotates and sets it again
			Expect(config.Jobs[job].StepConfig().Visit(atc.StepRecursor{
				OnSetPipeline: func(step *atc.SetPipelineStep) error { sets = append(sets, *step); return nil },
				OnTask: func(step *atc.TaskStep) error {
					if step.Name == "rotate" {
						task = *step
					}
					return nil
				},
			})).To(Succeed())
		}
	})

	It("is rotated with its own credentials", func() {
		given := atc.Params{}
		for name, value := range during(task, "west").Params {
			given[name] = value
		}
		params, err := creds.NewParams(secrets(), given).Evaluate()
		Expect(err).NotTo(HaveOccurred())
		Expect(params["OPSMAN"]).To(And(HaveKeyWithValue("client_secret", "hunter2-west"), HaveKeyWithValue("target", "https://opsman.west.example.com")))
	})

	It("gets a pipeline that looks its secrets up, and holds none", func() {
		Expect(sets).To(HaveLen(3), "canaries and waves before, and behind the rotation")
		step := during(sets[0], "west")
		plan, err := creds.NewSetPipelinePlan(secrets(), atc.SetPipelinePlan{Name: step.Name, File: step.File, Vars: step.Vars, InstanceVars: step.InstanceVars}).Evaluate()
		Expect(err).NotTo(HaveOccurred())
		Expect(plan.InstanceVars).To(BeEquivalentTo(map[string]any{"foundation": "west"}))

		filled, err := vars.NewTemplate([]byte(read("pipelines", "manual-rotation.yml"))).Evaluate(vars.NewMultiVars([]vars.Variables{vars.StaticVariables(plan.Vars), vars.StaticVariables(plan.InstanceVars)}), vars.EvaluateOpts{ExpectAllKeys: true, ExpectAllVarsUsed: true})
		Expect(err).NotTo(HaveOccurred())
		Expect(string(filled)).NotTo(ContainSubstring("hunter2"))
		Expect(string(filled)).To(ContainSubstring("opsman: ((opsman-west))"))

		// When it runs, Concourse finds them.
		run, err := vars.NewTemplate(filled).Evaluate(secrets(), vars.EvaluateOpts{ExpectAllKeys: true})
		Expect(err).NotTo(HaveOccurred())
		Expect(string(run)).To(ContainSubstring("client_secret: hunter2-west"))
	})

	It("gets another history behind its rotation, of which its pipeline has not seen all", func() {
		var histories []any
		for _, set := range sets {
			step := during(set, "west")
			plan, err := creds.NewSetPipelinePlan(secrets(), atc.SetPipelinePlan{Name: step.Name, File: step.File, Vars: step.Vars, InstanceVars: step.InstanceVars}).Evaluate()
			Expect(err).NotTo(HaveOccurred())
			histories = append(histories, plan.Vars["history"])
		}
		Expect(histories).To(Equal([]any{"2026-11-28T01:00:00Z", "2026-11-28T01:00:00Z", "2026-11-28T01:00:00Z, settled"}))
	})

	It("is in a wave that begins when the one before it is through, and stops those behind it", func() {
		var across []*atc.AcrossStep
		for step := config.Jobs[2].PlanSequence[2].Config; ; {
			outer, ok := step.(*atc.AcrossStep)
			if !ok {
				break
			}
			across = append(across, outer)
			do, ok := outer.Step.(*atc.DoStep)
			Expect(ok).To(BeTrue())
			step = do.Steps[0].Config
		}
		Expect(across).To(HaveLen(2))
		Expect(across[0].FailFast).To(BeTrue())
		Expect(across[0].Vars).To(HaveExactElements(And(HaveField("Var", "wave"), HaveField("MaxInFlight", HaveField("Limit", 1)),
			HaveField("Values", Equal([]any{[]any{"west", "east"}, []any{"north", "south"}})))))
		Expect(across[1].FailFast).To(BeFalse(), "the others of its wave go on")
		Expect(across[1].Vars).To(HaveExactElements(And(HaveField("Var", "foundation"), HaveField("Values", "((.:wave))"))))
	})

	It("can be looked into before the first one rotates", func() {
		values := strings.Replace(read("pipelines", "vars", "fleet.yml"), "canary: true", "canary: false", 1)
		first, problems := inspect(read("pipelines", "fleet.yml"), values)
		Expect(problems).To(BeEmpty())
		for _, job := range first.Jobs {
			for _, input := range job.Inputs() {
				Expect(input.Trigger).To(Equal(input.Resource == "schedule" && job.Name != "canary"), job.Name+" "+input.Resource)
			}
		}
	})

	It("comes when the wave before it is through", func() {
		passed := map[string][]string{}
		for _, job := range config.Jobs {
			for _, input := range job.Inputs() {
				passed[job.Name+" "+input.Resource] = input.Passed
			}
		}
		Expect(passed).To(Equal(map[string][]string{
			"instances schedule": nil, "instances task-image": nil,
			"canary schedule": {"instances"}, "canary task-image": {"instances"},
			"waves schedule": {"canary"}, "waves task-image": {"canary"},
		}))
	})
})
