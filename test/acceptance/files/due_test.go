package files_test

import (
	"encoding/json"

	"github.com/concourse/concourse/atc"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// sources are those of the resources of our type, by name.
func sources(config atc.Config) map[string]map[string]any {
	GinkgoHelper()
	all := map[string]map[string]any{}
	for _, r := range config.Resources {
		if r.Type != "opsman-ca" {
			continue
		}
		raw, err := json.Marshal(r.Source)
		Expect(err).NotTo(HaveOccurred())
		var source map[string]any
		Expect(json.Unmarshal(raw, &source)).To(Succeed())
		all[r.Name] = source
	}
	return all
}

var _ = Describe("due-rotation", func() {
	var config atc.Config

	BeforeEach(func() {
		pipeline, values := read("pipelines", "due-rotation.yml"), read("pipelines", "vars", "due-rotation.yml")
		var problems []string
		config, problems = inspect(pipeline, values)
		Expect(problems).To(BeEmpty())
	})

	It("needs no resource type but ours and Concourse's own", func() {
		for _, r := range config.Resources {
			Expect(r.Type).To(BeElementOf("opsman-ca", "registry-image", "time"), r.Name)
		}
	})

	It("looks at one foundation for the state, for what is due, and for what expires", func() {
		foundation := sources(config)["ca"]
		Expect(foundation).To(And(HaveKeyWithValue("opsman", "((opsman-west))"), Not(HaveKey("rotate_before"))))
		with := func(key, span string) map[string]any {
			source := map[string]any{key: span}
			for name, value := range foundation {
				source[name] = value
			}
			return source
		}
		Expect(sources(config)).To(Equal(map[string]map[string]any{"ca": foundation, "due": with("rotate_before", "6m"), "expiring": with("expiring", "30d")}))
	})

	It("begins a rotation for what is due, and for nothing else", func() {
		starts := map[string]string{}
		for _, job := range config.Jobs {
			for _, input := range job.Inputs() {
				if input.Trigger && len(input.Passed) == 0 {
					starts[job.Name] += input.Resource
				}
			}
			_ = job.StepConfig().Visit(atc.StepRecursor{OnPut: func(step *atc.PutStep) error {
				if job.Name == "generate" && step.ResourceName() == "ca" {
					Expect(step.Params).To(HaveKeyWithValue("expires_within", sources(config)["due"]["rotate_before"]))
				}
				return nil
			}})
		}
		Expect(starts).To(Equal(map[string]string{"generate": "due", watch: "ca", "expiring": "expiring"}))
	})

	It("alerts without waiting for a rotation", func() {
		job, found := config.Jobs.Lookup("expiring")
		Expect(found).To(BeTrue())
		Expect(job.SerialGroups).To(Equal([]string{"alerts"}))
		Expect(job.Inputs()).To(HaveExactElements(And(HaveField("Resource", "expiring"), HaveField("Trigger", true))))
		told, problems := inspect(read("pipelines", "due-rotation.yml"), chatting(read("pipelines", "vars", "due-rotation.yml")))
		Expect(problems).To(Equal([]string{"the vars file lacks slack_url"}), "the credential manager's")
		job, _ = told.Jobs.Lookup("expiring")
		Expect(puts(job.StepConfig())).To(Equal([]put{{"notify", atc.Params{"text_file": "expiring/summary.md"}}}))
	})
})
