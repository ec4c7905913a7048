package concourse

import (
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/charmbracelet/x/ansi"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"
	"github.com/onsi/gomega/gexec"
)

// target is fly's name for this Concourse.
const target = "rig"

// Fly is a fly that is logged in.
type Fly struct {
	c    *Concourse
	home string
	// Env are more variables for it: fly execute takes params from them.
	Env []string
}

// LogIn logs fly in, with a home of this spec's own.
func (c *Concourse) LogIn() *Fly {
	GinkgoHelper()
	f := &Fly{c: c, home: GinkgoT().TempDir()}
	f.Run("login", "-c", c.ConcourseURL, "-u", c.Username, "-p", c.Password).Succeeds()
	return f
}

// Ended is a fly that has.
type Ended struct {
	// Status is its exit status, Output what it wrote, to whichever stream,
	// without colours.
	Status int
	Output string
}

// Succeeds fails the spec, with the output, unless the status is 0.
func (e Ended) Succeeds() Ended { GinkgoHelper(); Expect(e.Status).To(BeZero(), e.Output); return e }

// Run runs fly -t TARGET with arguments.
func (f *Fly) Run(args ...string) Ended {
	GinkgoHelper()
	cmd := exec.CommandContext(GinkgoT().Context(), f.c.Fly, append([]string{"-t", target}, args...)...) //nolint:gosec // the fly that the rig built
	cmd.Env = append(append(os.Environ(), "HOME="+f.home), f.Env...)
	both := gbytes.NewBuffer()
	session, err := gexec.Start(cmd, both, both)
	Expect(err).NotTo(HaveOccurred())
	Eventually(session, Patience, 50*time.Millisecond).Should(gexec.Exit())
	return Ended{Status: session.ExitCode(), Output: ansi.Strip(string(both.Contents()))}
}

// Execution is a task to run with fly execute.
type Execution struct {
	// Task is the file in tasks/ without .yml.
	Task string
	// From is a job of a pipeline that gets the task image; Image is what its get
	// is called, task-image by default.
	From  *Pipeline
	Job   string
	Image string
	// Inputs and Outputs are folders by name.
	Inputs, Outputs map[string]string
	// Params are the task's.
	Params map[string]string
}

// Command runs a command of opsman-ca with fly/opsman-ca.yml, unchanged: the image is
// named, and taken from no pipeline. Inputs and outputs are folders by name.
func (f *Fly) Command(inputs, outputs map[string]string, command ...string) Ended {
	GinkgoHelper()
	args := []string{"execute", "-c", f.c.File("fly", "opsman-ca.yml")}
	for key, value := range imageSource(f.c.TaskImage) {
		args = append(args, "-y", fmt.Sprintf("images.task.%s=%v", key, value))
	}
	args = append(args, folders(inputs, outputs)...)
	return f.Run(append(append(args, "--"), command...)...)
}

// folders are the arguments for inputs and outputs.
func folders(inputs, outputs map[string]string) []string {
	var args []string
	for name, folder := range inputs {
		args = append(args, "-i", name+"="+folder)
	}
	for name, folder := range outputs {
		args = append(args, "-o", name+"="+folder)
	}
	return args
}

// Execute runs a task of the repository, its file unchanged.
func (f *Fly) Execute(e Execution) Ended {
	GinkgoHelper()
	if e.Image == "" {
		e.Image = "task-image"
	}
	args := []string{"execute", "-c", f.c.File("tasks", e.Task+".yml"), "-j", e.From.ref.String() + "/" + e.Job, "--image", e.Image}
	args = append(args, folders(e.Inputs, e.Outputs)...)
	with := Fly{c: f.c, home: f.home, Env: f.Env}
	for name, value := range e.Params {
		with.Env = append(with.Env, name+"="+value)
	}
	return with.Run(args...)
}
