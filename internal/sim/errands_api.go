package sim

import (
	"encoding/json"
	"net/http"
)

// getErrands is GET /staged/products/{guid}/errands. Two public clients leave
// the director out (facts §8), so it may have none there.
func (f *Foundation) getErrands(c *call) response {
	p := f.findProduct(c.PathValue("guid"))
	if p == nil || !p.staged() || p.isDirector() && f.opts.NoDirectorErrands {
		return problems(http.StatusNotFound, "Product not found")
	}
	rows := []map[string]any{}
	for _, e := range p.errands {
		row := map[string]any{"name": e.Name, "label": e.Label}
		if e.PostDeploy != nil {
			row["post_deploy"] = e.PostDeploy
		}
		if e.PreDelete != nil {
			row["pre_delete"] = e.PreDelete
		}
		rows = append(rows, row)
	}
	return ok(map[string]any{"errands": rows})
}

// putErrands is PUT /staged/products/{guid}/errands: settings that stay.
func (f *Foundation) putErrands(c *call) response {
	p := f.findProduct(c.PathValue("guid"))
	if p == nil {
		return problems(http.StatusNotFound, "Product not found")
	}
	var body struct {
		Errands []struct {
			Name       string `json:"name"`
			PostDeploy any    `json:"post_deploy"`
			PreDelete  any    `json:"pre_delete"`
		} `json:"errands"`
	}
	if err := json.Unmarshal(c.body, &body); err != nil {
		return badRequest("the body is not JSON")
	}
	for _, asked := range body.Errands {
		found := false
		for i := range p.errands {
			e := &p.errands[i]
			if e.Name != asked.Name {
				continue
			}
			found = true
			if asked.PostDeploy != nil && !c.dropped {
				e.PostDeploy = asked.PostDeploy
			}
			if asked.PreDelete != nil && !c.dropped {
				e.PreDelete = asked.PreDelete
			}
		}
		if !found {
			return problems(http.StatusUnprocessableEntity, "Errand "+asked.Name+" is not an errand of "+p.guid)
		}
	}
	return ok(map[string]any{})
}
