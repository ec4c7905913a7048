package opsman

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// option is a property that is on, off, or not told.
type option struct{ value *bool }

// UnmarshalJSON takes true, false, both as text, and anything else as not told.
func (o *option) UnmarshalJSON(raw []byte) error {
	on := true
	switch strings.Trim(string(raw), `"`) {
	case "true":
		o.value = &on
	case "false":
		on = false
		o.value = &on
	default:
		o.value = nil
	}
	return nil
}

// DirectorProperties reads the director's staged properties that a rotation depends
// on, without secrets (GET /staged/director/properties). They are unknown as those of
// DiagnosticReport are.
func (c *Client) DirectorProperties(ctx context.Context) (evidence.DirectorProperties, error) {
	var body struct {
		Director *struct {
			AutomaticRotation option `json:"automatic_certificate_rotation_enabled"`
			RecreateVMs       option `json:"bosh_recreate_on_next_deploy"`
			RecreateDirector  option `json:"bosh_director_recreate_on_next_deploy"`
		} `json:"director_configuration"`
	}
	err := c.call(ctx, &exchange{
		method: http.MethodGet, path: "/api/v0/staged/director/properties?redact=true",
		read: func(ans *answer) error {
			body.Director = nil
			if err := decode(ans.body, &body); err != nil {
				return err
			}
			if body.Director == nil {
				return errors.New(`it holds no "director_configuration"`)
			}
			return nil
		},
	})
	switch {
	case err == nil:
		return evidence.DirectorProperties{
			Asked: true, AutomaticRotation: body.Director.AutomaticRotation.value,
			RecreateVMs: body.Director.RecreateVMs.value, RecreateDirector: body.Director.RecreateDirector.value,
		}, nil
	case keptFrom(err):
		return evidence.DirectorProperties{Asked: true, Unknown: err.Error()}, nil
	}
	return evidence.DirectorProperties{}, err
}
