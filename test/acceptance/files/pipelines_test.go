package files_test

import (
	"regexp"
	"strings"

	"github.com/concourse/concourse/atc"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// switched is the mark of lines that are switched on by removing it.
var switched = regexp.MustCompile(`(?m)^#\+`)

func switchOn(text string) string { return switched.ReplaceAllString(text, "") }

var _ = Describe("the pipelines", func() {
	for _, name := range names("pipelines") {
		Describe(name, func() {
			It("is right, with its vars file", func() {
				_, problems := inspect(read("pipelines", name+".yml"), read("pipelines", "vars", name+".yml"))
				Expect(problems).To(BeEmpty())
			})

			It("is right with the notifications switched on, and then every job notifies", func() {
				config, problems := inspect(switchOn(read("pipelines", name+".yml")), switchOn(read("pipelines", "vars", name+".yml")))
				Expect(problems).To(BeEmpty())
				Expect(config.Resources).To(ContainElement(HaveField("Name", "notify")))
				for _, job := range config.Jobs {
					Expect(job.OnFailure).NotTo(BeNil(), job.Name)
					Expect(job.OnError).NotTo(BeNil(), job.Name)
					Expect(job.OnSuccess).NotTo(BeNil(), job.Name)
				}
			})

			It("is described in docs/pipelines.md", func() {
				Expect(read("docs", "pipelines.md")).To(ContainSubstring("\n## " + name + "\n"))
			})

			It("tells how to set it", func() {
				page := read("pipelines", name+".yml")
				Expect(page).To(ContainSubstring("-c " + name + ".yml -l vars/" + name + ".yml"))
			})
		})
	}
})

// link is a job of the chain: what it gets, what it puts, and whether it starts
// by itself.
type link struct {
	job, after, phase string
	applies, starts   bool
}

func chain(config atc.Config) []link {
	var links []link
	for _, job := range config.Jobs {
		l := link{job: job.Name}
		_ = job.StepConfig().Visit(atc.StepRecursor{
			OnGet: func(step *atc.GetStep) error {
				l.after += strings.Join(step.Passed, " ")
				l.starts = l.starts || step.Trigger
				return nil
			},
			OnTask: func(step *atc.TaskStep) error { l.applies = l.applies || step.Name == "apply-changes"; return nil },
			OnPut:  func(step *atc.PutStep) error { l.phase, _ = step.Params["phase"].(string); return nil },
		})
		links = append(links, l)
	}
	return links
}

var _ = DescribeTable("the chain of versions of",
	func(name string, byItself, gates bool) {
		values := read("pipelines", "vars", name+".yml")
		if gates {
			values = gated(values)
		}
		config, problems := inspect(read("pipelines", name+".yml"), values)
		Expect(problems).To(BeEmpty())
		Expect(chain(config)).To(Equal([]link{
			{job: "prepare", applies: true},
			{job: "generate", phase: "generate", starts: byItself},
			{job: "trust", after: "generate", phase: "verify", applies: true, starts: byItself},
			{job: "activate", after: "trust", phase: "activate", starts: byItself && !gates},
			{job: "regenerate", after: "activate", phase: "regenerate", starts: byItself},
			{job: "replace", after: "regenerate", phase: "verify", applies: true, starts: byItself},
			{job: "delete", after: "replace", phase: "delete", starts: byItself && !gates},
			{job: "settle", after: "delete", phase: "verify", applies: true, starts: byItself},
		}))
		for _, job := range config.Jobs {
			Expect(job.SerialGroups).To(Equal([]string{"rotation"}), job.Name)
		}
	},
	Entry("scheduled-rotation", "scheduled-rotation", true, false),
	Entry("scheduled-rotation with gates", "scheduled-rotation", true, true),
	Entry("due-rotation", "due-rotation", true, false),
	Entry("due-rotation with gates", "due-rotation", true, true),
	Entry("manual-rotation", "manual-rotation", false, false),
)

// gated closes both gates.
func gated(values string) string {
	return strings.NewReplacer("activate: true", "activate: false", "delete: true", "delete: false").Replace(values)
}

var _ = It("takes no rotation for granted in the pipelines that start by themselves, and refuses in the manual one", func() {
	for name, expected := range map[string]OmegaMatcher{
		"scheduled-rotation": HaveKeyWithValue("if_rotating", true),
		"due-rotation":       HaveKeyWithValue("if_rotating", true),
		"manual-rotation":    Not(HaveKey("if_rotating")),
	} {
		config, _ := inspect(read("pipelines", name+".yml"), read("pipelines", "vars", name+".yml"))
		for _, job := range config.Jobs {
			Expect(job.StepConfig().Visit(atc.StepRecursor{OnPut: func(step *atc.PutStep) error {
				if job.Name != "generate" {
					Expect(step.Params).To(expected, name+" "+job.Name)
				}
				return nil
			}})).To(Succeed())
		}
	}
})
