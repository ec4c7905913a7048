package files_test

import (
	"maps"
	"slices"
	"strings"

	"github.com/concourse/concourse/atc"
	"github.com/concourse/concourse/fly/config"
	"github.com/concourse/concourse/vars"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/yaml"
)

// executed is the task that fly execute makes of fly/opsman-ca.yml.
func executed(given vars.Variables, args ...string) atc.TaskConfig {
	GinkgoHelper()
	filled, err := vars.NewTemplate([]byte(read("fly", "opsman-ca.yml"))).Evaluate(given, vars.EvaluateOpts{})
	Expect(err).NotTo(HaveOccurred())
	task, err := config.OverrideTaskParams(filled, args)
	Expect(err).NotTo(HaveOccurred())
	Expect(task.Validate()).To(Succeed())
	Expect(vars.NewTemplate(filled).ExtraVarNames()).To(BeEmpty(), "nothing is left for a credential manager")
	return task
}

// onLine is what fly takes from -v KEY=VALUE.
func onLine(key, value string) vars.Variables {
	GinkgoHelper()
	ref, err := vars.ParseReference(key)
	Expect(err).NotTo(HaveOccurred())
	return vars.KVPairs{{Ref: ref, Value: value}}.Expand()
}

var _ = Describe("a first look with fly, without a pipeline,", func() {
	const repository = "registry.example.com/opsman-ca/task"

	It("runs the command that is behind --, in the image that -v names", func() {
		task := executed(onLine("images.task.repository", repository), "report", "--expires-within", "6m")
		Expect(task.Platform).To(Equal("linux"))
		Expect(task.Run).To(Equal(atc.TaskRunConfig{Path: "opsman-ca", Args: []string{"report", "--expires-within", "6m"}}))
		Expect(task.ImageResource.Type).To(Equal("registry-image"))
		Expect(task.ImageResource.Source).To(Equal(atc.Source{"repository": repository}))
		Expect(task.Inputs).To(ConsistOf(atc.TaskInputConfig{Name: "env", Optional: true}))
	})

	for _, name := range names("pipelines") {
		It("takes the image from the vars file of "+name+" as well", func() {
			var values vars.StaticVariables
			Expect(yaml.Unmarshal([]byte(read("pipelines", "vars", name+".yml")), &values)).To(Succeed())
			Expect(executed(values, "status").ImageResource.Source).To(Equal(atc.Source{"repository": repository, "tag": "latest"}))
		})
	}

	It("takes target and login from the shell", func() {
		GinkgoT().Setenv("OM_TARGET", "https://opsman.example.com")
		Expect(executed(onLine("images.task.repository", repository), "status").Params).To(HaveKeyWithValue("OM_TARGET", "https://opsman.example.com"))
	})

	for _, name := range []string{"status", "report", "preflight"} {
		It("has the params of every task, as the task "+name+" has them", func() {
			task, err := atc.NewTaskConfig([]byte(read("tasks", name+".yml")))
			Expect(err).NotTo(HaveOccurred())
			look := executed(onLine("images.task.repository", repository), name)
			shared := documented(section(read("docs", "tasks.md"), "Params of every task"))
			Expect(shared).NotTo(BeEmpty())
			for param, value := range shared {
				Expect(look.Params).To(HaveKeyWithValue(param, value))
				Expect(task.Params).To(HaveKeyWithValue(param, value))
			}
			Expect(len(look.Params)-len(shared)).To(Equal(1), "%s", slices.Sorted(maps.Keys(look.Params)))
		})
	}

	It("leaves the report where the task report leaves it", func() {
		task, err := atc.NewTaskConfig([]byte(read("tasks", "report.yml")))
		Expect(err).NotTo(HaveOccurred())
		look := executed(onLine("images.task.repository", repository), "report")
		Expect(look.Outputs).To(Equal(task.Outputs))
		Expect(look.Params["REPORT_TO"]).To(Equal(task.Params["REPORT_TO"]))
	})

	DescribeTable("is shown as it is typed in",
		func(page ...string) {
			text := strings.Join(strings.Fields(strings.ReplaceAll(read(page...), "\\\n", " ")), " ")
			Expect(text).To(ContainSubstring("execute -c fly/opsman-ca.yml -v images.task.repository=" + repository))
		},
		Entry(nil, "README.md"), Entry(nil, "docs", "tasks.md"),
	)
})
