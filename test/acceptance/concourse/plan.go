package concourse

import (
	"encoding/json"
	"fmt"
)

// names are those of the build's steps by their ids.
func (b Build) names() (map[string]string, error) {
	plan, found, err := b.p.c.client.BuildPlan(b.ID)
	if err != nil || !found || plan.Plan == nil {
		return nil, fmt.Errorf("build %d has no plan: %w", b.ID, err)
	}
	return planned(*plan.Plan)
}

// planned are the names of a build plan's steps by their ids.
func planned(plan []byte) (map[string]string, error) {
	var tree any
	if err := json.Unmarshal(plan, &tree); err != nil {
		return nil, fmt.Errorf("read the build's plan: %w", err)
	}
	names := map[string]string{}
	collect(tree, names)
	return names, nil
}

func collect(tree any, names map[string]string) {
	switch node := tree.(type) {
	case []any:
		for _, each := range node {
			collect(each, names)
		}
	case map[string]any:
		id, _ := node["id"].(string)
		for key, each := range node {
			if step, ok := each.(map[string]any); ok && (key == "get" || key == "put" || key == "task") {
				names[id], _ = step["name"].(string)
			}
			collect(each, names)
		}
	}
}
