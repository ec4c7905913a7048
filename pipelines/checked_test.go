package pipelines_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// unchecked are the resources of our type that Concourse 8.2 and newer does not
// check by itself: there one has to be in some job a `trigger: true`, without
// `passed`. A trigger that a var decides may be false.
func unchecked(text string) []string {
	GinkgoHelper()
	pipeline := parsed(text)
	var triggers, missing []string
	walk(pipeline["jobs"], func(step map[string]any) {
		if name, ok := step["get"].(string); ok && step["trigger"] == true && step["passed"] == nil {
			if resource, other := step["resource"].(string); other {
				name = resource
			}
			triggers = append(triggers, name)
		}
	})
	for _, r := range list(pipeline["resources"]) {
		if name := fmt.Sprint(r["name"]); r["type"] == ofType && !slices.Contains(triggers, name) {
			missing = append(missing, name)
		}
	}
	return missing
}

// example is the pipeline that docs/resource.md shows.
func example() string {
	GinkgoHelper()
	_, rest, found := strings.Cut(read(filepath.Join("..", "docs", "resource.md")), "\n## A whole pipeline\n")
	Expect(found).To(BeTrue())
	_, rest, found = strings.Cut(rest, "\n```yaml\n")
	Expect(found).To(BeTrue())
	text, _, found := strings.Cut(rest, "\n```\n")
	Expect(found).To(BeTrue())
	return text
}

var _ = Describe("what Concourse checks by itself", func() {
	paths, err := filepath.Glob("*.yml")
	if err != nil || len(paths) == 0 {
		AbortSuite("there are no pipelines")
	}
	for _, path := range paths {
		It("is every resource of ours in "+path, func() {
			Expect(unchecked(read(path))).To(BeEmpty())
		})
	}

	It("is the resource of the pipeline in docs/resource.md", func() {
		Expect(unchecked(example())).To(BeEmpty())
	})

	DescribeTable("is not the state of a pipeline that lost its job watch",
		func(text func() string) {
			_, job, found := strings.Cut(text(), "\n- name: watch")
			Expect(found).To(BeTrue(), "there is no job watch")
			job, _, _ = strings.Cut(job, "\n\n")
			without := strings.Replace(text(), "\n- name: watch"+job, "", 1)
			Expect(unchecked(without)).To(Equal([]string{"ca"}))
		},
		Entry("due-rotation", func() string { return read("due-rotation.yml") }),
		Entry("scheduled-rotation", func() string { return read("scheduled-rotation.yml") }),
		Entry("manual-rotation", func() string { return read("manual-rotation.yml") }),
		Entry("leaf-certificates", func() string { return read("leaf-certificates.yml") }),
		Entry("docs/resource.md", example),
	)

	DescribeTable("is not a resource",
		func(job string) {
			Expect(unchecked("resources: [{name: ca, type: opsman-ca}]\njobs:\n- plan: [" + job + "]")).To(Equal([]string{"ca"}))
		},
		Entry("that starts nothing", "{get: ca}"),
		Entry("that comes from a job before", "{get: ca, passed: [generate], trigger: true}"),
		Entry("that a var may make start nothing", "{get: ca, trigger: ((automatic))}"),
		Entry("that is only put", "{put: ca}"),
		Entry("that a get is called after, of another one", "{get: ca, resource: other, trigger: true}"),
	)
})
