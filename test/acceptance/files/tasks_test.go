package files_test

import (
	"maps"
	"regexp"
	"strings"

	"github.com/concourse/concourse/atc"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// row is a line of a table of params: the name and the default.
var row = regexp.MustCompile("(?m)^\\| `([A-Z_]+)` \\| (?:`([^`]*)`)? ?\\| [^|]+ \\|$")

// section is the part of a page under a heading of the second level.
func section(page, heading string) string {
	GinkgoHelper()
	_, rest, found := strings.Cut(page, "\n## "+heading+"\n")
	Expect(found).To(BeTrue(), "docs/tasks.md has no section "+heading)
	text, _, _ := strings.Cut(rest, "\n## ")
	return text
}

// documented are the params of a section with their defaults.
func documented(text string) map[string]string {
	params := map[string]string{}
	for _, match := range row.FindAllStringSubmatch(text, -1) {
		params[match[1]] = match[2]
	}
	return params
}

// promises is the sentence about inputs and outputs that a task's section needs.
func promises(task atc.TaskConfig) []string {
	var all []string
	for _, input := range task.Inputs {
		all = append(all, "`"+input.Name+"` (")
	}
	if len(task.Outputs) == 0 {
		all = append(all, "Outputs: none.")
	}
	for _, output := range task.Outputs {
		all = append(all, "Outputs: `"+output.Name+"` (")
	}
	return all
}

var _ = Describe("the tasks", func() {
	It("are the thirteen that the documentation names", func() {
		Expect(names("tasks")).To(ConsistOf("status", "plan", "preflight", "report", "apply-changes", "generate", "activate", "regenerate", "delete", "verify", "rotate", "notice", "gate"))
	})

	for _, name := range names("tasks") {
		Describe(name, func() {
			It("runs opsman-ca itself, in whatever image the pipeline names", func() {
				task, err := atc.NewTaskConfig([]byte(read("tasks", name+".yml")))
				Expect(err).NotTo(HaveOccurred())
				Expect(task.Platform).To(Equal("linux"))
				Expect(task.Run).To(Equal(atc.TaskRunConfig{Path: "opsman-ca", Args: []string{name}}))
				Expect(task.ImageResource).To(BeNil())
				for _, input := range task.Inputs {
					Expect(input.Optional).To(BeTrue(), input.Name)
				}
			})

			It("is documented: every param with its default, every input and output", func() {
				task, err := atc.NewTaskConfig([]byte(read("tasks", name+".yml")))
				Expect(err).NotTo(HaveOccurred())
				page := read("docs", "tasks.md")
				params := documented(section(page, "Params of every task"))
				Expect(params).NotTo(BeEmpty())
				if name == "gate" { // it asks no Ops Manager
					clear(params)
				}
				maps.Copy(params, documented(section(page, name)))
				Expect(map[string]string(task.Params)).To(Equal(params))
				for _, promise := range promises(task) {
					Expect(section(page, name)).To(ContainSubstring(promise))
				}
			})
		})
	}
})

// fromPlatformAutomation are the params, with their defaults, and the inputs that
// tasks of the Platform Automation Toolkit 5.x have.
var _ = DescribeTable("the configuration of Platform Automation's task fits",
	func(name string, inputs []string, params map[string]string) {
		task, err := atc.NewTaskConfig([]byte(read("tasks", name+".yml")))
		Expect(err).NotTo(HaveOccurred())
		for param, value := range params {
			Expect(task.Params).To(HaveKeyWithValue(param, value))
		}
		var has []string
		for _, input := range task.Inputs {
			has = append(has, input.Name)
		}
		Expect(has).To(ContainElements(inputs))
	},
	Entry("apply-changes", "apply-changes", []string{"env", "errand-config"}, map[string]string{
		"ENV_FILE": "env.yml", "RECREATE": "false", "ERRAND_CONFIG_FILE": "", "IGNORE_WARNINGS": "false",
		"FORCE_LATEST_VARIABLES": "false", "SELECTIVE_DEPLOY_PRODUCTS": "",
	}),
	Entry("configure-new-certificate-authority", "generate", []string{"env", "certs"}, map[string]string{"ENV_FILE": "env.yml"}),
	Entry("activate-certificate-authority", "activate", []string{"env"}, map[string]string{"ENV_FILE": "env.yml"}),
	Entry("regenerate-certificates", "regenerate", []string{"env"}, map[string]string{"ENV_FILE": "env.yml"}),
	Entry("delete-certificate-authority", "delete", []string{"env"}, map[string]string{"ENV_FILE": "env.yml"}),
	Entry("expiring-certificates", "report", []string{"env"}, map[string]string{"ENV_FILE": "env.yml"}),
)
