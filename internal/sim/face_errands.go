package sim

import (
	"encoding/json"
	"net/http"

	"github.com/opsman-ca/opsman-ca/internal/sim/web"
)

// getErrands is GET /staged/products/{guid}/errands. Two public clients leave
// the director out (facts §8), so it may have none there.
func (f *face) getErrands(c *web.Call) web.Response {
	p := f.findProduct(c.PathValue("guid"))
	if p == nil || !p.staged() || p.isDirector() && f.opts.NoDirectorErrands {
		return web.Problems(http.StatusNotFound, "Product not found")
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
	return web.OK(map[string]any{"errands": rows})
}

// putErrands is PUT /staged/products/{guid}/errands: settings that stay.
func (f *face) putErrands(c *web.Call) web.Response {
	p := f.findProduct(c.PathValue("guid"))
	if p == nil {
		return web.Problems(http.StatusNotFound, "Product not found")
	}
	var body struct {
		Errands []struct {
			Name       string `json:"name"`
			PostDeploy any    `json:"post_deploy"`
			PreDelete  any    `json:"pre_delete"`
		} `json:"errands"`
	}
	if err := json.Unmarshal(c.Content, &body); err != nil {
		return web.BadRequest("the body is not JSON")
	}
	for _, asked := range body.Errands {
		found := false
		for i := range p.errands {
			e := &p.errands[i]
			if e.Name != asked.Name {
				continue
			}
			found = true
			if asked.PostDeploy != nil && !c.Dropped {
				e.PostDeploy = asked.PostDeploy
			}
			if asked.PreDelete != nil && !c.Dropped {
				e.PreDelete = asked.PreDelete
			}
		}
		if !found {
			return web.Problems(http.StatusUnprocessableEntity, "Errand "+asked.Name+" is not an errand of "+p.guid)
		}
	}
	return web.OK(map[string]any{})
}
