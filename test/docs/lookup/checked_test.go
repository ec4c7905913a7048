package lookup_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/test/docs/reader"
)

var _ = Describe("what a page tells to type and is not run", func() {
	It("exists, with its flags and files", func(ctx SpecContext) {
		folder := reader.Clone(ctx)
		standIns(folder, "fly", "vault", "credhub", "docker", "skopeo", "crane", "go", "kubectl", "om", "make", "curl", "check", "in", "out", "opsman-ca", "opsman-sim")
		var problems []string
		fine := map[string]bool{} // commands that stand on many pages
		for _, name := range append(others(), reader.Typed...) {
			blocks, inline := reader.Read(name)
			for _, b := range append(blocks, inline...) {
				if fine[b.Text] || slices.Contains(reader.Typed, name) && b.NotRun == "" {
					continue
				}
				wrong := checked(ctx, folder, fmt.Sprintf("%s, line %d: ", name, b.Line), b.Text)
				problems, fine[b.Text] = append(problems, wrong...), len(wrong) == 0
			}
		}
		Expect(problems).To(BeEmpty(), strings.Join(problems, "\n"))
	}, SpecTimeout(5*time.Minute))

	Describe("is refused", Ordered, func() {
		var folder string
		BeforeAll(func(ctx SpecContext) {
			folder = reader.Clone(ctx)
			standIns(folder, "fly", "make", "opsman-ca", "opsman-sim", "docker")
		})

		DescribeTable("for", func(ctx SpecContext, want, commands string) {
			Expect(checked(ctx, folder, "", commands)).To(ConsistOf(ContainSubstring(want)))
		},
			Entry("a pipeline of another folder", "due-rotation.yml is not in the folder", "fly -t ci set-pipeline -p rotation -c due-rotation.yml -l pipelines/vars/due-rotation.yml"),
			Entry("a vars file of another folder", "vars/fleet.yml is not in the folder", "fly -t ci set-pipeline -p rotation -c pipelines/fleet.yml -l vars/fleet.yml"),
			Entry("a flag that fly has not", "no flag --watches", "fly -t ci trigger-job -j rotation/prepare --watches"),
			Entry("a command of fly that is in no table", "fly destroy", "fly -t ci destroy"),
			Entry("a job that no pipeline has", "no pipeline has a job repair", "fly -t ci trigger-job -j rotation/repair"),
			Entry("a var that the task has not", "no var ((image.repository))", "fly execute -c fly/opsman-ca.yml -v image.repository=x -- status"),
			Entry("a command within a task", "--expire", "fly execute -c fly/opsman-ca.yml -- report --expire 6m"),
			Entry("a flag of opsman-ca", "--envy", "bin/opsman-ca --envy env.yml status"),
			Entry("a command of opsman-ca", "stats", "opsman-ca stats"),
			Entry("a flag of opsman-sim", "--delay", "bin/opsman-sim serve --delay 1s"),
			Entry("a target of make", "No rule to make target", "make everything"),
			Entry("a file that is an argument of anything", "docs/nowhere.md is not in the folder", "docker cp docs/nowhere.md x:/"),
			Entry("a program that is not there", "command not found", "flyy -t ci status"),
			Entry("dots for what is left out", "command not found", "… | docker ps"),
			Entry("a quote without its end", "unexpected EOF", "docker run 'x"),
		)

		DescribeTable("never for", func(ctx SpecContext, commands string) { Expect(checked(ctx, folder, "", commands)).To(BeEmpty()) },
			Entry("files in the folder that the reader has gone to", "cd pipelines\nfly -t ci set-pipeline -p rotation -c due-rotation.yml -l vars/due-rotation.yml"),
			Entry("a folder of the reader's own", "fly execute -c fly/opsman-ca.yml -v images.task.repository=x -i env=FOLDER -- report --expires-within 6m"),
			Entry("a target of make", "make image"),
			Entry("an env.yml of the reader's own", "opsman-ca --env env.yml preflight"),
		)
	})
})

// ours is a path below a folder of this repository that files are in.
var ours = regexp.MustCompile(`^(\./)?(build|cmd|docs|fly|internal|pipelines|tasks|test)/[\w./-]+$`)

// checked are the problems of commands that are typed in the folder and not run, each
// with where they stand.
func checked(ctx SpecContext, folder, where, commands string) []string {
	GinkgoHelper()
	made, said, err := calls(ctx, folder, commands)
	var problems []string
	if err != nil {
		problems = append(problems, fmt.Sprintf("bash: %v: %s", err, said))
	} else if len(made) == 0 {
		problems = append(problems, "no program is called: "+commands)
	}
	for _, c := range made {
		for _, arg := range c.args {
			if ours.MatchString(arg) && c.program != "fly" {
				problems = append(problems, c.missing(arg)...)
			}
		}
		switch c.program {
		case "fly":
			wrong, task := fly(c)
			problems = append(problems, wrong...)
			if task != nil {
				problems = append(problems, c.parsed(ctx, program("opsman-ca"), append([]string{"--help"}, task...)...)...)
			}
		case "make":
			problems = append(problems, c.parsed(ctx, "make", append([]string{"-n"}, c.args...)...)...)
		case "opsman-ca", "opsman-sim":
			// With --help the command line is read to its end, and nothing done.
			problems = append(problems, c.parsed(ctx, program(c.program), append([]string{"--help"}, c.args...)...)...)
		}
	}
	for i := range problems {
		problems[i] = where + problems[i]
	}
	return problems
}

// program is one that make builds.
func program(name string) string {
	GinkgoHelper()
	path, err := filepath.Abs(filepath.Join(reader.Checkout, "bin", name))
	Expect(err).NotTo(HaveOccurred())
	Expect(path).To(BeAnExistingFile(), "run `make build` first")
	return path
}

// parsed says what a program finds wrong with its arguments.
func (c call) parsed(ctx SpecContext, path string, args ...string) []string {
	command := exec.CommandContext(ctx, path, args...)
	command.Dir, command.Env = c.folder, reader.Environment()
	if said, err := command.CombinedOutput(); err != nil {
		return []string{fmt.Sprintf("%s %s: %v: %s", filepath.Base(path), strings.Join(args, " "), err, said)}
	}
	return nil
}
