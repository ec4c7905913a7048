package files_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/concourse/concourse/atc"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// toChat are the notifications of a vars file for a resource type of another vendor,
// whose params are texts and files of texts.
const toChat = `
notify:
  type: notification
  image: {repository: cfcommunity/slack-notification-resource}
  source: {url: ((slack_url))}
  told: {text_file: ca/summary.md}
  failed: {text_file: notice/text, channel: "#alerts"}
  errored: {text: "$BUILD_JOB_NAME could not run: $ATC_EXTERNAL_URL/builds/$BUILD_ID"}
  expiring: {text_file: expiring/summary.md}
`

// chatting is a vars file with notifications to a chat.
func chatting(values string) string {
	GinkgoHelper()
	before, _, found := strings.Cut(values, "\nnotify:\n")
	Expect(found).To(BeTrue(), "the vars file ends with the notifications")
	return before + toChat
}

// put is one to notify, with its params.
type put struct {
	Name   string
	Params atc.Params
}

// puts are those of the steps.
func puts(step atc.StepConfig) (all []put) {
	_ = step.Visit(atc.StepRecursor{OnPut: func(step *atc.PutStep) error {
		all = append(all, put{step.ResourceName(), step.Params})
		return nil
	}})
	return all
}

var _ = Describe("the pipelines", func() {
	for _, name := range names("pipelines") {
		Describe(name, func() {
			It("is right, with its vars file", func() {
				_, problems := inspect(read("pipelines", name+".yml"), read("pipelines", "vars", name+".yml"))
				Expect(problems).To(BeEmpty())
			})

			It("has one place for notifications, whatever their resource type, in the vars file", func() {
				config, problems := inspect(read("pipelines", name+".yml"), chatting(read("pipelines", "vars", name+".yml")))
				problems = slices.DeleteFunc(problems, func(p string) bool { return p == "the vars file lacks slack_url" }) // the credential manager's
				problems = slices.DeleteFunc(problems, func(p string) bool {
					return strings.Contains(p, "notify.told") || strings.Contains(p, "notify.expiring")
				})
				Expect(problems).To(BeEmpty())
				notify, found := config.Resources.Lookup("notify")
				Expect(found).To(BeTrue())
				Expect(notify.Source).To(Equal(atc.Source{"url": "((slack_url))"}), "the secret is in no vars file and in no pipeline")
			})

			It("tells of every job that fails or cannot run", func() {
				config, problems := inspect(read("pipelines", name+".yml"), chatting(read("pipelines", "vars", name+".yml")))
				Expect(config.Jobs).NotTo(BeEmpty(), "%s", problems)
				failed := put{"notify", atc.Params{"text_file": "notice/text", "channel": "#alerts"}}
				for _, job := range config.Jobs {
					if silent(job.Name) {
						Expect(job.OnFailure).To(BeNil(), job.Name)
						if strings.HasPrefix(job.Name, "gate-") { // one that cannot run stalls the line
							Expect(puts(job.OnError.Config)).To(ConsistOf(HaveField("Name", "notify")), job.Name)
							Expect(puts(job.PlanSequence[0].Config)).To(ConsistOf(HaveField("Name", "notify")), job.Name)
						}
						continue
					}
					Expect(puts(job.OnError.Config)).To(ConsistOf(HaveField("Name", "notify")), job.Name)
					if name == "fleet" { // each foundation by itself, below across
						Expect(puts(job.StepConfig())).To(ContainElement(failed), job.Name)
						continue
					}
					Expect(puts(job.OnFailure.Config)).To(Equal([]put{failed}), job.Name)
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

// silent are the jobs that change nothing and have nothing to tell when they fail: a
// gate that is closed is no news, nor a pipeline that cannot be set.
func silent(job string) bool {
	return job == watch || job == "expiring" || job == "instances" || strings.HasPrefix(job, "gate-")
}

// watch is the job that makes Concourse 8.2 and newer check the state.
const watch = "watch"

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
			OnPut: func(step *atc.PutStep) error {
				if phase, ok := step.Params["phase"].(string); ok {
					l.phase = phase
				}
				return nil
			},
		})
		links = append(links, l)
	}
	return links
}

var _ = DescribeTable("the chain of versions of",
	func(name string, gates bool) {
		config, problems := inspect(read("pipelines", name+".yml"), read("pipelines", "vars", name+".yml"))
		Expect(problems).To(BeEmpty())
		before := func(phase, job string) (gate []link, after string) {
			if !gates {
				return nil, job
			}
			return []link{{job: "gate-" + phase, after: job, starts: true}}, "gate-" + phase
		}
		wanted := []link{
			{job: "preflight"},
			{job: "prepare", applies: true},
			{job: "generate", phase: "generate", starts: gates},
			{job: "trust", after: "generate", phase: "verify", applies: true, starts: gates},
		}
		gate, after := before("activate", "trust")
		wanted = append(append(wanted, gate...),
			link{job: "activate", after: after, phase: "activate", starts: gates},
			link{job: "regenerate", after: "activate", phase: "regenerate", starts: gates})
		gate, after = before("replace", "regenerate")
		wanted = append(append(wanted, gate...), link{job: "replace", after: after, phase: "verify", applies: true, starts: gates})
		gate, after = before("delete", "replace")
		wanted = append(append(wanted, gate...), link{job: "delete", after: after, phase: "delete", starts: gates})
		gate, after = before("settle", "delete")
		wanted = append(append(wanted, gate...), link{job: "settle", after: after, phase: "verify", applies: true, starts: gates}, link{job: watch, starts: true})
		if name == "due-rotation" {
			wanted = append(wanted, link{job: "expiring", starts: true})
		}
		Expect(chain(config)).To(Equal(wanted))
		for _, job := range config.Jobs {
			group := "rotation"
			switch {
			case job.Name == watch: // it waits for no other job, and no other job waits for it
				group = watch
			case job.Name == "expiring":
				group = "alerts"
			case strings.HasPrefix(job.Name, "gate-"):
				group = "gates"
			}
			Expect(job.SerialGroups).To(Equal([]string{group}), job.Name)
		}
	},
	Entry("scheduled-rotation", "scheduled-rotation", true),
	Entry("due-rotation", "due-rotation", true),
	Entry("manual-rotation", "manual-rotation", false),
)

// fromPut is a param of the put generate, as JSON.
func fromPut(config atc.Config, param string) string {
	GinkgoHelper()
	job, found := config.Jobs.Lookup("generate")
	Expect(found).To(BeTrue())
	raw := ""
	for _, p := range puts(job.StepConfig()) {
		if p.Name == "ca" {
			text, err := json.Marshal(p.Params[param])
			Expect(err).NotTo(HaveOccurred())
			raw = string(text)
		}
	}
	return raw
}

var _ = DescribeTable("a gate is passed",
	func(name string, atOnce, inWindow bool) {
		values := read("pipelines", "vars", name+".yml")
		for _, gate := range []string{"activate", "replace", "delete", "settle"} {
			open := "  " + gate + ": {at_once: true, in_window: false}"
			Expect(values).To(ContainSubstring(open))
			values = strings.Replace(values, open, fmt.Sprintf("  %s: {at_once: %t, in_window: %t}", gate, atOnce, inWindow), 1)
		}
		config, problems := inspect(read("pipelines", name+".yml"), values)
		Expect(problems).To(BeEmpty())
		for _, gate := range []string{"activate", "replace", "delete", "settle"} {
			job, found := config.Jobs.Lookup("gate-" + gate)
			Expect(found).To(BeTrue())
			triggers := map[string]bool{}
			for _, input := range job.Inputs() {
				triggers[input.Resource] = input.Trigger
			}
			Expect(triggers).To(Equal(map[string]bool{"ca": atOnce, "window": inWindow, "task-image": false}), gate)
			Expect(job.StepConfig().Visit(atc.StepRecursor{OnTask: func(step *atc.TaskStep) error {
				Expect(step.Params).To(And(HaveKeyWithValue("IN_WINDOW", fmt.Sprint(inWindow)), HaveKeyWithValue("WINDOW", MatchJSON(
					`{"days": ["Saturday", "Sunday"], "start": "01:00", "stop": "05:00", "interval": "1h", "location": "Europe/Berlin", "initial_version": true}`))))
				return nil
			}})).To(Succeed())
		}
	},
	Entry("at once", "scheduled-rotation", true, false), Entry("in a window", "scheduled-rotation", false, true), Entry("by a person", "scheduled-rotation", false, false),
	Entry("at once", "due-rotation", true, false), Entry("in a window", "due-rotation", false, true), Entry("by a person", "due-rotation", false, false),
)

var _ = DescribeTable("the job watch asks nothing of Ops Manager and changes nothing in",
	func(name string) {
		config, _ := inspect(read("pipelines", name+".yml"), read("pipelines", "vars", name+".yml"))
		job, found := config.Jobs.Lookup(watch)
		Expect(found).To(BeTrue())
		Expect(job.PlanSequence).To(HaveLen(2))
		Expect(job.PlanSequence[0].Config).To(And(
			HaveField("Name", "ca"), HaveField("Trigger", true), HaveField("Passed", BeEmpty()), HaveField("Params", atc.Params{"skip_download": true, "foundation": "west"})))
		Expect(job.PlanSequence[1].Config).To(BeAssignableToTypeOf(&atc.TryStep{}), "a chat that is down does no harm")
		Expect(puts(job.PlanSequence[1].Config)).To(ConsistOf(HaveField("Name", "notify")))
	},
	Entry(nil, "scheduled-rotation"), Entry(nil, "due-rotation"), Entry(nil, "manual-rotation"), Entry(nil, "leaf-certificates"),
)

var _ = DescribeTable("a person asks before a rotation whether one may begin, with what the generate knows, in",
	func(name string) {
		config, _ := inspect(read("pipelines", name+".yml"), read("pipelines", "vars", name+".yml"))
		job, found := config.Jobs.Lookup("preflight")
		Expect(found).To(BeTrue())
		var resources []string
		for _, input := range job.Inputs() {
			Expect(input.Trigger).To(BeFalse())
			resources = append(resources, input.Resource)
		}
		Expect(resources).To(ConsistOf("ca", "task-image"))
		var tasks []string
		Expect(job.StepConfig().Visit(atc.StepRecursor{OnTask: func(step *atc.TaskStep) error {
			tasks = append(tasks, step.ConfigPath)
			Expect(step.Params).To(And(HaveKeyWithValue("FROM", "ca"), HaveKeyWithValue("OPSMAN", "((opsman-west))")))
			// What changes whether a rotation may begin is what the put has.
			for _, param := range []string{"exclude_from_rotation", "require_full_apply", "recreate", "ignore_installation"} {
				Expect(step.Params).To(HaveKeyWithValue(strings.ToUpper(param), MatchJSON(fromPut(config, param))), step.Name)
			}
			return nil
		}})).To(Succeed())
		Expect(tasks).To(ConsistOf("task-image/rootfs/opt/opsman-ca/tasks/preflight.yml", "task-image/rootfs/opt/opsman-ca/tasks/notice.yml"))
	},
	Entry(nil, "scheduled-rotation"), Entry(nil, "due-rotation"), Entry(nil, "manual-rotation"),
)

var _ = It("takes no rotation for granted in the pipelines that start by themselves, and refuses in the manual one", func() {
	for name, expected := range map[string]OmegaMatcher{
		"scheduled-rotation": HaveKeyWithValue("if_rotating", true),
		"due-rotation":       HaveKeyWithValue("if_rotating", true),
		"manual-rotation":    Not(HaveKey("if_rotating")),
	} {
		config, _ := inspect(read("pipelines", name+".yml"), read("pipelines", "vars", name+".yml"))
		for _, job := range config.Jobs {
			Expect(job.StepConfig().Visit(atc.StepRecursor{OnPut: func(step *atc.PutStep) error {
				if job.Name != "generate" && step.ResourceName() == "ca" {
					Expect(step.Params).To(expected, name+" "+job.Name)
				}
				return nil
			}})).To(Succeed())
		}
	}
})
