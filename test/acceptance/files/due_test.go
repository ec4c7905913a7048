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
	var off, on atc.Config

	BeforeEach(func() {
		pipeline, values := read("pipelines", "due-rotation.yml"), read("pipelines", "vars", "due-rotation.yml")
		var problems []string
		off, problems = inspect(pipeline, values)
		Expect(problems).To(BeEmpty())
		on, problems = inspect(switchOn(pipeline), switchOn(values))
		Expect(problems).To(BeEmpty())
	})

	It("needs no resource type but ours and the images'", func() {
		for _, r := range off.Resources {
			Expect(r.Type).To(BeElementOf("opsman-ca", "registry-image"), r.Name)
		}
	})

	It("looks at one foundation for the state, for what is due, and for what expires", func() {
		foundation := sources(off)["ca"]
		Expect(foundation).To(And(HaveKey("target"), HaveKey("password"), Not(HaveKey("rotate_before"))))
		with := func(key, span string) map[string]any {
			source := map[string]any{key: span}
			for name, value := range foundation {
				source[name] = value
			}
			return source
		}
		Expect(sources(off)).To(Equal(map[string]map[string]any{"ca": foundation, "due": with("rotate_before", "6m")}))
		Expect(sources(on)).To(Equal(map[string]map[string]any{"ca": foundation, "due": with("rotate_before", "6m"), "expiring": with("expiring", "30d")}))
	})

	It("begins a rotation for what is due, and for nothing else", func() {
		starts := map[string]string{}
		for _, job := range off.Jobs {
			for _, input := range job.Inputs() {
				if input.Trigger && len(input.Passed) == 0 {
					starts[job.Name] += input.Resource
				}
			}
			_ = job.StepConfig().Visit(atc.StepRecursor{OnPut: func(step *atc.PutStep) error {
				Expect(step.ResourceName()).To(Equal("ca"), job.Name)
				if job.Name == "generate" {
					Expect(step.Params).To(HaveKeyWithValue("expires_within", sources(off)["due"]["rotate_before"]))
				}
				return nil
			}})
		}
		Expect(starts).To(Equal(map[string]string{"generate": "due"}))
	})

	It("alerts without waiting for a rotation", func() {
		job, found := on.Jobs.Lookup("expiring")
		Expect(found).To(BeTrue())
		Expect(job.SerialGroups).To(Equal([]string{"alerts"}))
		Expect(job.Inputs()).To(HaveExactElements(And(HaveField("Resource", "expiring"), HaveField("Trigger", true))))
		var texts []any
		Expect(job.StepConfig().Visit(atc.StepRecursor{OnPut: func(step *atc.PutStep) error { texts = append(texts, step.Params["text_file"]); return nil }})).To(Succeed())
		Expect(texts).To(ContainElement("expiring/summary.md"))
	})
})
