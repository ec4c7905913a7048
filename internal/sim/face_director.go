package sim

import (
	"encoding/json"
	"net/http"

	"github.com/opsman-ca/opsman-ca/internal/sim/web"
)

// getDirectorProperties is GET /staged/director/properties.
func (f *face) getDirectorProperties(*web.Call) web.Response {
	return web.OK(f.director.clone())
}

// putDirectorProperties is PUT /staged/director/properties: the subset given is
// merged.
func (f *face) putDirectorProperties(c *web.Call) web.Response {
	var subset map[string]map[string]any
	if err := json.Unmarshal(c.Content, &subset); err != nil {
		return web.BadRequest("the body is not a JSON object of director properties")
	}
	if _, sent := subset[directorSection][recreateDirectorKey]; sent && !f.v.directorRecreate() {
		return web.Response{Status: http.StatusUnprocessableEntity, Body: map[string]any{
			"errors": map[string]any{recreateDirectorKey: []string{"unknown property"}},
		}}
	}
	if !c.Dropped {
		was := f.director.flag(automaticRotationFlag)
		f.director.merge(subset)
		if f.director.flag(automaticRotationFlag) != was {
			f.products[0].stage()
		}
	}
	return web.OK(map[string]any{})
}
