package scenarios_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
	"github.com/opsman-ca/opsman-ca/test/acceptance/foundation"
)

var _ = Describe("fly execute", func() {
	It("looks at a foundation of which Concourse has no pipeline, and changes nothing", func() {
		f := brisk()
		fly, env := ci.LogIn(), map[string]string{"env": environment(f)}

		Expect(fly.Command(env, nil, "status").Succeeds().Output).To(And(ContainSubstring("settled"), ContainSubstring(f.CA())))
		Expect(concourse.OneLine(fly.Command(env, nil, "preflight").Succeeds().Output)).To(ContainSubstring("a rotation may begin"))

		By("with the report brought here, and the status of what is due")
		report := GinkgoT().TempDir()
		due := fly.Command(env, map[string]string{"report": report}, "report", "--expires-within", "3m")
		Expect(due.Status).To(Equal(1), due.Output)
		page, err := os.ReadFile(filepath.Join(report, "report.md"))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(page)).To(ContainSubstring(f.CA()))

		By("with target and login from the shell")
		for key, value := range f.Opsman() {
			fly.Env = append(fly.Env, fmt.Sprintf("OM_%s=%v", strings.ToUpper(key), value))
		}
		Expect(fly.Command(nil, nil, "status").Succeeds().Output).To(ContainSubstring("settled"))
		f.ExpectUntouched()
	})

	It("rotates task by task, with the folder ca handed from one to the next", func() {
		f := brisk()
		before := f.CA()
		e := executor(f)
		ca := map[string]string{"ca": filepath.Join(GinkgoT().TempDir(), "ca")}
		Expect(os.Mkdir(ca["ca"], 0o750)).To(Succeed())

		Expect(e.run("plan", nil, nil, "RECREATE=true").Output).To(And(ContainSubstring("generate"), ContainSubstring("recreate-all-service-instances")))
		report := e.execute("report", nil, nil, "EXPIRES_WITHIN=3m")
		Expect(report.Status).To(Equal(1), report.Output)
		Expect(concourse.OneLine(report.Output)).To(ContainSubstring(before))
		f.ExpectUntouched()

		e.run("generate", nil, ca, "EXPIRES_WITHIN=3m")
		for _, s := range []struct{ task, state string }{
			{"apply-changes", "generated"}, {"verify", "trusted"}, {"activate", "activated"}, {"regenerate", "regenerated"},
			{"apply-changes", "regenerated"}, {"verify", "replaced"}, {"delete", "retired"}, {"apply-changes", "retired"}, {"verify", "settled"},
		} {
			out := ca
			if s.task == "apply-changes" {
				out = nil
			}
			e.run(s.task, ca, out, "FROM=ca")
			state, err := os.ReadFile(filepath.Join(ca["ca"], "state"))
			Expect(err).NotTo(HaveOccurred())
			Expect(string(state)).To(Equal(s.state), "after %s", s.task)
		}
		Expect(e.run("status", ca, nil, "FROM=ca").Output).To(ContainSubstring("settled"))

		f.ExpectRotated(before)
		Expect(f.Deeds()).To(Equal(foundation.Rotation()))
	})

	It("rotates with the task rotate alone, and hands on what came of it", func() {
		f := brisk()
		before := f.CA()
		ca := map[string]string{"ca": GinkgoT().TempDir()}

		executor(f).run("rotate", nil, ca, "EXPIRES_WITHIN=3m")

		f.ExpectRotated(before)
		Expect(f.Deeds()).To(Equal(foundation.Rotation()))
		active, err := os.ReadFile(filepath.Join(ca["ca"], "active"))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(active)).To(Equal(f.CA()))
	})
})

// execution runs tasks with fly, with an env file and an image from a pipeline.
type execution struct {
	fly *concourse.Fly
	p   *concourse.Pipeline
	env string
}

// executor is one for a foundation. The pipeline is not the foundation's: no job of
// it runs.
func executor(f *foundation.Foundation) execution {
	GinkgoHelper()
	p := ci.SetPipeline("manual-rotation", concourse.Opsman(f.Opsman()))
	p.Look("task-image")
	return execution{fly: ci.LogIn(), p: p, env: environment(f)}
}

// environment is a folder with an env file for a foundation.
func environment(f *foundation.Foundation) string {
	GinkgoHelper()
	env := GinkgoT().TempDir()
	text := fmt.Sprintf("---\ntarget: %s\nconnect-timeout: 30\nrequest-timeout: 1800\nskip-ssl-validation: false\nusername: %s\npassword: %s\nca-cert: |\n  %s\n",
		f.Opsman()["target"], f.Opsman()["username"], f.Opsman()["password"], strings.ReplaceAll(strings.TrimSpace(f.Server.CAPEM), "\n", "\n  "))
	Expect(os.WriteFile(filepath.Join(env, "env.yml"), []byte(text), 0o600)).To(Succeed())
	return env
}

// execute runs a task with its params, as NAME=VALUE.
func (e execution) execute(task string, in, out map[string]string, params ...string) concourse.Ended {
	GinkgoHelper()
	inputs := map[string]string{"env": e.env}
	for name, folder := range in {
		inputs[name] = folder
	}
	given := map[string]string{}
	for _, p := range params {
		name, value, _ := strings.Cut(p, "=")
		given[name] = value
	}
	return e.fly.Execute(concourse.Execution{Task: task, From: e.p, Job: "prepare", Inputs: inputs, Outputs: out, Params: given})
}

// run is execute of a task that succeeds.
func (e execution) run(task string, in, out map[string]string, params ...string) concourse.Ended {
	GinkgoHelper()
	return e.execute(task, in, out, params...).Succeeds()
}
