package sim

import (
	"encoding/json"
	"net/http"
)

// getDirectorProperties is GET /staged/director/properties.
func (f *Foundation) getDirectorProperties(*call) response {
	return ok(f.director.clone())
}

// putDirectorProperties is PUT /staged/director/properties: the subset given is
// merged.
func (f *Foundation) putDirectorProperties(c *call) response {
	var subset map[string]map[string]any
	if err := json.Unmarshal(c.body, &subset); err != nil {
		return badRequest("the body is not a JSON object of director properties")
	}
	if _, sent := subset[directorSection][recreateDirectorKey]; sent && !f.v.directorRecreate() {
		return response{status: http.StatusUnprocessableEntity, body: map[string]any{
			"errors": map[string]any{recreateDirectorKey: []string{"unknown property"}},
		}}
	}
	if !c.dropped {
		was := f.director.flag(automaticRotationFlag)
		f.director.merge(subset)
		if f.director.flag(automaticRotationFlag) != was {
			f.products[0].stage()
		}
	}
	return ok(map[string]any{})
}
