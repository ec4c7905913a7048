package files_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// The checks find what they are for: each entry breaks a pipeline in one place.
var _ = DescribeTable("a broken pipeline is told as such",
	func(name, old, broken, problem string) {
		text, values := read("pipelines", name+".yml"), read("pipelines", "vars", name+".yml")
		changed := strings.Replace(text, old, broken, 1)
		if changed == text {
			values = strings.Replace(values, old, broken, 1)
			Expect(values).NotTo(Equal(read("pipelines", "vars", name+".yml")), "the entry breaks nothing")
		}
		_, problems := inspect(changed, values)
		Expect(strings.Join(problems, "\n")).To(ContainSubstring(problem))
	},
	Entry("a job that passed does not know", "manual-rotation", "passed: [trust]", "passed: [trusted]", "unknown job 'trusted'"),
	Entry("a resource that is not there", "manual-rotation", "- put: ca\n", "- put: cca\n", "unknown resource 'cca'"),
	Entry("a resource that nothing uses", "manual-rotation", "resources:\n", "resources:\n- {name: spare, type: mock}\n", "spare"),
	Entry("a key that Concourse does not know", "manual-rotation", "- put: ca\n    no_get", "- put: ca\n    no_gte", "no_gte"),
	Entry("a key that is there twice", "manual-rotation", "check_every: 10m\n", "check_every: 10m\n  check_every: 1m\n", "check_every"),
	Entry("a task that is not there", "manual-rotation", "tasks/apply-changes.yml", "tasks/apply-change.yml", "is not in the repository"),
	Entry("a task file elsewhere", "manual-rotation", "task-image/rootfs/opt", "task-image/opt", "is not in task-image/rootfs/opt/opsman-ca/tasks"),
	Entry("a param that the task does not have", "manual-rotation", "FORCE: true", "FORSE: true", "there is no param FORSE"),
	Entry("an image that nothing gets", "manual-rotation", "image: task-image", "image: tasks-image", `nothing gets its image "tasks-image"`),
	Entry("a var that nothing gives", "manual-rotation", "((recreate))", "((recreat))", "recreat"),
	Entry("a var that is not in the vars file", "scheduled-rotation", "((expires_within))", "((due_within))", "the vars file lacks due_within"),
	Entry("a trigger that is no resource", "due-rotation", "{get: due, trigger: true}", "{get: dew, trigger: true}", "unknown resource 'dew'"),
	Entry("a span that is not in the vars file", "due-rotation", "rotate_before: 6m", "", "the vars file lacks rotate_before"),
	Entry("a var that nothing uses", "manual-rotation", "images:\n", "image: x\nimages:\n", "image"),
	Entry("a gate that is neither open nor closed", "scheduled-rotation", "activate: {at_once: true", "activate: {at_once: perhaps", "bool"),
	Entry("two puts in a job", "manual-rotation", "  - put: ca\n", "  - {put: ca, params: {phase: regenerate, from: ca}}\n  - put: ca\n", "put ca 2 times"),
	Entry("a job that is not serial", "manual-rotation", "serial_groups: [rotation]", "public: true", "in no serial group"),
	Entry("a pipeline that is not there", "fleet", "pipelines/manual-rotation.yml", "pipelines/manual.yml", "is not in the repository"),
	Entry("a var of the set pipeline that is not given", "fleet", "\n  recreate: ((recreate))", "\n  recreat: ((recreate))", "recreate"),
	Entry("a local var that nothing sets", "fleet", "((.:wave))", "((.:waves))", "nothing sets the local var waves"),
)
