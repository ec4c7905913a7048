package sim

import (
	"encoding/json"
	"net/http"

	"github.com/opsman-ca/opsman-ca/internal/sim/web"
)

// putPruning is PUT /settings/pruning {"days_to_keep":120}: older installations
// leave the history.
func (f *face) putPruning(c *web.Call) web.Response {
	var body struct {
		Days int `json:"days_to_keep"`
	}
	if err := json.Unmarshal(c.Content, &body); err != nil || body.Days < 1 {
		return web.Problems(http.StatusUnprocessableEntity, "days_to_keep must be a positive integer")
	}
	if !c.Dropped {
		f.prune(body.Days)
	}
	return web.OK(map[string]any{})
}
