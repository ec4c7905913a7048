package files_test

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/concourse/concourse/atc"
	"github.com/concourse/concourse/vars"
)

// local begins a reference to a local var of a build.
const local = ".:"

// undeclared are the local vars of a job that no load_var and no across sets.
// Concourse finds out when the build runs.
func undeclared(job atc.JobConfig) []string {
	raw, err := json.Marshal(job)
	if err != nil {
		return []string{err.Error()}
	}
	var tree any
	if err = json.Unmarshal(raw, &tree); err != nil {
		return []string{err.Error()}
	}
	declared := declarations(tree)
	var missing []string
	for _, ref := range vars.NewTemplate(raw).ExtraVarNames() {
		name, found := strings.CutPrefix(ref, local)
		name, _, _ = strings.Cut(name, ".")
		if found && !slices.Contains(declared, name) && !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
	}
	return missing
}

// declarations are the names that steps anywhere in the tree set.
func declarations(tree any) []string {
	var names []string
	switch node := tree.(type) {
	case map[string]any:
		for key, value := range node {
			if name, ok := value.(string); ok && (key == "load_var" || key == "var") {
				names = append(names, name)
			}
			names = append(names, declarations(value)...)
		}
	case []any:
		for _, value := range node {
			names = append(names, declarations(value)...)
		}
	}
	return names
}
