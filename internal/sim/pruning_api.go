package sim

import (
	"encoding/json"
	"net/http"
)

// putPruning is PUT /settings/pruning {"days_to_keep":120}: older installations
// leave the history.
func (f *Foundation) putPruning(c *call) response {
	var body struct {
		Days int `json:"days_to_keep"`
	}
	if err := json.Unmarshal(c.body, &body); err != nil || body.Days < 1 {
		return problems(http.StatusUnprocessableEntity, "days_to_keep must be a positive integer")
	}
	if !c.dropped {
		f.prune(body.Days)
	}
	return ok(map[string]any{})
}
