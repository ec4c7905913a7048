package due

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// unknown names the keys that no version of the resource has.
func unknown(m map[string]string, fields []field) []error {
	var problems []error
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(keys(fields), key) {
			problems = append(problems, fmt.Errorf("unknown key %q: a version of this resource has %s", key, strings.Join(keys(fields), ", ")))
		}
	}
	return problems
}

func keys(fields []field) []string {
	var all []string
	for _, f := range fields {
		all = append(all, f.key)
	}
	return all
}
