// Package pipelines_test holds what the pipelines say to the resource to what
// the resource takes. Concourse's part of them is looked at in test/acceptance/files.
package pipelines_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"gopkg.in/yaml.v2"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/resource"
)

// reference is a var that stands for a whole value.
var reference = regexp.MustCompile(`\(\([^()]+\)\)`)

const (
	// elsewhere is what a var stands for that is in no vars file: a text that is a span too.
	elsewhere = "3m"
	ofType    = "opsman-ca"
	// credentials are what the credential manager has of foundation west.
	credentials = `{"target": "https://opsman.example.com", "client_id": "rotator", "client_secret": "x", "skip_ssl_validation": "true"}`
)

// filled is a pipeline with the values of its vars file, as JSON, which is YAML.
func filled(text, values string) string {
	GinkgoHelper()
	var given map[string]any
	Expect(yaml.Unmarshal([]byte(values), &given)).To(Succeed())
	text = strings.ReplaceAll(text, "((foundation))", "west")
	text = strings.ReplaceAll(text, "((opsman-west))", credentials)
	return reference.ReplaceAllStringFunc(text, func(ref string) string {
		value := asJSON(given)
		for key := range strings.SplitSeq(strings.Trim(ref, "()"), ".") {
			node, _ := value.(map[string]any)
			value = node[key]
			if value == nil {
				return elsewhere
			}
		}
		raw, err := json.Marshal(value)
		Expect(err).NotTo(HaveOccurred())
		return string(raw)
	})
}

// problems are the resource's own words on every source, get and put of its
// type, and how many of them there were.
func problems(text string) (found []error, looked int) {
	GinkgoHelper()
	pipeline := parsed(text)
	ours := map[string]bool{}
	check := func(at string, given, target any) {
		if given == nil {
			given = map[string]any{}
		}
		raw, err := json.Marshal(given)
		Expect(err).NotTo(HaveOccurred())
		found = append(found, input.Decode(raw, at, target)...)
		looked++
	}
	for _, r := range list(pipeline["resources"]) {
		if r["type"] == ofType {
			ours[fmt.Sprint(r["name"])] = true
			check("source", r["source"], &resource.Source{})
		}
	}
	walk(pipeline["jobs"], func(step map[string]any) {
		if name, ok := step["get"].(string); ok && ours[name] {
			check("get", step["params"], &resource.InParams{})
		}
		if name, ok := step["put"].(string); ok && ours[name] {
			check("put", step["params"], &resource.OutParams{})
		}
	})
	return found, looked
}

// parsed is a pipeline; a var that was not filled in is a text.
func parsed(text string) map[string]any {
	GinkgoHelper()
	var given map[string]any
	Expect(yaml.Unmarshal([]byte(reference.ReplaceAllString(text, elsewhere)), &given)).To(Succeed())
	pipeline := map[string]any{}
	for key, value := range given {
		pipeline[key] = asJSON(value)
	}
	return pipeline
}

// asJSON has mappings as JSON has them; YAML's keys need not be texts.
func asJSON(value any) any {
	switch node := value.(type) {
	case map[string]any:
		for key := range node {
			node[key] = asJSON(node[key])
		}
	case map[any]any:
		object := map[string]any{}
		for key, below := range node {
			object[fmt.Sprint(key)] = asJSON(below)
		}
		return object
	case []any:
		for i := range node {
			node[i] = asJSON(node[i])
		}
	}
	return value
}

func list(value any) []map[string]any {
	var all []map[string]any
	items, _ := value.([]any)
	for _, item := range items {
		if m, ok := item.(map[string]any); ok {
			all = append(all, m)
		}
	}
	return all
}

// walk visits every mapping below the value.
func walk(value any, visit func(map[string]any)) {
	switch node := value.(type) {
	case map[string]any:
		visit(node)
		for _, below := range node {
			walk(below, visit)
		}
	case []any:
		for _, below := range node {
			walk(below, visit)
		}
	}
}

func read(name string) string {
	GinkgoHelper()
	text, err := os.ReadFile(name)
	Expect(err).NotTo(HaveOccurred())
	return string(text)
}

var _ = Describe("the pipelines", func() {
	paths, err := filepath.Glob("*.yml")
	if err != nil || len(paths) == 0 {
		AbortSuite("there are no pipelines")
	}
	// How often each one speaks to the resource: its source, its gets and its puts.
	times := map[string]int{"scheduled-rotation.yml": 21, "due-rotation.yml": 25, "manual-rotation.yml": 17, "leaf-certificates.yml": 6, "fleet.yml": 0, "rehearsal.yml": 0}
	for _, path := range paths {
		It(path+" says nothing to the resource that it does not take", func() {
			found, looked := problems(filled(read(path), read(filepath.Join("vars", path))))
			Expect(found).To(BeEmpty())
			Expect(looked).To(Equal(times[path]))
		})
	}
})

var _ = DescribeTable("the resource refuses", func(text, problem string) {
	found, _ := problems(text)
	Expect(found).To(ContainElement(MatchError(ContainSubstring(problem))))
},
	Entry("a key that the source does not have",
		"resources: [{name: ca, type: opsman-ca, source: {target: x, user: y}}]", "source.user is not a key of source"),
	Entry("a phase that does not exist",
		"resources: [{name: ca, type: opsman-ca}]\njobs: [{plan: [{put: ca, params: {phase: apply, from: ca}}]}]", "is not a phase"),
	Entry("a put without a version",
		"resources: [{name: ca, type: opsman-ca}]\njobs: [{plan: [{in_parallel: [{put: ca, params: {phase: verify}}]}]}]", "put.from is missing"),
	Entry("a param that a get does not have",
		"resources: [{name: ca, type: opsman-ca}]\njobs: [{plan: [{get: ca, params: {skip: true}}]}]", "get.skip is not a key of get"),
)
