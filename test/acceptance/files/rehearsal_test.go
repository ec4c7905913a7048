package files_test

import (
	"strings"

	"github.com/concourse/concourse/atc"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("the rehearsal", func() {
	tasks := map[string]atc.TaskStep{}

	BeforeEach(func() {
		config, problems := inspect(read("pipelines", "rehearsal.yml"), read("pipelines", "vars", "rehearsal.yml"))
		Expect(problems).To(BeEmpty())
		Expect(config.Jobs).To(HaveLen(1))
		Expect(config.Jobs[0].StepConfig().Visit(atc.StepRecursor{
			OnTask: func(step *atc.TaskStep) error { tasks[step.Name] = *step; return nil },
		})).To(Succeed())
	})

	It("has the credentials of the real Ops Manager where it looks, and not where it rotates", func() {
		Expect(tasks["look"].Config.Params).To(HaveKeyWithValue("OPSMAN", "((opsman-west))"))
		for name := range tasks["rotate"].Config.Params {
			Expect(name).NotTo(Or(HavePrefix("OM_"), Equal("OPSMAN")))
		}
		Expect(tasks["rotate"].Config.Outputs).To(BeEmpty())
	})

	It("looks with the commands that the simulator prints, and with nothing else", func() {
		script := tasks["look"].Config.Run.Args[1]
		Expect(script).To(ContainSubstring("opsman-sim import --commands"))
		Expect(strings.ReplaceAll(script, `opsman-ca om -- "$@"`, "")).NotTo(ContainSubstring("om "), "which is the task image's, with the login")
	})

	It("takes the simulator from its image, where the Dockerfile puts it", func() {
		const path = "usr/local/bin/"
		Expect(tasks["rotate"].Config.Run.Path).To(Equal("sim-image/rootfs/" + path + "opsman-sim"))
		Expect(strings.Split(read("build", "images", "sim.files"), "\n")).To(ContainElement(HaveSuffix(" " + path + "opsman-sim")))
		Expect(tasks["rotate"].Config.Inputs).To(ConsistOf(HaveField("Name", "sim-image"), HaveField("Name", "foundation")))
		Expect(tasks["rotate"].ImageArtifactName).To(Equal("task-image"), "which has opsman-ca and om")
	})
})
